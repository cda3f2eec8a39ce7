/*
 * Places in the text of a JSON document, so that one value can be replaced and every other byte
 * stays: a parsed document written anew would lose the digits of large numbers and the order of
 * keys that look like numbers. The text is known to parse; where a key stands twice the last counts.
 */

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
