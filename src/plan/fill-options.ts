/** Fills inputs and facts into the options of a step, and checks that they fit the schema. */
import { ABSOLUTE_PATH } from '../step/fields.ts';
import type { OptionSchema } from '../step/schema.ts';
import type { JsonObject, JsonValue } from '../step/step.ts';
import { normalise } from '../system/path.ts';
import { isList, isMapping } from './json.ts';
import { childSchema } from './keys.ts';
import type { InputValue } from './plan.ts';
import { hasTemplate, parseTemplate, wholeReference, type Reference } from './template.ts';
import { quote, wantedBy } from './wanted.ts';

/** The value behind a name in a template; undefined where it is unset. */
export type Lookup = (reference: Reference) => InputValue;

/** Fills in the templates in the options of a step. An option that is only an unset name is left out. */
export function fillOptions(options: JsonObject, schema: OptionSchema, lookup: Lookup): JsonObject {
  return Object.fromEntries(
    Object.entries(options).flatMap(([key, value]) => {
      const filled = fill(value ?? null, childSchema(schema, key), lookup);
      return filled === undefined ? [] : [[key, filled]];
    }),
  );
}

function fill(
  value: JsonValue,
  schema: OptionSchema | undefined,
  lookup: Lookup,
): JsonValue | undefined {
  if (typeof value === 'string') return tidy(fillText(value, schema, lookup), schema);
  if (isList(value)) {
    return value.flatMap((item) => {
      const filled = fill(item, childSchema(schema, '0'), lookup);
      return filled === undefined ? [] : [filled];
    });
  }
  return isMapping(value) && schema !== undefined ? fillOptions(value, schema, lookup) : value;
}

/** A string that is only one name becomes its value; in a longer one it becomes text. */
function fillText(text: string, schema: OptionSchema | undefined, lookup: Lookup): InputValue {
  if (!hasTemplate(text)) return text;
  const template = parseTemplate(text);
  const whole = wholeReference(template);
  if (whole === undefined) {
    return template.parts
      .map((part) => (typeof part === 'string' ? part : String(lookup(part) ?? '')))
      .join('');
  }
  const value = lookup(whole);
  // A number may stand for a string, such as the id of an account as owner.
  return schema?.type === 'string' && value !== undefined ? String(value) : value;
}

function tidy(value: InputValue, schema: OptionSchema | undefined): InputValue {
  const isPath = schema?.type === 'string' && schema.pattern === ABSOLUTE_PATH;
  // What is not an absolute path must not become one here.
  return isPath && typeof value === 'string' && value.startsWith('/') && !value.includes('..')
    ? normalise(value)
    : value;
}

/** An option whose value does not fit its schema. */
export interface Unfit {
  readonly path: readonly string[];
  readonly found: string;
  readonly wanted: string;
}

/**
 * The options that do not fit: with sample values when the plan is checked, and with what the
 * environment really holds, such as a name with `..` inside a path, when it is bound.
 */
export function unfitOptions(
  value: JsonObject | JsonValue,
  schema: OptionSchema,
  path: readonly string[] = [],
): Unfit[] {
  if (isList(value) || isMapping(value)) {
    return Object.entries(value).flatMap(([key, item]) => {
      const child = childSchema(schema, key);
      return child === undefined ? [] : unfitOptions(item ?? null, child, [...path, key]);
    });
  }
  if (fits(value, schema)) return [];
  const wanted = wantedBy(schema);
  if (typeof value !== 'string') return [{ path, found: String(value), wanted }];
  const goesUp = value.split('/').includes('..');
  return [{ path, found: quote(value), wanted: goesUp ? `${wanted} without ..` : wanted }];
}

/** By their text: most options share a few. */
const patterns = new Map<string, RegExp>();

function patternOf(text: string): RegExp {
  const known = patterns.get(text) ?? new RegExp(text, 'u');
  patterns.set(text, known);
  return known;
}

function fits(value: JsonValue, schema: OptionSchema): boolean {
  switch (schema.type) {
    case 'string':
      if (typeof value !== 'string' || value.includes('\0')) return false;
      if (value.length < (schema.minLength ?? 0)) return false;
      if (schema.enum !== undefined && !schema.enum.includes(value)) return false;
      return schema.pattern === undefined || patternOf(schema.pattern).test(value);
    case 'integer':
      return (
        Number.isInteger(value) &&
        Number(value) >= (schema.minimum ?? -Infinity) &&
        Number(value) <= (schema.maximum ?? Infinity)
      );
    case 'boolean':
      return typeof value === 'boolean';
    case 'array':
    case 'object':
      return false;
    default:
      return true;
  }
}
