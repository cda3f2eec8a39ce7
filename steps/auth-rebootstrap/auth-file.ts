/** Reads and edits auth.json by its text, so that what is not ours stays as it is. */
import { isAnswer } from '../../src/errors/look-failed.ts';
import { Content, type Reader, sealed } from '../../src/system/content.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { fieldsOf, parseObject } from '../../src/text/json-object.ts';
import { flag, nullable, number, object, text, variant, word } from '../../src/text/codec.ts';

/** In bytes; an auth.json is a few thousand. */
const LARGEST_AUTH = 1024 * 1024;

/** What an auth.json says of the session with one provider. No token is in it. */
type Store =
  /** `found` says why it cannot be read, as the end of a sentence. */
  | { readonly kind: 'unreadable'; readonly found: string }
  | { readonly kind: 'without' }
  | {
      readonly kind: 'with';
      /** Whether it is over for good. */
      readonly over: boolean;
      readonly obtained: Instant | null;
      /** The whole document with the new session in place of it. */
      readonly reseeded: Content;
    };

const instant = object<Instant>({ kind: word('number', 'text'), at: number });

const store = variant<Store>('kind', {
  unreadable: object({ kind: word('unreadable'), found: text }),
  without: object({ kind: word('without') }),
  with: object({
    kind: word('with'),
    over: flag,
    obtained: nullable(instant),
    reseeded: sealed,
  }),
});

/**
 * Looks at a store.
 * @param seed the text of the session that may take the place of the one in it
 */
export function readStore(system: ReadSystem, path: string, provider: string, seed: string): Store {
  try {
    const found = system.readAs(path, sessionWith(provider, seed), LARGEST_AUTH);
    return found.kind === 'unreadable' ? { ...found, found: `${path} ${found.found}` } : found;
  } catch (error) {
    if (isAnswer(error)) return { kind: 'unreadable', found: error.message };
    throw error;
  }
}

function sessionWith(provider: string, seed: string): Reader<Store> {
  return {
    name: `the session of ${provider}`,
    codec: store,
    read(content, exact) {
      if (!exact) return { kind: 'unreadable', found: 'is no UTF-8 text' };
      const document = parseObject(content);
      if (document === undefined) return { kind: 'unreadable', found: 'is not a JSON object' };
      const providers = fieldsOf(document.get('providers') ?? {});
      if (providers === undefined) {
        return { kind: 'unreadable', found: 'has providers that are no JSON object' };
      }
      const session = fieldsOf(providers.get(provider));
      if (session === undefined) return { kind: 'without' };
      return {
        kind: 'with',
        over: isTerminal(session),
        obtained: obtainedAt(session),
        reseeded: Content.ofText(replaceAt(content, ['providers', provider], seed)),
      };
    },
  };
}

/** The session with a provider, as auth.json keeps it. */
export type Session = ReadonlyMap<string, unknown>;

/**
 * Whether a session is over for good: the agent has been told to log in again and has thrown its
 * tokens away. With one left it may yet go on, and is not touched (#59983).
 */
export function isTerminal(session: Session): boolean {
  const told = fieldsOf(session.get('last_auth_error'))?.get('relogin_required') === true;
  return told && !TOKENS.some((name) => hasToken(session, name));
}

/** Whether a session can be gone on with. */
export function isUsable(session: Session): boolean {
  return TOKENS.every((name) => hasToken(session, name));
}

const TOKENS = ['access_token', 'refresh_token'];

function hasToken(session: Session, name: string): boolean {
  const token = session.get(name) ?? '';
  return typeof token !== 'string' || token.trim() !== '';
}

/** When a session was obtained; a number of one's own kind, or a time in milliseconds. */
export interface Instant {
  readonly kind: 'number' | 'text';
  readonly at: number;
}

/** When a session was obtained; null where it does not say, or not so that it can be compared. */
export function obtainedAt(session: Session): Instant | null {
  return instantOf(session.get('obtained_at'));
}

/**
 * Whether a session was obtained after another. Times that cannot be compared are not guessed at:
 * of two kinds, without an offset, or missing.
 */
export function isLater(a: Instant | null, b: Instant | null): boolean {
  return a !== null && b !== null && a.kind === b.kind && a.at > b.at;
}

const INSTANT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

function instantOf(value: unknown): Instant | null {
  if (typeof value === 'number') return { kind: 'number', at: value };
  if (typeof value !== 'string' || !INSTANT.test(value)) return null;
  const at = Date.parse(value.replace(' ', 'T'));
  return Number.isNaN(at) ? null : { kind: 'text', at };
}

/** Where a value stands in a text. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** The text of the value with these keys, outermost first; undefined where there is none. */
export function textAt(json: string, keys: readonly string[]): string | undefined {
  const span = spanOf(json, keys);
  return span === undefined ? undefined : json.slice(span.start, span.end);
}

/** The document with another text for the value with these keys, which it has. */
export function replaceAt(json: string, keys: readonly string[], value: string): string {
  const span = spanOf(json, keys);
  if (span === undefined) throw new Error(`the document has no ${keys.join('.')}`);
  return json.slice(0, span.start) + value + json.slice(span.end);
}

function spanOf(json: string, keys: readonly string[]): Span | undefined {
  let start = skip(json, 0, BLANKS);
  for (const key of keys) {
    const value = json.charAt(start) === '{' ? startOfMember(json, start, key) : undefined;
    if (value === undefined) return undefined;
    start = value;
  }
  return { start, end: endOfValue(json, start) };
}

const BLANKS = ' \t\n\r';

function skip(json: string, from: number, what: string): number {
  let at = from;
  while (at < json.length && what.includes(json.charAt(at))) at += 1;
  return at;
}

/** Where the value of a member starts, in the object that starts at `object`. */
function startOfMember(json: string, object: number, name: string): number | undefined {
  let found: number | undefined;
  for (let at = object + 1; ;) {
    at = skip(json, at, `${BLANKS},`);
    if (json.charAt(at) !== '"') return found;
    const end = endOfString(json, at);
    const key: unknown = JSON.parse(json.slice(at, end));
    const value = skip(json, end, `${BLANKS}:`);
    if (key === name) found = value;
    at = endOfValue(json, value);
  }
}

/** Goes on without recursion, so that no depth is too much. */
function endOfValue(json: string, start: number): number {
  let depth = 0;
  for (let at = start; at < json.length;) {
    const character = json.charAt(at);
    if (depth === 0 && `${BLANKS},]}`.includes(character)) return at;
    if (character === '"') {
      at = endOfString(json, at);
    } else {
      if ('[{'.includes(character)) depth += 1;
      if (']}'.includes(character)) depth -= 1;
      at += 1;
    }
    if (depth === 0 && '"]}'.includes(character)) return at;
  }
  return json.length;
}

function endOfString(json: string, quote: number): number {
  let at = quote + 1;
  while (at < json.length && json.charAt(at) !== '"') at += json.charAt(at) === '\\' ? 2 : 1;
  return at + 1;
}
