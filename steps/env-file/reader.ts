import type { Cover, Reader } from '../../src/system/content.ts';
import { nullable, text } from '../../src/text/codec.ts';
import {
  isOurs,
  joinPieces,
  MARKER,
  ownLine,
  parseEnvFile,
  type Assignment,
  type Piece,
} from './text.ts';

/**
 * The text of a .env file; null where it is no text. Names leave, and what is set and what is
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
  const behind = comment === undefined ? '' : ` # ${isOurs(piece) ? MARKER : cover.value(comment)}`;
  return `${start}${quote}${cover.value(value)}${quote}${behind}${ending}`;
}

function isKnown({ name, text: line }: Assignment, { known }: Cover): boolean {
  return known.some((value) => ownLine(name, value) === line.trimEnd());
}

function coveredLine(line: string, cover: Cover): string {
  return /^\s*#/.test(line) ? '# ***' : cover.value(line.trim());
}
