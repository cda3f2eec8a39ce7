/** Checks the shape of a plan against its schema: keys, types and patterns. */
import type { ErrorObject } from 'ajv';
import packageJson from '../../package.json' with { type: 'json' };
import type { OptionSchema } from '../step/schema.ts';
import type { JsonValue } from '../step/step.ts';
import { describeValue } from './check-values.ts';
import { inKey, inValue, type PendingDiagnostic, type DiagnosticParts } from './diagnostic.ts';
import { schemaAt, typeOf, type Subject } from './draft.ts';
import { isList, keysOf, member, parentPointer, pointerTo, valueAt } from './json.ts';
import { LIST_KEY, MOST_STEPS, STEP_KEYS } from './keys.ts';
import { listKeyOf } from './merge-lists.ts';
import { didYouMean, nearest } from './nearest.ts';
import { describe, either, quote, wantedBy, wantedByPattern } from './wanted.ts';

/** Errors against the schema of plans: keys, types, patterns. */
export function checkShape(subject: Subject): PendingDiagnostic[] {
  const { draft, document, validate } = subject;
  const errors = validate(document.value).filter((error) => isOwn(error, draft.top));
  return errors.flatMap((error) => {
    const choices = errors.filter((other) => isSameChoice(error, other));
    const [first] = choices;
    if (first === undefined) return diagnosticsFor(subject, error);
    return first === error ? [missingChoice(subject, choices)] : [];
  });
}

/** Where one of several keys has to stand. */
const CHOICE = /\/anyOf\/\d+\/required$/;

function isSameChoice(one: ErrorObject, other: ErrorObject): boolean {
  return (
    CHOICE.test(one.schemaPath) &&
    CHOICE.test(other.schemaPath) &&
    one.instancePath === other.instancePath
  );
}

function missingChoice({ document }: Subject, choices: readonly ErrorObject[]): PendingDiagnostic {
  const keys = choices.map(({ params }) => String(params.missingProperty));
  const place = pointerTo(choices[0]?.instancePath ?? '', keys[0] ?? '');
  return inKey(document.sourceMap, place, { message: `missing ${either(keys.map(quote))}` });
}

/** Errors of keys that change a list, such as `needs+`, where no list is below. */
export function checkListKeys({ draft, document }: Subject): PendingDiagnostic[] {
  return draft.steps.flatMap(({ body, pointer }) =>
    Object.keys(body)
      .filter((key) => LIST_KEYS.test(key))
      .map((key) =>
        inKey(document.sourceMap, pointerTo(pointer, key), {
          message: `unknown key ${quote(key)}`,
          hint: listKeyHint(key.slice(0, -1)),
        }),
      ),
  );
}

const LIST_KEYS = new RegExp(LIST_KEY);

function listKeyHint(name: string): string {
  return `only an entry without uses, which changes a step, can change a list: write ${name}`;
}

/** False for an error that only follows from another one. */
function isOwn({ keyword, schemaPath, instancePath }: ErrorObject, top: JsonValue): boolean {
  if (['anyOf', 'if', 'propertyNames'].includes(keyword)) return false;
  if (schemaPath.startsWith('#/definitions/template')) return false;
  // `env` is a string or a list: what is not a string is checked as a list.
  const alternative = /\/properties\/env\/anyOf\/([01])\//.exec(schemaPath)?.[1];
  if (alternative === undefined) return true;
  const env = valueAt(top, instancePath.replace(/(\/env)\/.*/, '$1'));
  return (alternative === '0') === (typeof env === 'string');
}

function diagnosticsFor(subject: Subject, error: ErrorObject): PendingDiagnostic[] {
  const { keyword, params, instancePath: pointer } = error;
  const { sourceMap } = subject.document;
  switch (keyword) {
    case 'additionalProperties': {
      const key = String(params.additionalProperty);
      const hint = unknownKeyHint(subject, pointer, key);
      return [
        inKey(sourceMap, pointerTo(pointer, key), { message: `unknown key ${quote(key)}`, hint }),
      ];
    }
    case 'required': {
      const key = String(params.missingProperty);
      const place = pointerTo(pointer, key);
      const hint = missingKeyHint(subject, place, key);
      // Nothing is at the pointer: it leads to what should hold the key.
      return [inKey(sourceMap, place, { message: `missing key ${quote(key)}`, hint })];
    }
    case 'uniqueItems': {
      const place = pointerTo(pointer, Math.max(Number(params.i), Number(params.j)));
      const value = valueAt(subject.draft.top, place);
      const message = `${describe(value)} is in the list twice`;
      return [inValue(sourceMap, place, { message, hint: 'remove it' })];
    }
    default:
      if (error.propertyName !== undefined) return [badName(subject, pointer, error.propertyName)];
      return [inValue(sourceMap, pointer, valueParts(subject, error))];
  }
}

