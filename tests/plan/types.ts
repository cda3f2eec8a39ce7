import { Ajv } from 'ajv';
import { type AnyStepType, defineStep } from '../../src/step/step.ts';
import {
  mayChange,
  mayChangeAccount,
  reliesOn,
  reliesOnAccount,
  withTrees,
} from '../../src/step/touch.ts';
import * as fields from '../../src/step/fields.ts';
import { loadPlan } from '../../src/plan/load.ts';
import type { Diagnostic, Loaded } from '../../src/plan/diagnostic.ts';
import type { Plan, Registry } from '../../src/plan/plan.ts';
import { AJV_OPTIONS, planSchema } from '../../src/plan/schema.ts';
import { renderDiagnostics } from '../../src/report/diagnostics.ts';

/*
 * Step types that do nothing, with every kind of option that a schema can describe.
 */

const nothing = () => ({ converged: 'nothing to do' });

const directory = defineStep({
  uses: 'directory',
  summary: 'Keep a directory.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['path'],
    properties: {
      path: fields.path('The directory.'),
      owner: fields.owner('Its owner.'),
      mode: fields.mode('Its mode.'),
    },
  },
  plan: nothing,
  touches: ({ path, mode }) => [
    ...mayChange(path),
    ...mayChange(mode === undefined ? undefined : path, 'mode'),
  ],
});

const fileMode = defineStep({
  uses: 'file.mode',
  summary: 'Keep the mode of a file.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['path', 'mode'],
    properties: { path: fields.path('The file.'), mode: fields.mode('Its mode.') },
  },
  plan: nothing,
  touches: ({ path }) => mayChange(path, 'mode'),
});

const ownerPaths = defineStep({
  uses: 'owner.paths',
  summary: 'Keep the owner of listed paths.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['base', 'owner'],
    properties: {
      base: fields.path('The directory that holds them.'),
      owner: fields.owner('Their owner.'),
      trees: fields.relativePaths('Directories, with all that is in them.'),
    },
  },
  plan: nothing,
  touches: ({ base, owner }) => [...withTrees(mayChange(base, 'owner')), reliesOnAccount(owner)],
});

const remap = defineStep({
  uses: 'account.remap',
  summary: 'Keep the ids of an account.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['user'],
    minProperties: 2,
    properties: {
      user: fields.account('The account.'),
      uid: { type: 'integer', minimum: 1, maximum: 65534, description: 'Its user id.' },
      gid: { type: 'integer', minimum: 1, maximum: 65534, description: 'Its group id.' },
    },
  },
  plan: nothing,
  touches: ({ user }) => [mayChangeAccount(user)],
});

const command = defineStep({
  uses: 'command',
  summary: 'Run a command.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['argv'],
    properties: {
      argv: {
        type: 'array',
        minItems: 1,
        items: { type: 'string', description: 'An argument.' },
        description: 'The program and its arguments.',
      },
      env: {
        type: 'object',
        additionalProperties: { type: 'string', description: 'Its value.' },
        description: 'Variables.',
      },
      shell: { type: 'boolean', description: 'Through a shell.' },
      output: { type: 'string', enum: ['show', 'hide'], description: 'What becomes of it.' },
      settings: {
        type: 'array',
        description: 'Things to set.',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['key', 'to'],
          description: 'One of them.',
          properties: {
            key: { type: 'string', minLength: 1, description: 'Its name.' },
            to: { type: ['string', 'number', 'boolean', 'null'], description: 'Its value.' },
          },
        },
      },
    },
  },
  plan: nothing,
  touches: ({ argv: [program] }) => reliesOn(program),
});

export const types: readonly AnyStepType[] = [directory, fileMode, ownerPaths, remap, command];

const compiled = new Ajv(AJV_OPTIONS).compile(planSchema(types));

/** The registry of these step types. */
export const registry: Registry = {
  types,
  validate: (value) => (compiled(value) ? [] : (compiled.errors ?? [])),
};

/** Loads a plan with these step types. */
export function load(text: string): Loaded<Plan> {
  return loadPlan({ file: 'plan.yaml', text }, registry);
}

/** The plan of a text that has no mistakes. */
export function planOf(text: string): Plan {
  const loaded = load(text);
  if (loaded.ok) return loaded.value;
  throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'));
}

/** Errors and warnings alike. */
export function diagnosticsOf(text: string): readonly Diagnostic[] {
  const loaded = load(text);
  return loaded.ok ? loaded.warnings : loaded.diagnostics;
}

/** The two lines that a plan needs before its inputs and steps. */
export const HEAD = 'version: 1\nname: test\n';

/** What a person is shown of the mistakes in a plan; empty where there are none. */
export function mistakesIn(text: string): string {
  const loaded = load(text);
  return loaded.ok ? '' : renderDiagnostics(loaded.sources, loaded.diagnostics);
}
