import { Ajv } from 'ajv';
import type { ErrorObject } from 'ajv';
import schema from '../../plans/plan.schema.json' with { type: 'json' };
import { AJV_OPTIONS } from './schema.ts';

/*
 * Compiled from the schema as it is checked in. The build replaces this module by what ajv
 * generates from the same file ahead of time, so that no boot pays for a compiler.
 */

const validate = new Ajv(AJV_OPTIONS).compile(schema);

/** What is wrong with the shape of a plan: keys, types, patterns. */
export function validateShape(value: unknown): ErrorObject[] {
  return validate(value) ? [] : (validate.errors ?? []);
}
