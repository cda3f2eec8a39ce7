import type { CommandSpec } from './command.ts';

const PLAN = {
  name: 'PLAN',
  description: 'a plan file, or the name of a plan in plans/ (default: stage2)',
} as const;

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'plan',
    summary: 'show what a boot would change, and change nothing',
    operand: PLAN,
    root: true,
    facts: true,
    flags: ['explain', 'origin', 'json', 'detailed-exitcode', 'assume-root', 'strict'],
    load: async () => (await import('./plan.ts')).planCommand,
  },
  {
    name: 'run',
    summary: 'boot: make the changes that plan shows, of several plans in turn',
    operand: PLAN,
    several: true,
    root: true,
    flags: ['json', 'strict'],
    load: async () => (await import('./run.ts')).runCommand,
  },
  {
    name: 'verify',
    summary: 'check: exit with 2 when something would change',
    operand: PLAN,
    root: true,
    flags: ['strict'],
    load: async () => (await import('./verify.ts')).verifyCommand,
  },
  {
    name: 'facts',
    summary: 'write down what a plan depends on, to be planned elsewhere; no secrets',
    operand: PLAN,
    root: true,
    flags: ['json', 'assume-root'],
    load: async () => (await import('./facts.ts')).factsCommand,
  },
  {
    name: 'status',
    summary: 'tell how the last boots went: exit with 1 unless all went well',
    operand: { name: 'PLAN', description: 'the name of a plan (default: every plan)' },
    root: true,
    flags: ['json', 'strict'],
    load: async () => (await import('./status.ts')).statusCommand,
  },
  {
    name: 'history',
    summary: 'list the last boots of the home, the newest first',
    operand: { name: 'PLAN', description: 'the name of a plan (default: every plan)' },
    root: true,
    flags: ['json'],
    load: async () => (await import('./history.ts')).historyCommand,
  },
  {
    name: 'validate',
    summary: 'find the mistakes of a plan; look at no world',
    operand: PLAN,
    root: false,
    flags: ['strict'],
    load: async () => (await import('./validate.ts')).validateCommand,
  },
  {
    name: 'steps',
    summary: 'list the step types, or the options of one',
    operand: { name: 'TYPE', description: 'a step type, as uses names it' },
    root: false,
    flags: [],
    load: async () => (await import('./steps.ts')).stepsCommand,
  },
  {
    name: 'gateway',
    summary: 'control the gateways of profiles while s6 runs them',
    operand: {
      name: 'ACTION',
      description: 'register, unregister, start, stop, restart, status or list',
    },
    second: { name: 'PROFILE', description: 'a profile; default is the one in the home itself' },
    root: false,
    flags: ['all', 'json'],
    load: async () => (await import('./gateway.ts')).gatewayCommand,
  },
  {
    name: 'install-method',
    summary: 'tell how the agent was installed: docker, git, pip, …',
    root: false,
    flags: ['explain', 'json'],
    load: async () => (await import('./install-method.ts')).installMethodCommand,
  },
];
