/** Reads values of a plan file whose shape is not known yet, and JSON pointers to them. */
import type { JsonObject, JsonValue } from '../step/step.ts';

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function isMapping(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value under a key of its own; undefined also if `of` is not a mapping. */
export function member(of: JsonValue | undefined, key: string): JsonValue | undefined {
  return isMapping(of) && Object.hasOwn(of, key) ? of[key] : undefined;
}

/** The string under a key; undefined if it is anything else. */
export function textMember(of: JsonValue | undefined, key: string): string | undefined {
  const value = member(of, key);
  return typeof value === 'string' ? value : undefined;
}

/** The JSON pointer of a child (RFC 6901). */
export function pointerTo(parent: string, key: string | number): string {
  return `${parent}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The keys of a JSON pointer. */
export function keysOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The pointer of what holds the value at `pointer`. */
export function parentPointer(pointer: string): string {
  return pointer.slice(0, Math.max(0, pointer.lastIndexOf('/')));
}

/** The value at a pointer; undefined if there is none. */
export function valueAt(value: JsonValue | undefined, pointer: string): JsonValue | undefined {
  let at = value;
  for (const key of keysOf(pointer)) {
    at = isList(at) ? at[Number(key)] : member(at, key);
  }
  return at;
}

/** Every string in a value with its pointer, in the order of the file. */
export function* textsOf(
  value: JsonValue | undefined,
  pointer = '',
): Generator<{ readonly pointer: string; readonly text: string }> {
  if (typeof value === 'string') yield { pointer, text: value };
  else if (isList(value)) {
    for (const [index, item] of value.entries()) yield* textsOf(item, pointerTo(pointer, index));
  } else if (isMapping(value)) {
    for (const [key, item] of Object.entries(value)) yield* textsOf(item, pointerTo(pointer, key));
  }
}
