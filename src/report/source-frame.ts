import type { Span } from '../plan/diagnostic.ts';
import { printable } from '../text/printable.ts';

/** A line of a file, cut to what fits, and where on it the span is. In columns. */
interface Excerpt {
  readonly line: string;
  readonly indent: number;
  readonly width: number;
}

/** A character as it is shown. */
interface Cell {
  readonly text: string;
  readonly width: number;
  /** Of its first code unit in the line. */
  readonly offset: number;
}

const ELLIPSIS = '…';

/** Shows a span on its line, in no more than `columns` columns. */
export function excerpt(line: string, span: Span, columns: number): Excerpt {
  const cells = cellsOf(line);
  const from = cells.findIndex(({ offset, text }) => offset + text.length > span.column - 1);
  const start = from === -1 ? cells.length : from;
  const after = cells.findIndex(({ offset }) => offset >= span.column - 1 + span.length);
  const end = Math.max(start, after === -1 ? cells.length : after);

  const first = total(cells) <= columns ? 0 : windowStart(cells, start, end, columns);
  const last = windowEnd(cells, first, columns);
  const shown = cells.slice(first, last);
  const left = first > 0 ? ELLIPSIS : '';
  const right = last < cells.length ? ELLIPSIS : '';
  return {
    line: (left + shown.map(({ text }) => text).join('') + right).trimEnd(),
    indent: left.length + total(cells.slice(first, start)),
    width: Math.max(1, total(cells.slice(start, Math.min(end, last)))),
  };
}

/** Keeps what stands before the span as far as there is room, so that its key can be seen. */
function windowStart(cells: readonly Cell[], start: number, end: number, columns: number): number {
  const needed = Math.min(total(cells.slice(start, end)), columns - 2);
  const room = columns - 2 - needed;
  let first = start;
  for (let used = 0; first > 0; first--) {
    used += cells[first - 1]?.width ?? 0;
    if (used > Math.max(room / 2, room - total(cells.slice(end)))) break;
  }
  return first;
}

function windowEnd(cells: readonly Cell[], first: number, columns: number): number {
  const left = first > 0 ? 1 : 0;
  if (left + total(cells.slice(first)) <= columns) return cells.length;
  let last = first;
  for (let used = left + 1; last < cells.length; last++) {
    used += cells[last]?.width ?? 0;
    if (used > columns) break;
  }
  return last;
}

function cellsOf(line: string): Cell[] {
  const cells: Cell[] = [];
  let offset = 0;
  for (const character of line) {
    const text = character === '\t' ? ' ' : printable(character);
    cells.push({ text, width: widthOf(text), offset });
    offset += character.length;
  }
  return cells;
}

function total(cells: readonly Cell[]): number {
  return cells.reduce((sum, { width }) => sum + width, 0);
}

/** Close to what terminals do: marks take no column, East Asian letters and pictures two. */
function widthOf(text: string): number {
  if (text.length > 1 && /^[\x20-\x7e]+$/.test(text)) return text.length;
  if (/^\p{M}$/u.test(text)) return 0;
  return WIDE.test(text) ? 2 : 1;
}

const WIDE =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}])/u;
