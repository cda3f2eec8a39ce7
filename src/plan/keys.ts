/** The keys of the plan language: the source of the schema for editors and of the messages. */
import { ACCOUNT, VARIABLE, path } from '../step/fields.ts';
import { ACCEPTABLE } from '../step/step.ts';
import type { ObjectSchema, OptionSchema } from '../step/schema.ts';

export const NAME = '^[a-z][a-z0-9-]*$';
export const TRACKER = '^https?://[!-~]*[^/]$';
export const TIMEOUT = '^[1-9][0-9]{0,3}(?:ms|s|m)$';

const names = Object.keys(ACCEPTABLE).join('|');
export const ACCEPTED = `^(?:${names})(?::/.+)?$`;

const acceptableTexts = Object.entries(ACCEPTABLE)
  .map(([name, text]) => `${name}: ${text}`)
  .join('. ');

const variable = (description: string) =>
  ({ type: 'string', pattern: VARIABLE, description }) as const;

export const INPUT_KEYS = {
  type: 'object',
  additionalProperties: false,
  description: 'A typed value from the environment.',
  required: ['env', 'type'],
  properties: {
    description: { type: 'string', description: 'What it is for, in one sentence.' },
    env: {
      type: 'array',
      items: variable('An environment variable.'),
      minItems: 1,
      uniqueItems: true,
      description:
        'The environment variable that sets it, or a list of them: the first that is set and not empty decides.',
    },
    type: {
      type: 'string',
      enum: ['path', 'id', 'string', 'boolean'],
      description:
        'path: an absolute path. id: a number from 1 to 65534. string: any string. boolean: 1, true, yes or on; 0, false, no or off.',
    },
    default: {
      type: ['string', 'number', 'boolean', 'null'],
      description: 'Its value where no variable is set. Without one it may be unset.',
    },
    values: {
      type: 'array',
      items: { type: 'string', description: 'An allowed value.' },
      minItems: 1,
      uniqueItems: true,
      description: 'The values that are allowed, for the type string.',
    },
    secret: {
      type: 'boolean',
      default: false,
      description: 'Whether its value is shown as ***.',
    },
  },
} as const satisfies ObjectSchema;

export const STEP_KEYS = {
  type: 'object',
  additionalProperties: false,
  description: 'One thing to keep true.',
  required: ['id'],
  properties: {
    id: { type: 'string', pattern: NAME, description: 'Its name within the plan.' },
    uses: { type: 'string', description: 'Its step type.' },
    with: {
      type: 'object',
      additionalProperties: false,
      required: [],
      properties: {},
      description: 'The options of the step type.',
    },
    needs: {
      type: 'array',
      items: { type: 'string', description: 'The id of a step.' },
      uniqueItems: true,
      description: 'The steps that must finish first. Others may run at the same time.',
    },
    before: {
      type: 'array',
      items: { type: 'string', description: 'The id of a step.' },
      uniqueItems: true,
      description: 'The steps that run after it, as if they needed it.',
    },
    off: {
      type: 'boolean',
      default: false,
      description: 'Switches it off: the step keeps its place in the order and does nothing.',
    },
    when: {
      type: 'string',
      minLength: 1,
      description:
        'Skips the step unless this is true. Takes inputs.x, facts.y, == != ! && || ( ) and strings in quotes.',
    },
    why: { type: 'string', description: 'Why the step is there, for whoever reads the plan.' },
    as: {
      type: 'string',
      pattern: ACCOUNT,
      description: 'The account that owns what it makes and runs its commands.',
    },
    'on-failure': {
      type: 'string',
      enum: ['stop', 'degrade', 'ignore'],
      default: 'stop',
      description:
        'stop: nothing after it begins before it has ended, and nothing after it runs when it fails. degrade: the boot goes on and ends degraded. ignore: the boot goes on.',
    },
    accept: {
      type: 'array',
      items: {
        type: 'string',
        pattern: ACCEPTED,
        description: 'The name of a warning, or the name and one path: link:/opt/data/home.',
      },
      uniqueItems: true,
      description: `Warnings that are meant to be: the log of a boot leaves them out. ${acceptableTexts}.`,
    },
    timeout: {
      type: 'string',
      pattern: TIMEOUT,
      default: '10m',
      description: 'How long it may take, such as 500ms, 30s or 10m.',
    },
  },
} as const satisfies ObjectSchema;

export const PLAN_KEYS = {
  type: 'object',
  additionalProperties: false,
  description: 'What must be true before any service starts.',
  required: ['version'],
  properties: {
    version: {
      type: 'integer',
      minimum: 1,
      maximum: 1,
      description: 'The version of the plan language: 1.',
    },
    name: { type: 'string', pattern: NAME, description: 'What the plan is called in messages.' },
    extends: {
      type: 'string',
      pattern: NAME,
      description:
        'The plan that this one changes. An input or a step replaces one of the same name; a step without uses changes the keys that it has, and removes those that are null; x+ adds to the list x, x- takes away from it.',
    },
    description: { type: 'string', description: 'What the plan is for, in one sentence.' },
    home: path(
      'The directory that outlives the container. Boots that share it run one at a time, and it holds their history.',
    ),
    tracker: {
      type: 'string',
      pattern: TRACKER,
      description:
        'The address of the issues that numbers such as #123 in the reasons mean; with the number at its end it leads to one.',
    },
    'lock-timeout': {
      type: 'string',
      pattern: TIMEOUT,
      default: '10m',
      description: 'How long to wait for another boot of the same home, such as 30s or 10m.',
    },
    inputs: {
      type: 'object',
      additionalProperties: false,
      required: [],
      properties: {},
      description: 'Typed values from the environment, by name.',
    },
    steps: {
      type: 'array',
      items: STEP_KEYS,
      minItems: 1,
      description: 'What to keep true. They run in the order of needs, then of the file.',
    },
  },
} as const satisfies ObjectSchema;

/** The lists of a step that an entry without uses can add to and take away from. */
export const LIST_KEY = '^(?:needs|before|accept)[+-]$';

/** The most steps that a plan may have. */
export const MOST_STEPS = 1000;

/** The schema of an option, or of an entry of one. */
export function childSchema(
  schema: OptionSchema | undefined,
  key: string,
): OptionSchema | undefined {
  if (schema?.type === 'array') return schema.items;
  if (schema?.type !== 'object') return undefined;
  if (!('properties' in schema)) return schema.additionalProperties;
  return Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
}
