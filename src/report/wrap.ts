/** Wraps, pads and indents text to the width of what it is written on. */
import { asWritten } from './charset.ts';
import type { Environment, Output } from './paint.ts';

/** The width of a report where nothing says another one, in columns. */
export const WIDTH = 80;

/** No report is narrower or wider: one cannot be read, in the other lines are too long to read. */
const [NARROWEST, WIDEST] = [40, 120];

/** A column of text is not narrower than this: rather it begins below what is before it. */
const NARROWEST_COLUMN = 20;

/** How far text is indented that begins below what is before it. */
const BELOW = 6;

let current: number | (() => number) = WIDTH;

/** The width of the reports of this process, in columns. */
export function pageWidth(): number {
  if (typeof current === 'function') current = current();
  return current;
}

/** Sets the width of all reports; a function is asked once, when the first report needs it. */
export function setPageWidth(width: number | (() => number)): void {
  current = width;
}

/**
 * How wide reports on an output are: as wide as the terminal, elsewhere as COLUMNS says, else 80.
 * Always from 40 to 120.
 */
export function widthFor(output: Output, { COLUMNS = '' }: Environment): number {
  const terminal = output.isTTY ? (output.columns ?? 0) : 0;
  const asked = /^\d{1,5}$/.test(COLUMNS) ? Number(COLUMNS) : 0;
  // A terminal without a size, as some containers have, says 0.
  const width = terminal > 0 ? terminal : asked;
  return width === 0 ? WIDTH : Math.min(WIDEST, Math.max(NARROWEST, width));
}

/**
 * Breaks a text between words, as `fill` does. Where a column that is indented by `hanging` leaves
 * too little room, the text begins below `first`.
 */
export function wrap(first: string, text: string, hanging: number): string[] {
  const isTight = hanging > BELOW && pageWidth() - hanging < NARROWEST_COLUMN;
  if (!isTight) return fill(first, text, hanging);
  const above = first.trim() === '' ? [] : [first.trimEnd()];
  return [...above, ...block(BELOW, text)];
}

/**
 * Breaks a text between words, so that `first` and the text fit the width. Later lines are
 * indented by `hanging` columns. A word that is wider than a line, such as a long path, is not
 * cut.
 */
export function fill(first: string, text: string, hanging: number): string[] {
  const width = pageWidth();
  const lines: string[] = [];
  const indent = ' '.repeat(hanging);
  let line = first;
  let empty = true;
  for (const word of text.split(' ')) {
    const longer = empty ? line + word : `${line} ${word}`;
    if (empty || widthOf(longer) <= width) {
      line = longer;
      empty = false;
      continue;
    }
    lines.push(line);
    line = indent + word;
  }
  return [...lines, line.trimEnd()];
}

/** A text, indented and wrapped. */
export function block(indent: number, text: string): string[] {
  return wrap(' '.repeat(indent), text, indent);
}

/** Advice, indented. A line that is indented itself is to be typed, so it is not broken. */
export function adviceLines(mend: readonly string[], indent: number): string[] {
  return mend.flatMap((line) =>
    line.startsWith(' ') ? [' '.repeat(indent) + line] : block(indent, line),
  );
}

/** How many columns a text takes. */
export function widthOf(text: string): number {
  // Counting code points takes an array; nearly every text is ASCII, where the length will do.
  return /^[ -~]*$/.test(text) ? text.length : Array.from(asWritten(text)).length;
}

/** Fills a text with spaces up to a width. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}
