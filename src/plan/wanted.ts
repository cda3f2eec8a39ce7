/** Phrases for messages: what a schema wants, and what was found instead. */
import {
  ABSOLUTE_PATH,
  ACCOUNT,
  OCTAL_MODE,
  OWNER,
  RELATIVE_PATH,
  VARIABLE,
} from '../step/fields.ts';
import type { OptionSchema } from '../step/schema.ts';
import { ACCEPTABLE, type JsonValue } from '../step/step.ts';
import { printable } from '../text/printable.ts';
import { isList } from './json.ts';
import { ACCEPTED, NAME, TIMEOUT } from './keys.ts';

const BY_PATTERN: Readonly<Record<string, string>> = {
  [ABSOLUTE_PATH]: 'an absolute path',
  [RELATIVE_PATH]: 'a relative path',
  [OCTAL_MODE]: 'a mode such as "0640"',
  [OWNER]: 'an owner such as hermes or 1000:1000',
  [ACCOUNT]: 'the name of an account',
  [VARIABLE]: 'the name of a variable',
  [NAME]: 'a name: a-z, 0-9 and -, starting with a letter',
  [TIMEOUT]: 'a time such as 500ms, 30s or 10m',
  [ACCEPTED]: `one of ${Object.keys(ACCEPTABLE).join(', ')}, or such a word and a path: link:/data/x`,
};

/** What a schema wants, as a phrase. */
export function wantedBy(schema: OptionSchema): string {
  switch (schema.type) {
    case 'string':
      if (schema.enum !== undefined) return either(schema.enum);
      return wantedByPattern(schema.pattern) ?? 'a string';
    case 'integer':
      return wantedNumber(schema.minimum, schema.maximum);
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    case 'object':
      return 'a mapping';
    default:
      return 'a string, a number, true or false';
  }
}

/** What a pattern wants; undefined where there is none. */
export function wantedByPattern(pattern: string | undefined): string | undefined {
  if (pattern === undefined) return undefined;
  return Object.hasOwn(BY_PATTERN, pattern) ? BY_PATTERN[pattern] : `a string like ${pattern}`;
}

function wantedNumber(minimum: number | undefined, maximum: number | undefined): string {
  if (minimum !== undefined && maximum !== undefined) {
    return minimum === maximum ? `${minimum}` : `a number from ${minimum} to ${maximum}`;
  }
  if (minimum !== undefined) return `a number, ${minimum} or more`;
  return maximum === undefined ? 'a whole number' : `a number, ${maximum} or less`;
}

/** A value as a message names it: `the string "abc"`. */
export function describe(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string')
    return value === '' ? 'an empty string' : `the string ${quote(value)}`;
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return String(value);
  return isList(value) ? 'a list' : 'a mapping';
}

const SHOWN = 60;

/** A text in double quotes, shortened if it is long. */
export function quote(text: string): string {
  const short =
    text.length > SHOWN ? `${text.slice(0, SHOWN - 1).replace(/[\ud800-\udbff]$/, '')}…` : text;
  return `"${printable(short)}"`;
}

/** `a, b or c`. */
export function either(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}
