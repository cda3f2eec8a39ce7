/** The fields of a JSON object; undefined for anything else. */
export function fieldsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return new Map<string, unknown>(Object.entries(value));
}

/** The session with a provider, as auth.json keeps it. */
export type Session = ReadonlyMap<string, unknown>;

/** The document in a text; undefined where it is no JSON object. */
export function parseObject(text: string): ReadonlyMap<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return fieldsOf(value);
  } catch (error) {
    // What is wrong with it is not told: the message of the error quotes the text.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

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
