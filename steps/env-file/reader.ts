import type { Cover, Reader } from '../../src/system/content.ts';
import { nullable, text } from '../../src/text/codec.ts';
import { joinPieces, MARKER, parseEnvFile, type Assignment, type Piece } from './text.ts';

/**
 * The text of a .env file; null where it is no text. Names leave, and what is set and what is
 * empty, quotes and line endings; no value does, and no comment.
 * @param kept lines that leave as they are: those that the plan would write
 */
export function envText(kept: readonly string[] = []): Reader<string | null> {
  const names = kept.map((line) => line.slice(0, line.indexOf('=')));
  return {
    name: ['the variables', ...names].join(' '),
    codec: nullable(text),
    read: (content, exact) => (exact ? content : null),
    leaves(content, cover) {
      if (content === null) return null;
      const pieces = parseEnvFile(content).map((piece): Piece => {
        if (kept.includes(piece.text.trimEnd())) return piece;
        return { ...piece, text: covered(piece, cover) };
      });
      return joinPieces(pieces);
    },
  };
}

function covered(piece: Piece, cover: Cover): string {
  const ending = /\r?\n?$/.exec(piece.text)?.[0] ?? '';
  if (piece.kind === 'other') return coveredLine(piece.text, cover) + ending;
  const { start, value, quote, comment } = piece;
  const behind = comment === undefined ? '' : ` # ${coveredComment(comment, cover)}`;
  return `${start}${quote}${cover.value(value)}${quote}${behind}${ending}`;
}

function coveredComment(comment: NonNullable<Assignment['comment']>, cover: Cover): string {
  return comment === MARKER ? MARKER : cover.value(comment);
}

function coveredLine(line: string, cover: Cover): string {
  const isComment = /^\s*#/.test(line);
  return isComment ? '# ***' : cover.value(line.trim());
}
