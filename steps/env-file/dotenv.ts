/** Reads and edits .env files as Python's dotenv takes them. */
import type { FileChange } from '../../src/changes/change.ts';
import { Problem } from '../../src/errors/problem.ts';
import { ownerOf } from '../../src/step/owner.ts';
import { notAFile } from '../../src/step/notes.ts';
import { canonical } from '../../src/step/paths.ts';
import type { StepContext } from '../../src/step/step.ts';
import { Content, type Cover, type Reader } from '../../src/system/content.ts';
import type { Owner } from '../../src/system/entry.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { nullable, text } from '../../src/text/codec.ts';

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

/** What the agent's own boot hook puts behind the lines that it writes. */
const HOOKS_MARKER = 'stage2-managed';

/** Whether a boot has written an assignment for the container: a step, or the agent's own hook. */
export function isOurs({ comment }: Assignment): boolean {
  return comment === MARKER || comment === HOOKS_MARKER;
}

/**
 * The text of a .env file; null where it is not text. Names leave, and what is set and what is
 * empty, quotes and line endings; no comment does, and no value but one that a step has written
 * for the plan.
 */
export const envText: Reader<string | null> = {
  name: 'the variables',
  codec: nullable(text),
  read: (content, exact) => (exact ? content : null),
  leaves(content, cover) {
    if (content === null) return null;
    const pieces = parseEnvFile(content).map((piece): Piece => ({
      ...piece,
      text: covered(piece, cover),
    }));
    return joinPieces(pieces);
  },
};

function covered(piece: Piece, cover: Cover): string {
  const ending = /\r?\n?$/.exec(piece.text)?.[0] ?? '';
  if (piece.kind === 'other') return coveredLine(piece.text, cover) + ending;
  if (isOurs(piece) && isKnown(piece, cover)) return piece.text;
  const { start, value, quote, comment } = piece;
  const behind =
    comment === undefined ? '' : ` # ${isOurs(piece) ? comment : cover.value(comment)}`;
  return `${start}${quote}${cover.value(value)}${quote}${behind}${ending}`;
}

function isKnown({ name, text: line }: Assignment, { known }: Cover): boolean {
  return known.some((value) => ownLine(name, value) === line.trimEnd());
}

function coveredLine(line: string, cover: Cover): string {
  return /^\s*#/.test(line) ? '# ***' : cover.value(line.trim());
}

/** Nobody but its owner reads a .env file. */
export const MODE = 0o600;

/** A .env file as it is, absent or not. */
export interface EnvFile {
  readonly path: string;
  readonly text: string;
  /** Who owns it; undefined where it is missing. */
  readonly owner: Owner | undefined;
}

/**
 * Reads a .env file. A missing one is as the image has it, where the options name that: whoever
 * makes it in the place of a seed that has failed leaves nothing out that no later boot would add.
 * @param from the .env file of the image
 * @throws Problem when something else stands in its place, or it is not text
 */
export function readEnvFile(system: ReadSystem, path: string, from?: string): EnvFile {
  const entry = system.look(path);
  if (entry.type === 'missing') {
    const seed = from === undefined ? undefined : system.look(from);
    if (from === undefined || seed?.type !== 'file') return { path, text: '', owner: undefined };
    return { path, text: textOf(system, from), owner: undefined };
  }
  if (entry.type !== 'file') {
    throw notAFile(path, entry, 'a regular file, or nothing');
  }
  return { path, text: textOf(system, path), owner: entry.stat };
}

/** @throws Problem for what cannot be written back as it was, so that it is not written at all */
function textOf(system: ReadSystem, path: string): string {
  const text = system.readAs(path, envText);
  if (text !== null) return text;
  throw new Problem({ found: `${path} is no UTF-8 text`, wanted: 'lines of NAME=value' });
}

/** The change that gives a .env file a new text, closed to everybody but its owner. */
export function rewrite(
  context: StepContext<{ readonly owner?: string }>,
  { path, owner }: EnvFile,
  text: string,
  about: Pick<FileChange, 'label' | 'why'>,
): FileChange {
  const named = context.with.owner ?? context.as;
  const { uid, gid } = named === undefined && owner !== undefined ? owner : ownerOf(context, named);
  return {
    kind: 'file',
    path: canonical(context.system, path),
    content: Content.ofText(text),
    mode: MODE,
    owner: { uid, gid },
    from: owner === undefined ? 'absent' : 'file',
    ...about,
  };
}