function badName({ document }: Subject, pointer: string, name: string): PendingDiagnostic {
  const message = `invalid input name ${quote(name)}`;
  const hint = 'use a-z, 0-9 and -, starting with a letter';
  return inKey(document.sourceMap, pointerTo(pointer, name), { message, hint });
}

function valueParts(subject: Subject, error: ErrorObject): DiagnosticParts {
  const { keyword, params, instancePath: pointer } = error;
  const value = valueAt(subject.draft.top, pointer);
  const schema = schemaAt(subject, pointer);
  if (pointer === '') return { message: `found ${describe(value)}, wanted a plan`, hint: TOP };
  switch (keyword) {
    case 'enum':
      return enumParts(pointer, value, params.allowedValues);
    case 'const':
      if (pointer === '/version') return versionParts(value);
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
      return { message: 'found an empty string' };
    default: {
      if (ENV.test(pointer)) {
        const message = `found ${describe(value)}, wanted the name of a variable or a list of them`;
        return { message };
      }
      const wanted =
        schema === undefined
          ? (wantedByPattern(String(params.pattern)) ?? String(params.type))
          : wantedBy(schema);
      return describeValue(value, schema, wanted, subject.document.sourceMap.source(pointer));
    }
  }
}

function versionParts(value: JsonValue | undefined): DiagnosticParts {
  const isLater = typeof value === 'number' && value > 1;
  const own = `hermes-boot ${packageJson.version} reads version 1`;
  const message = `found ${describe(value)}, and ${own}`;
  const hint = isLater ? `a later release of hermes-boot reads version ${value}` : 'write 1';
  return { message, hint };
}

/** The keys that could be there and are not. */
function absentKeys(value: JsonValue | undefined, schema: OptionSchema | undefined): string[] {
  if (schema?.type !== 'object' || !('properties' in schema)) return [];
  return Object.keys(schema.properties).filter((key) => member(value, key) === undefined);
}

const ENV = /^\/inputs\/[^/]*\/env$/;

const TOP = 'a mapping with version, name and steps';

function enumParts(
  pointer: string,
  value: JsonValue | undefined,
  allowed: unknown,
): DiagnosticParts {
  const words = Array.isArray(allowed) ? allowed.map(String) : [];
  const isType = /^\/steps\/\d+\/uses$/.test(pointer);
  if (typeof value !== 'string') return { message: `found ${describe(value)}, wanted a string` };
  if (!isType) {
    const hint = didYouMean(value, words);
    return { message: `found ${describe(value)}, wanted ${either(words)}`, hint };
  }
  const hint = didYouMean(value, words, 'see hermes-boot steps');
  return { message: `unknown step type ${quote(value)}`, hint };
}

/** What other tools call the keys of a step. */
const ELSEWHERE = new Map([
  ['if', 'when'],
  ['depends-on', 'needs'],
  ['depends_on', 'needs'],
  ['continue-on-error', 'on-failure'],
  ['become', 'as'],
  ['user', 'as'],
  ['name', 'id'],
  ['type', 'uses'],
]);

/** The most keys that a hint lists. */
const MOST = 9;

/** What was probably meant by an unknown key. */
function unknownKeyHint(subject: Subject, holder: string, key: string): string | undefined {
  const keys = keysIn(schemaAt(subject, holder));
  const [top, index, inside] = keysOf(holder);
  const isStep = top === 'steps' && index !== undefined && inside === undefined;
  const list = listKeyOf(key)?.name;
  if (list !== undefined && keys.includes(list)) return listKeyHint(list);
  const near = (isStep ? ELSEWHERE.get(key) : undefined) ?? nearest(key, keys);
  if (near !== undefined) return `did you mean ${near}?`;
  if (top === 'steps' && index !== undefined) {
    if (inside === 'with' && Object.hasOwn(STEP_KEYS.properties, key)) {
      return 'it belongs to the step, next to with';
    }
    const type = typeOf(subject, subject.draft.stepAt(Number(index)));
    if (inside === undefined && type !== undefined && keysIn(type.schema).includes(key)) {
      return 'it belongs under with';
    }
  }
  return keys.length > 0 && keys.length <= MOST ? `known here: ${keys.join(', ')}` : undefined;
}

/** What belongs under a missing key. */
function missingKeyHint(subject: Subject, pointer: string, key: string): string | undefined {
  const step = /^\/steps\/(\d+)\/with$/.exec(pointer);
  if (step !== null) {
    const type = typeOf(subject, subject.draft.stepAt(Number(step[1])));
    const options = type?.schema.required ?? [];
    return options.length === 0 ? undefined : `${type?.uses ?? 'it'} wants ${options.join(', ')}`;
  }
  if (key === 'uses') return 'the step type, such as directory';
  const schema = schemaAt(subject, pointer) ?? schemaAt(subject, parentPointer(pointer));
  return schema === undefined ? undefined : `wanted ${wantedBy(schema)}`;
}

function keysIn(schema: OptionSchema | undefined): string[] {
  return schema?.type === 'object' && 'properties' in schema ? Object.keys(schema.properties) : [];
}
