/** The lines in which a file differs, masked and bounded, or why none are shown. */
import { showBytes } from '../../text/phrases.ts';
import { hunksOf, type Hunk } from './hunks.ts';
import type { MaskedTexts } from './masked-texts.ts';
import { showMarks } from './secret-marks.ts';
import type { Side, Sides } from './sides.ts';

/** What is shown of the content of a file. */
export interface ShownLines {
  /** What should be known of it, a line each. */
  readonly notes: readonly string[];
  /** The names of both sides; absent where no lines are shown. */
  readonly names?: readonly [before: string, after: string];
  readonly hunks: readonly Hunk[];
  /** How many lines are left out. */
  readonly left: number;
}

/** What decides it. */
interface Subject {
  readonly path: string;
  readonly sides: Sides;
  /** Whether all lines are wanted. */
  readonly full: boolean;
  readonly texts: MaskedTexts;
  /** Set for a record, with what is written in it. */
  readonly record: string | undefined;
  /** Whether the new text is a copy of what the image has, or made by us. */
  readonly isMade: boolean;
}

/** The name of the side on which nothing is. */
const NOTHING = '/dev/null';

/** The most lines that are shown of one file. */
const MOST_LINES = 60;

/** The most characters that are shown of a line. */
const LONGEST_LINE = 400;

/** How many equal lines are around a difference. */
const CONTEXT = 3;

/** A line of these is an account or a group, and its neighbours say nothing of it. */
const ACCOUNTS = /^\/etc\/g?(?:passwd|group|shadow)-?$/;

/** What is shown of the content of a file. */
export function linesOf(subject: Subject): ShownLines {
  const { path, sides, full, texts, record, isMade } = subject;
  const [before, after] = sides;
  if (before === undefined && after === undefined) return only();
  if (record !== undefined) return only(record);
  for (const side of sides) {
    if (side?.kind === 'unknown') return only(`its lines cannot be compared: ${side.found}`);
  }
  const apart = apartOf(sides);
  if (apart !== undefined) return only(apart);
  const isClosed = sides.some((side) => side?.kind === 'text' && side.isClosed);
  const [old, now] = sides.map((side, index) =>
    side?.kind === 'text'
      ? texts.mask(side.text, { path, isClosed, isPublic: isMade && index === 1 })
      : '',
  );
  const context = ACCOUNTS.test(path) ? 0 : CONTEXT;
  const hunks = hunksOf(old ?? '', now ?? '', context);
  if (hunks === undefined) return only('nearly all of its lines differ');
  if (hunks.length === 0) return only(before && after ? 'it differs in secrets alone' : 'empty');
  const names = [before ? path : NOTHING, after ? path : NOTHING] as const;
  return { notes: [], names, ...bounded(hunks.map(withoutMarks), full) };
}

function only(...notes: readonly string[]): ShownLines {
  return { notes, hunks: [], left: 0 };
}

/** What is said of contents that have no lines to compare. */
function apartOf(sides: Sides): string | undefined {
  const [before, after] = sides;
  const kind = sides.some((side) => side?.kind === 'large')
    ? 'large'
    : sides.find((side) => side?.kind === 'binary')?.kind;
  if (kind === undefined) return undefined;
  if (before === undefined || after === undefined)
    return `${kind} file, ${sizeOf(before ?? after)}`;
  return `${kind} files differ (${sizeOf(before)} -> ${sizeOf(after)})`;
}

function sizeOf(side: Side | undefined): string {
  if (side === undefined || side.kind === 'unknown') return 'unknown size';
  return showBytes(side.kind === 'text' ? Buffer.byteLength(side.text) : side.size);
}

/** A hunk as it is shown. Of a secret that changes both lines look the same, so that it is said. */
function withoutMarks({ header, lines }: Hunk): Hunk {
  const removed = new Map(
    lines
      .filter((line) => line.startsWith('-'))
      .map((line) => [showMarks(line.slice(1)), line.slice(1)]),
  );
  return {
    header,
    lines: lines.map((line) => {
      const shown = showMarks(line);
      const other = line.startsWith('+') ? removed.get(shown.slice(1)) : undefined;
      return other === undefined || other === line.slice(1) ? shown : `${shown}  (changed)`;
    }),
  };
}

function bounded(hunks: readonly Hunk[], full: boolean): { hunks: readonly Hunk[]; left: number } {
  if (full) return { hunks, left: 0 };
  const shown: Hunk[] = [];
  let room = MOST_LINES;
  let left = 0;
  for (const { header, lines } of hunks) {
    const cut = lines.slice(0, room);
    left += lines.length - cut.length;
    room -= cut.length;
    if (cut.length > 0) shown.push({ header, lines: cut.map(shortened) });
  }
  return { hunks: shown, left };
}

function shortened(line: string): string {
  return line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE)}\u2026`;
}
