/**
 * Validates the shape of a plan. The build replaces this module with what ajv generates ahead of time
 * from the same schema, so that no boot pays for a compiler.
 */
import { Ajv, type ErrorObject } from 'ajv';
import schema from '../../plans/plan.schema.json' with { type: 'json' };
import { AJV_OPTIONS } from './schema.ts';

const validate = new Ajv(AJV_OPTIONS).compile(schema);

/** Errors in the shape of a plan: keys, types, patterns. */
export function validateShape(value: unknown): ErrorObject[] {
  return validate(value) ? [] : (validate.errors ?? []);
}
