import type { OptionSchema } from '../step/schema.ts';
import type { JsonObject, JsonValue } from '../step/step.ts';
import { isList, isMapping } from './json.ts';
import { childSchema } from './keys.ts';
import { wantedBy } from './phrases.ts';
import { quote } from './text.ts';

/** An option whose value is not one that its schema allows. */
interface Unfit {
  readonly path: readonly string[];
  readonly found: string;
  readonly wanted: string;
}

/**
 * The first option that does not fit. Validation has checked the plan with sample values; this
 * is about what the environment really holds, such as a name with `..` within a path.
 */
export function unfitOption(
  value: JsonObject | JsonValue,
  schema: OptionSchema,
  path: readonly string[] = [],
): Unfit | undefined {
  if (isList(value) || isMapping(value)) {
    for (const [key, item] of Object.entries(value)) {
      const child = childSchema(schema, key);
      const unfit = child && unfitOption(item ?? null, child, [...path, key]);
      if (unfit !== undefined) return unfit;
    }
    return undefined;
  }
  if (fits(value, schema)) return undefined;
  const wanted = wantedBy(schema);
  if (typeof value !== 'string') return { path, found: String(value), wanted };
  const goesUp = value.split('/').includes('..');
  return { path, found: quote(value), wanted: goesUp ? `${wanted} without ..` : wanted };
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
