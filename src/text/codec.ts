/** Declares once how a value is written as JSON, read back and checked, and what type it has. */

/** Writes a value as JSON and reads it back. */
export interface Codec<T> {
  encode(value: T): unknown;
  /**
   * @param at the path of the value in the document, for messages
   * @throws Malformed when it is not what `encode` writes
   */
  decode(json: unknown, at: string): T;
}

/** The type of the values of a codec. */
export type TypeOf<C> = C extends Codec<infer T> ? Readonly<T> : never;

/** A document does not have the form that it should have. */
export class Malformed extends Error {
  constructor(at: string, wanted: string) {
    super(`${at === '' ? 'the document' : at} is not valid: wanted ${wanted}`);
    this.name = 'Malformed';
  }
}

/** Whether a JSON value is what a codec without conversions reads. */
export function fits<T>(codec: Codec<T>, json: unknown): json is T {
  try {
    codec.decode(json, '');
    return true;
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
}

function scalar<T>(wanted: string, is: (json: unknown) => json is T): Codec<T> {
  return {
    encode: (value) => value,
    decode(json, at) {
      if (!is(json)) throw new Malformed(at, wanted);
      return json;
    },
  };
}

export const text = scalar('text', (json) => typeof json === 'string');

export const flag = scalar('true or false', (json) => typeof json === 'boolean');

/** A number of things, a size or an id; -1 means no user or group. */
export const count = scalar(
  'a whole number',
  (json): json is number => typeof json === 'number' && Number.isSafeInteger(json) && json >= -1,
);

/** A text, a whole number, or true or false. */
export const scalarValue = scalar(
  'text, a whole number, or true or false',
  (json): json is string | number | boolean =>
    typeof json === 'string' || typeof json === 'boolean' || Number.isSafeInteger(json),
);

/** Any number. */
export const number = scalar('a number', (json) => typeof json === 'number');

/** One value only, such as a version. */
export function constant<const V extends number>(value: V): Codec<V> {
  return scalar(String(value), (json): json is V => json === value);
}

/** One of a few words. */
export function word<const W extends string>(...words: readonly W[]): Codec<W> {
  return scalar(words.join(' or '), (json): json is W => words.some((known) => known === json));
}

/** A text that matches a pattern. */
export function matching(pattern: RegExp, wanted: string): Codec<string> {
  return scalar(wanted, (json): json is string => typeof json === 'string' && pattern.test(json));
}

/** A value, or null. */
export function nullable<T>(codec: Codec<T>): Codec<T | null> {
  return {
    encode: (value) => (value === null ? null : codec.encode(value)),
    decode: (json, at) => (json === null ? null : codec.decode(json, at)),
  };
}

/** A value of a mapping that may be missing. */
export function optional<T>(codec: Codec<T>): Codec<T | undefined> {
  return {
    encode: (value) => (value === undefined ? undefined : codec.encode(value)),
    decode: (json, at) => (json === undefined ? undefined : codec.decode(json, at)),
  };
}

/** A list. */
export function list<T>(codec: Codec<T>): Codec<readonly T[]> {
  return {
    encode: (values) => values.map((value) => codec.encode(value)),
    decode(json, at) {
      if (!Array.isArray(json)) throw new Malformed(at, 'a list');
      return json.map((item: unknown, index) => codec.decode(item, `${at}[${index}]`));
    },
  };
}

/** A mapping with any names. */
export function table<T>(codec: Codec<T>): Codec<ReadonlyMap<string, T>> {
  return {
    encode: (values) =>
      Object.fromEntries([...values].map(([key, value]) => [key, codec.encode(value)])),
    decode: (json, at) =>
      new Map(
        Object.entries(mapping(json, at)).map(([key, value]) => [
          key,
          codec.decode(value, `${at}.${key}`),
        ]),
      ),
  };
}

/** The codec of each property of a mapping. */
type Properties<T> = { readonly [K in keyof T]-?: Codec<T[K]> };

/** A mapping with known names. Other names are ignored, so that a later release may add some. */
export function object<T extends object>(properties: Properties<T>): Codec<T> {
  const codecs: readonly (readonly [string, Codec<unknown>])[] = Object.entries(properties);
  const isWhole = (made: object): made is T => codecs.length >= Object.keys(made).length;
  return {
    encode(value) {
      return Object.fromEntries(
        codecs.map(([key, codec]) => [key, codec.encode(Reflect.get(value, key))]),
      );
    },
    decode(json, at) {
      const given = mapping(json, at);
      const made = Object.fromEntries(
        codecs.flatMap(([key, codec]) => {
          const value = codec.decode(given[key], at === '' ? key : `${at}.${key}`);
          return value === undefined ? [] : [[key, value]];
        }),
      );
      if (!isWhole(made)) throw new Malformed(at, 'a mapping');
      return made;
    },
  };
}

/** A mapping of one of several forms; the value of one property says which. */
export function variant<T extends object>(
  property: string,
  forms: Readonly<Record<string, Codec<T>>>,
): Codec<T> {
  const formOf = (value: object, at: string): Codec<T> => {
    const name: unknown = Reflect.get(value, property);
    const form = typeof name === 'string' && Object.hasOwn(forms, name) ? forms[name] : undefined;
    if (form !== undefined) return form;
    throw new Malformed(`${at}.${property}`, Object.keys(forms).join(' or '));
  };
  return {
    encode: (value) => formOf(value, '').encode(value),
    decode: (json, at) => formOf(mapping(json, at), at).decode(json, at),
  };
}

/** A type that is written as another type. */
export function as<T, U>(codec: Codec<U>, to: (value: T) => U, from: (written: U) => T): Codec<T> {
  return {
    encode: (value) => codec.encode(to(value)),
    decode: (json, at) => from(codec.decode(json, at)),
  };
}

function mapping(json: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new Malformed(at, 'a mapping');
  }
  return Object.fromEntries(Object.entries(json));
}
