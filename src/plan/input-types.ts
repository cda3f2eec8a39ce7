import { unreachable } from '../errors/problem.ts';
import { normalise } from '../system/path.ts';
import type { InputDeclaration, InputType } from './plan.ts';
import { either, quote } from './text.ts';

/** A value that was read, or what would have been right. */
type Reading =
  | { readonly ok: true; readonly value: string | number | boolean }
  | { readonly ok: false; readonly wanted: string };

const YES = ['1', 'true', 'yes', 'on'];
const NO = ['0', 'false', 'no', 'off'];
const LARGEST_ID = 65534;

/** Reads the value of a variable as an input's type wants it. */
export function readInput(
  { type, values }: Pick<InputDeclaration, 'type' | 'values'>,
  text: string,
): Reading {
  switch (type) {
    case 'path':
      return readPath(text);
    case 'id':
      return readId(text);
    case 'boolean':
      return readBoolean(text);
    case 'string':
      return values === undefined || values.includes(text)
        ? { ok: true, value: text }
        : { ok: false, wanted: either(values.map(quote)) };
    default:
      return unreachable(type);
  }
}

/** What a value of a type looks like. */
export const WANTED: Readonly<Record<InputType, string>> = {
  path: 'an absolute path other than / and without ..',
  id: `a number from 1 to ${LARGEST_ID}`,
  boolean: 'one of 1, true, yes, on, 0, false, no, off',
  string: 'a text',
};

function readPath(text: string): Reading {
  const right = text.startsWith('/') && !text.includes('\0') && !text.split('/').includes('..');
  const value = normalise(text);
  return right && value !== '/' ? { ok: true, value } : { ok: false, wanted: WANTED.path };
}

function readId(text: string): Reading {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= LARGEST_ID ? { ok: true, value } : { ok: false, wanted: WANTED.id };
}

function readBoolean(text: string): Reading {
  const word = text.toLowerCase();
  if (YES.includes(word)) return { ok: true, value: true };
  return NO.includes(word) ? { ok: true, value: false } : { ok: false, wanted: WANTED.boolean };
}
