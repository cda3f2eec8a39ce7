import type { ErrorObject } from 'ajv';
import type { OptionSchema } from '../../step/schema.ts';
import type { JsonValue } from '../../step/step.ts';
import { isList, member, pointerTo, valueAt } from '../json.ts';
import { MOST_STEPS } from '../keys.ts';
import { inKey, inValue } from '../mistake.ts';
import type { Mistake, MistakeParts } from '../mistake.ts';
import { didYouMean } from '../nearest.ts';
import { describe, wantedBy, wantedByPattern } from '../phrases.ts';
import { either, quote } from '../text.ts';
import { missingKeyHint, unknownKeyHint } from './key-hints.ts';
import { scalarMistake } from './scalars.ts';
import { schemaAt } from './subject.ts';
import type { Subject } from './subject.ts';

/** What the schema of plans objects to: keys, types, patterns. */
export function shapeMistakes(subject: Subject): Mistake[] {
  const { draft, document, validate } = subject;
  return validate(document.value)
    .filter((error) => isOwn(error, draft.top))
    .flatMap((error) => mistakeOf(subject, error));
}

/** Leaves out what only follows from another error. */
export function isOwn({ keyword, schemaPath, instancePath }: ErrorObject, top: JsonValue): boolean {
  if (['anyOf', 'if', 'propertyNames'].includes(keyword)) return false;
  if (schemaPath.startsWith('#/definitions/template')) return false;
  // `env` is one text or a list: what is no text is measured as a list.
  const alternative = /\/properties\/env\/anyOf\/([01])\//.exec(schemaPath)?.[1];
  if (alternative === undefined) return true;
  const env = valueAt(top, instancePath.replace(/(\/env)\/.*/, '$1'));
  return (alternative === '0') === (typeof env === 'string');
}

function mistakeOf(subject: Subject, error: ErrorObject): Mistake[] {
  const { keyword, params, instancePath: pointer } = error;
  const { places } = subject.document;
  switch (keyword) {
    case 'additionalProperties': {
      const key = String(params.additionalProperty);
      const hint = unknownKeyHint(subject, pointer, key);
      return [
        inKey(places, pointerTo(pointer, key), { message: `unknown key ${quote(key)}`, hint }),
      ];
    }
    case 'required': {
      const key = String(params.missingProperty);
      const place = pointerTo(pointer, key);
      const hint = missingKeyHint(subject, place, key);
      // Nothing stands at the pointer: it leads to what should hold the key.
      return [inKey(places, place, { message: `missing key ${quote(key)}`, hint })];
    }
    case 'uniqueItems': {
      const place = pointerTo(pointer, Math.max(Number(params.i), Number(params.j)));
      const value = valueAt(subject.draft.top, place);
      const message = `${describe(value)} is in the list twice`;
      return [inValue(places, place, { message, hint: 'remove it' })];
    }
    default:
      if (error.propertyName !== undefined) return [badName(subject, pointer, error.propertyName)];
      return [inValue(places, pointer, valueParts(subject, error))];
  }
}

function badName({ document }: Subject, pointer: string, name: string): Mistake {
  const message = `bad input name ${quote(name)}`;
  const hint = 'lower-case letters, digits and hyphens';
  return inKey(document.places, pointerTo(pointer, name), { message, hint });
}

function valueParts(subject: Subject, error: ErrorObject): MistakeParts {
  const { keyword, params, instancePath: pointer } = error;
  const value = valueAt(subject.draft.top, pointer);
  const schema = schemaAt(subject, pointer);
  if (pointer === '') return { message: `found ${describe(value)}, wanted a plan`, hint: TOP };
  switch (keyword) {
    case 'enum':
      return enumParts(pointer, value, params.allowedValues);
    case 'const':
      return { message: `found ${describe(value)}, wanted ${String(params.allowedValue)}` };
    case 'minItems':
      return { message: 'found an empty list, wanted at least one entry' };
    case 'maxItems':
      return {
        message: `found ${isList(value) ? value.length : 0} entries, wanted at most ${MOST_STEPS}`,
      };
    case 'minProperties':
      return { message: `missing ${either(absentKeys(value, schema))}` };
    case 'minLength':
      return { message: 'found an empty text' };
    default: {
      if (ENV.test(pointer)) {
        const message = `found ${describe(value)}, wanted the name of a variable or a list of them`;
        return { message };
      }
      const wanted =
        schema === undefined
          ? (wantedByPattern(String(params.pattern)) ?? String(params.type))
          : wantedBy(schema);
      return scalarMistake(value, schema, wanted, subject.document.places.source(pointer));
    }
  }
}

/** The keys that could be there and are not. */
function absentKeys(value: JsonValue | undefined, schema: OptionSchema | undefined): string[] {
  if (schema?.type !== 'object' || !('properties' in schema)) return [];
  return Object.keys(schema.properties).filter((key) => member(value, key) === undefined);
}

const ENV = /^\/inputs\/[^/]*\/env$/;

const TOP = 'a mapping with version, name and steps';

function enumParts(pointer: string, value: JsonValue | undefined, allowed: unknown): MistakeParts {
  const words = Array.isArray(allowed) ? allowed.map(String) : [];
  const isType = /^\/steps\/\d+\/uses$/.test(pointer);
  if (typeof value !== 'string') return { message: `found ${describe(value)}, wanted a text` };
  if (!isType) {
    const hint = didYouMean(value, words);
    return { message: `found ${describe(value)}, wanted ${either(words)}`, hint };
  }
  const hint = didYouMean(value, words, 'hermes-boot steps lists them');
  return { message: `unknown step type ${quote(value)}`, hint };
}
