/*
 * The text of a .env file, as python-dotenv reads it, in pieces that put together are the text
 * again: whoever changes one line keeps every other byte.
 */

/** A variable that is set, or something else: a comment, an empty line, what nobody understands. */
export type Piece = Assignment | { readonly kind: 'other'; readonly text: string };

/** `NAME=value`, with its line ending; several lines where the value is quoted and has them. */
export interface Assignment {
  readonly kind: 'assignment';
  readonly text: string;
  readonly name: string;
  /** What comes before the value: the name, the sign, and space. */
  readonly start: string;
  /** What stands around the value; empty for nothing. */
  readonly quote: string;
  /** Without quotes and comment. */
  readonly value: string;
  /** What follows a # behind the value; undefined for none. */
  readonly comment: string | undefined;
}

const LINE = /[^\n]*\n|[^\n]+$/g;
const NAME = /^[^\S\uFEFF]*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=[^\S\r\n]*/;

/*
 * What some editors begin a file with. The agent used to take it for a part of the name behind it,
 * as python-dotenv does with "utf-8", and did not find that variable; today it skips the mark. Here
 * it belongs to the first piece, and only in front of the whole text.
 */
const MARK = '\uFEFF';

/** Whether a byte order mark hides a piece from agents that do not skip it. */
export function isHidden({ text }: Piece): boolean {
  return text.startsWith(MARK);
}

/** A text without the byte order mark in front of it. */
export function withoutMark(text: string): string {
  return text.startsWith(MARK) ? text.slice(MARK.length) : text;
}

/** Takes a text apart. */
export function parseEnvFile(text: string): Piece[] {
  if (!text.startsWith(MARK)) return piecesOf(text);
  const [first = { kind: 'other', text: '' }, ...rest] = piecesOf(withoutMark(text));
  const marked = { ...first, text: MARK + first.text };
  return [marked.kind === 'other' ? marked : { ...marked, start: MARK + marked.start }, ...rest];
}

function piecesOf(text: string): Piece[] {
  const lines = text.match(LINE) ?? [];
  const pieces: Piece[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const name = NAME.exec(line);
    if (name?.[1] === undefined) {
      pieces.push({ kind: 'other', text: line });
      continue;
    }
    const rest = line.slice(name[0].length);
    const length = quotedLines(rest, lines.slice(at + 1));
    const whole = [rest, ...lines.slice(at + 1, at + 1 + length)].join('');
    const read = readValue(whole);
    const [start] = name;
    pieces.push({ kind: 'assignment', text: start + whole, name: name[1], start, ...read });
    at += length;
  }
  return pieces;
}

/** How many lines after its first a quoted value goes on for; 0 where it is never closed. */
function quotedLines(first: string, following: readonly string[]): number {
  const quote = first[0];
  if (quote !== '"' && quote !== "'") return 0;
  const closed = closing(quote);
  if (closed.test(first)) return 0;
  let text = first;
  for (const [index, line] of following.entries()) {
    text += line;
    if (closed.test(text)) return index + 1;
  }
  return 0;
}

function closing(quote: '"' | "'"): RegExp {
  return quote === '"' ? /^"((?:[^"\\]|\\[^])*)"/ : /^'((?:[^'\\]|\\[^])*)'/;
}

function readValue(rest: string): Pick<Assignment, 'value' | 'comment' | 'quote'> {
  const quote = rest[0];
  const quoted = quote === '"' || quote === "'" ? closing(quote).exec(rest) : null;
  if (quoted !== null) {
    const comment = /^\s*#(.*)/.exec(rest.slice(quoted[0].length))?.[1]?.trim();
    return { value: quoted[1] ?? '', comment, quote: quote ?? '' };
  }
  const [, value = '', comment] = /^(.*?)(?:(?:^|\s+)#(.*))?\r?\n?$/.exec(rest) ?? [];
  return { value: value.trim(), comment: comment?.trim(), quote: '' };
}

/** A text with one more line at its end, in the line endings that it has. */
export function appendLine(text: string, line: string): string {
  const ending = text.includes('\r\n') ? '\r\n' : '\n';
  const before = text === '' || text.endsWith('\n') ? text : text + ending;
  return `${before}${line}${ending}`;
}

/** The text that pieces make. */
export function joinPieces(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join('');
}

/** A piece as a comment, each of its lines. */
export function commentedOut({ text }: Piece): Piece {
  const lines = withoutMark(text).split('\n');
  return { kind: 'other', text: lines.map((line) => (line === '' ? '' : `# ${line}`)).join('\n') };
}

/** Behind every line that a step has written for the container, and may take away again. */
export const MARKER = 'set by hermes-boot from the container';

/** The line that a step writes for a variable of the container. */
export function ownLine(name: string, value: string): string {
  return `${name}="${value.replace(/["\\]/g, String.raw`\$&`)}" # ${MARKER}`;
}

/** Whether a step has written an assignment for the container. */
export function isOurs({ comment }: Assignment): boolean {
  return comment === MARKER;
}
