/** Every command, and the quick reader of command lines that are written out in full. */
import { optionsOf, type Arguments, type CommandSpec, type OptionName } from './command-line.ts';

const PLAN = {
  name: 'PLAN',
  description: 'a plan file, or the name of a plan in plans/ (default: those the image boots)',
} as const;

const ONE_PLAN = {
  ...PLAN,
  description: 'a plan file, or the name of a plan in plans/ (default: the first of the image)',
} as const;

const EACH_PLAN = {
  name: 'PLAN',
  description: 'the name of a plan (default: every plan)',
} as const;

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'plan',
    summary: 'show what a boot would change, and change nothing',
    operands: [PLAN],
    several: true,
    load: async () => (await import('./plan-command.ts')).planCommand,
  },
  {
    name: 'run',
    summary: 'boot: make the changes that plan shows; several plans run in turn',
    operands: [PLAN],
    several: true,
    load: async () => (await import('./run.ts')).runCommand,
  },
  {
    name: 'verify',
    summary: 'check: exit with 2 if something would change',
    operands: [PLAN],
    several: true,
    load: async () => (await import('./plan-command.ts')).verifyCommand,
  },
  {
    name: 'diff',
    summary: 'show what files would become, line by line; secrets as ***',
    operands: [PLAN],
    several: true,
    load: async () => (await import('./plan-command.ts')).diffCommand,
  },
  {
    name: 'facts',
    summary: 'write what a plan depends on, to plan it elsewhere; no secrets',
    operands: [ONE_PLAN],
    load: async () => (await import('./facts-command.ts')).factsCommand,
  },
  {
    name: 'status',
    summary: 'show how the last boots went: exit with 1 unless all went well',
    operands: [EACH_PLAN],
    load: async () => (await import('./past-boots.ts')).statusCommand,
  },
  {
    name: 'history',
    summary: 'list the last boots of the home, the newest first',
    operands: [EACH_PLAN],
    load: async () => (await import('./past-boots.ts')).historyCommand,
  },
  {
    name: 'analyze',
    summary: 'show where the time of the last boots went',
    operands: [EACH_PLAN],
    load: async () => (await import('./analyze.ts')).analyzeCommand,
  },
  {
    name: 'validate',
    summary: 'find the mistakes of plans and of the fragments of this machine',
    operands: [PLAN],
    several: true,
    load: async () => (await import('./authoring.ts')).validateCommand,
  },
  {
    name: 'steps',
    summary: 'list the step types, or the options of one',
    operands: [{ name: 'TYPE', description: 'a step type, as in uses' }],
    load: async () => (await import('./authoring.ts')).stepsCommand,
  },
  {
    name: 'gateway',
    summary: 'control the gateways of profiles while s6 runs them',
    operands: [
      {
        name: 'ACTION',
        description: 'register, unregister, start, stop, restart, status or list',
      },
      { name: 'PROFILE', description: 'a profile; default is the one in the home itself' },
    ],
    load: async () => (await import('./gateway.ts')).gatewayCommand,
  },
  {
    name: 'doctor',
    summary: 'look at all that a boot and its gateways need: exit with 1 if something is wrong',
    operands: [],
    load: async () => (await import('./doctor.ts')).doctorCommand,
  },
  {
    name: 'install-method',
    summary: 'show how the agent was installed: docker, git, pip, …',
    operands: [],
    load: async () => (await import('./install-method.ts')).installMethodCommand,
  },
];

/** A command and its arguments. */
export interface Call {
  readonly command: CommandSpec;
  readonly args: Arguments;
}

/**
 * Reads a correct command line that is written out in full, as in scripts and s6; undefined for
 * any other. Loading the library that reads the rest takes longer than a converged step.
 */
export function readCommandLine(argv: readonly string[]): Call | undefined {
  const [name, ...rest] = argv;
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) return undefined;
  const most = command.several === true ? Infinity : command.operands.length;
  const operands: string[] = [];
  const options = new Map<OptionName, string>();
  for (let at = 0; at < rest.length; at += 1) {
    const argument = rest[at] ?? '';
    const option = optionsOf(command.name).find((known) => argument === `--${known.name}`);
    if (option === undefined) {
      if (argument === '' || argument.startsWith('-') || operands.length === most) return undefined;
      operands.push(argument);
      continue;
    }
    if (options.has(option.name)) return undefined;
    let value: string | undefined = '';
    if (option.value !== undefined && option.optional !== true) value = rest[(at += 1)];
    if (value === undefined || value.startsWith('-')) return undefined;
    options.set(option.name, value);
  }
  return { command, args: { operands, options } };
}
