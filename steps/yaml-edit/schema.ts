/** The form of the edits in a plan. Apart from what makes them, which loads a YAML parser. */
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

/** The form of one edit in a plan. */
export const edit = {
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
      properties: { from: dotted('Where it was.'), to: dotted('Where it should be.') },
    },
    remove: dotted('Removes a value.'),
  },
} as const satisfies ObjectSchema;

/** One edit; exactly one of its properties is there. */
export type YamlEdit = OptionsOf<typeof edit>;
