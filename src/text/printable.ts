/** Makes text safe to show: control characters as escapes, parts replaced, in whole documents. */

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** What nearly every text consists of. */
const PLAIN = /^[ -~]*$/;

/** A text in which every character is visible: controls become escapes such as `\x1b`. */
export function printable(text: string): string {
  if (PLAIN.test(text)) return text;
  // Controls, marks that reorder or hide text, line separators and broken surrogates. A file name
  // with one of them could forge a line of the log or drive the terminal that shows it. The
  // pattern is here because compiling it takes longer than a step.
  const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
  return text.replace(unprintable, (character) => SHORT[character] ?? escape(character));
}

function escape(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  if (code.length <= 2) return `\\x${code.padStart(2, '0')}`;
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
}

/** A part of a text that is replaced. */
interface Match {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

/**
 * Replaces every occurrence of some texts. Overlapping occurrences are replaced as one, or what
 * is left of the second would show.
 */
export function replaceAll(text: string, replacements: ReadonlyMap<string, string>): string {
  const matches = [...replacements].flatMap(([found, by]) => matchesOf(text, found, by));
  if (matches.length === 0) return text;
  matches.sort((a, b) => a.start - b.start || b.end - a.end);
  let clean = '';
  let end = 0;
  for (const match of matches) {
    if (match.start >= end) clean += text.slice(end, match.start) + match.by;
    end = Math.max(end, match.end);
  }
  return clean + text.slice(end);
}

function matchesOf(text: string, found: string, by: string): Match[] {
  const all: Match[] = [];
  for (let at = text.indexOf(found); at !== -1; at = text.indexOf(found, at + 1)) {
    all.push({ start: at, end: at + found.length, by });
  }
  return all;
}

/**
 * A copy of plain data in which every string has gone through `change`, so that no part of a
 * document can be forgotten. Keys stay, and so do the values of the keys in `except`.
 */
export function mapStrings<T extends object>(
  data: T,
  change: (text: string) => string,
  except: ReadonlySet<string> = new Set(),
): T {
  const copy = structuredClone(data);
  walk(copy, change, except);
  return copy;
}

function walk(data: object, change: (text: string) => string, except: ReadonlySet<string>): void {
  for (const key of Object.keys(data)) {
    const value: unknown = Reflect.get(data, key);
    if (typeof value === 'object' && value !== null) walk(value, change, except);
    else if (typeof value === 'string' && !except.has(key)) Reflect.set(data, key, change(value));
  }
}
