import { ABSOLUTE_PATH } from '../step/fields.ts';
import type { OptionSchema } from '../step/schema.ts';
import type { JsonObject, JsonValue } from '../step/step.ts';
import { normalise } from '../system/path.ts';
import { isList, isMapping } from './json.ts';
import { childSchema } from './keys.ts';
import type { InputValue } from './plan.ts';
import { hasTemplate, parseTemplate, wholeReference } from './template.ts';
import type { Reference } from './template.ts';

/** The value behind a name in a template; undefined where it is unset. */
export type Lookup = (reference: Reference) => InputValue;

/** Fills in the templates of a step's options. An option that is just an unset name is left out. */
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

/** A text that is just one name takes its value; a longer one takes it as text. */
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
  // A number is welcome where a text is wanted, such as the id of an account as owner.
  return schema?.type === 'string' && value !== undefined ? String(value) : value;
}

function tidy(value: InputValue, schema: OptionSchema | undefined): InputValue {
  const isPath = schema?.type === 'string' && schema.pattern === ABSOLUTE_PATH;
  // What is no absolute path must not become one here.
  return isPath && typeof value === 'string' && value.startsWith('/') && !value.includes('..')
    ? normalise(value)
    : value;
}
