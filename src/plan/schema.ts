/** Makes the JSON Schema of plans from the keys of the plan language and the step types. */
import type { ObjectSchema, OptionSchema } from '../step/schema.ts';
import type { AnyStepType, JsonObject, JsonValue } from '../step/step.ts';
import { INPUT_KEYS, LIST_KEY, MOST_STEPS, NAME, PLAN_KEYS, STEP_KEYS } from './keys.ts';

/** How ajv compiles the schema, at run time and ahead of time. */
export const AJV_OPTIONS = { allErrors: true, strict: true, allowUnionTypes: true } as const;

const TEMPLATE = { $ref: '#/definitions/template' } as const;

/** The JSON Schema (draft-07) of a plan that can use these step types. */
export function planSchema(types: readonly AnyStepType[]): JsonObject {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'https://hermes-boot.dev/plan.schema.json',
    title: 'hermes-boot plan',
    description: PLAN_KEYS.description,
    type: 'object',
    additionalProperties: false,
    required: PLAN_KEYS.required,
    properties: {
      ...literal(PLAN_KEYS.properties),
      version: { const: 1, description: PLAN_KEYS.properties.version.description },
      home: orTemplate(PLAN_KEYS.properties.home),
      inputs: {
        type: 'object',
        description: PLAN_KEYS.properties.inputs.description,
        propertyNames: { pattern: NAME },
        additionalProperties: { $ref: '#/definitions/input' },
      },
      steps: {
        type: 'array',
        description: PLAN_KEYS.properties.steps.description,
        minItems: 1,
        maxItems: MOST_STEPS,
        items: { $ref: '#/definitions/step' },
      },
    },
    // A plan that extends another has only what it changes.
    if: { required: ['extends'], properties: { extends: {} } },
    else: {
      required: ['name', 'steps'],
      properties: {
        name: {},
        steps: {
          type: 'array',
          description: 'Where the plan extends no other, each step is complete.',
          items: {
            type: 'object',
            required: ['uses'],
            properties: { uses: {} },
            additionalProperties: true,
          },
        },
      },
    },
    patternProperties: { '^x-': { description: 'Ignored by hermes-boot.' } },
    definitions: { input: inputSchema(), step: stepSchema(types), template: templateSchema() },
  };
}

function inputSchema(): JsonObject {
  const { env, default: fallback } = INPUT_KEYS.properties;
  return {
    ...literal(INPUT_KEYS),
    properties: {
      ...literal(INPUT_KEYS.properties),
      env: {
        description: env.description,
        anyOf: [literal(env.items), literal({ ...env, description: 'Several variables.' })],
      },
      default: { description: fallback.description, type: ['string', 'integer', 'boolean'] },
    },
  };
}

function stepSchema(types: readonly AnyStepType[]): JsonObject {
  return {
    ...literal(STEP_KEYS),
    patternProperties: {
      [LIST_KEY]: {
        ...literal(STEP_KEYS.properties.needs),
        description: 'In a step without uses: what to add to the list, or to take away from it.',
      },
    },
    properties: {
      ...literal(STEP_KEYS.properties),
      uses: {
        type: 'string',
        description: STEP_KEYS.properties.uses.description,
        enum: types.map(({ uses }) => uses),
      },
      with: { type: 'object', description: STEP_KEYS.properties.with.description },
    },
    allOf: types.map(({ uses, summary, schema }) => ({
      if: { required: ['uses'], properties: { uses: { const: uses } } },
      then: {
        ...(needsOptions(schema) ? { required: ['with'] } : {}),
        properties: { with: { ...withTemplates(schema), description: summary } },
      },
    })),
  };
}

function templateSchema(): JsonObject {
  return {
    type: 'string',
    pattern: '\\$\\{\\{',
    description: 'A string with ${{ inputs.x }} or ${{ facts.x }} in it.',
  };
}

/** Whether a step must have `with`. */
function needsOptions({ required, minProperties = 0 }: ObjectSchema): boolean {
  return required.length > 0 || minProperties > 0;
}

/** The schema of an option as it is before inputs are filled in. */
function withTemplates(schema: OptionSchema): JsonObject {
  switch (schema.type) {
    case 'array':
      return { ...literal(schema), items: withTemplates(schema.items) };
    case 'object':
      return 'properties' in schema
        ? { ...literal(schema), properties: each(schema.properties, withTemplates) }
        : { ...literal(schema), additionalProperties: withTemplates(schema.additionalProperties) };
    case 'string':
      return schema.pattern === undefined && schema.enum === undefined
        ? literal(schema)
        : orTemplate(schema);
    case 'integer':
    case 'boolean':
      return orTemplate(schema);
    default:
      // Any scalar: a string with a template is one.
      return literal(schema);
  }
}

function orTemplate({ description, ...schema }: OptionSchema): JsonObject {
  return {
    ...(description === undefined ? {} : { description }),
    anyOf: [literal(schema), TEMPLATE],
  };
}

function each<T>(of: Readonly<Record<string, T>>, make: (item: T) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(of).map(([key, item]) => [key, make(item)]));
}

/** A schema as the JSON that it is. */
function literal(schema: object): JsonObject {
  return Object.fromEntries(Object.entries(schema));
}
