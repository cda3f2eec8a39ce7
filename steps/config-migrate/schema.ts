import { absolutePaths, argv, choice, environment, path } from '../../src/step/fields.ts';
import type { ObjectSchema, OptionsOf } from '../../src/step/schema.ts';

const dotted = <const D extends string>(description: D) =>
  ({ type: 'string', pattern: '^[^.\\s]+(?:\\.[^.\\s]+)*$', description }) as const;

const assignment = <const D extends string>(description: D) =>
  ({
    type: 'object',
    additionalProperties: false,
    required: ['path', 'value'],
    description,
    properties: {
      path: dotted('Where in the file, with dots between keys: agent.model.'),
      value: { type: ['string', 'number', 'boolean', 'null'], description: 'The value.' },
    },
  }) as const;

const edit = {
  type: 'object',
  additionalProperties: false,
  required: [],
  minProperties: 1,
  maxProperties: 1,
  description: 'One edit.',
  properties: {
    set: assignment('Sets a value, whatever is there.'),
    default: assignment('Sets a value where there is none.'),
    rename: {
      type: 'object',
      additionalProperties: false,
      required: ['from', 'to'],
      description: 'Moves a value. Where both are there, the one at `to` stays.',
      properties: {
        from: dotted('Where it was.'),
        to: dotted('Where it is to be.'),
      },
    },
    remove: dotted('Takes a value away.'),
  },
} as const satisfies ObjectSchema;

/** The options of config.migrate. */
export const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['file', 'backup'],
  anyOf: [choice('edits'), choice('helper')],
  properties: {
    file: path('The configuration, a YAML mapping. It need not exist.'),
    'version-key': {
      type: 'string',
      pattern: '^[A-Za-z_][A-Za-z0-9_-]*$',
      default: '_config_version',
      description: 'The key at its top that holds its version.',
    },
    unversioned: {
      type: 'string',
      enum: ['oldest', 'fresh'],
      default: 'oldest',
      description:
        'What a file without a version is: older than every edit, or new, so that it is given the version alone.',
    },
    skip: { type: 'boolean', description: 'Leaves the file alone in this boot.' },
    backup: absolutePaths('The files that are copied, each next to itself, before anything else.'),
    edits: {
      type: 'array',
      minItems: 1,
      description: 'What changes from version to version. Comments and layout of the file stay.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['to', 'changes'],
        description: 'What makes a file that is older one of this version.',
        properties: {
          to: { type: 'integer', minimum: 1, description: 'The version.' },
          changes: { type: 'array', description: 'The edits, in order.', items: edit },
        },
      },
    },
    helper: {
      type: 'object',
      additionalProperties: false,
      required: ['command'],
      description: "The agent's own program for this. It runs as `as`.",
      properties: {
        command: argv('The program, as an absolute path, and its arguments.'),
        target: {
          type: 'object',
          additionalProperties: false,
          required: ['file', 'pattern'],
          description: 'Where the image tells which version it expects.',
          properties: {
            file: path('A file of the image.'),
            pattern: {
              type: 'string',
              minLength: 1,
              description: 'A regular expression whose one group is the version.',
            },
          },
        },
      },
    },
    stamp: path(
      'Where to remember what a helper has seen, so that it does not see the same again. Without this and a target it runs on every boot.',
    ),
    env: environment('Variables for the helper, on top of PATH, HOME and USER.'),
  },
} as const satisfies ObjectSchema;

export type Options = OptionsOf<typeof schema>;

/** The edits that lead to one version. */
export type Migration = NonNullable<Options['edits']>[number];

/** One edit; exactly one of its properties is there. */
export type Edit = Migration['changes'][number];
