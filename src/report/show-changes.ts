/** The changes of a step in lines: below the reason that they have, and equal ones in one. */
import { counted, showCount } from '../text/phrases.ts';
import type { Paint } from './paint.ts';
import type { ChangeView } from './step-view.ts';
import { block, pad, pageWidth, widthOf, wrap } from './wrap.ts';

/** How the steps of a plan are laid out. */
export interface Layout {
  /** The width of the column of ids. */
  readonly ids: number;
  /** Whether to say why each step and each change is there. */
  readonly explain: boolean;
  /** Whether everything has a line of its own, and nothing is left out. */
  readonly full: boolean;
  readonly paint: Paint;
}

/** Subjects wider than this part of a line get a line of their own. */
const WIDEST_SUBJECT = 0.4;

/** From this many on, changes with the same effect are shown in one line. */
const MANY = 3;

/** How many of them are named at most. */
const NAMED = 24;

/** Shows the changes of a step. */
export function changeLines(
  step: string,
  changes: readonly ChangeView[],
  layout: Layout,
): string[] {
  const { explain, full, paint } = layout;
  const rows = (of: readonly ChangeView[], indent: number) =>
    full ? plainRows(of, indent) : foldedRows(of, indent, step);
  if (!explain) return rows(changes, 4);
  return grouped(changes, ({ why }) => why).flatMap(([why, of]) => [
    ...block(4, asHeading(why)).map(paint.faint),
    ...rows(of, 6),
  ]);
}

/** A reason, as what stands below it: `it is missing:`. */
function asHeading(why: string): string {
  return /[.:;]$/.test(why) ? why : `${why}:`;
}

function foldedRows(changes: readonly ChangeView[], indent: number, step: string): string[] {
  const groups = grouped(changes, ({ effect }) => effect);
  const single = groups.filter(([, of]) => of.length < MANY).flatMap(([, of]) => of);
  const column = columnOf(single);
  return groups.flatMap(([effect, of]) => {
    if (of.length < MANY) return of.flatMap((change) => row(change, column, indent));
    const named = of.slice(0, NAMED).map(({ subject }) => asWord(subject));
    const rest = of.length - named.length;
    return [
      ...wrap(' '.repeat(indent), `${effect} (${showCount(of.length)}):`, indent + 4),
      ...block(indent + 2, named.join(' ')),
      ...(rest > 0 ? block(indent + 2, `and ${counted(rest, 'other')}: --explain=${step}`) : []),
    ];
  });
}

function plainRows(changes: readonly ChangeView[], indent: number): string[] {
  const column = columnOf(changes);
  return changes.flatMap((change) => row(change, column, indent));
}

/** The width of the column of subjects: of all that leave room for what is said of them. */
function columnOf(changes: readonly ChangeView[]): number {
  const widest = WIDEST_SUBJECT * pageWidth();
  const widths = changes.map(({ subject }) => widthOf(subject));
  return Math.max(0, ...widths.filter((width) => width <= widest));
}

function row({ subject, effect }: ChangeView, column: number, indent: number): string[] {
  const start = ' '.repeat(indent);
  if (widthOf(subject) > column) return [start + subject, ...block(indent + 2, effect)];
  return wrap(`${start}${pad(subject, column)}  `, effect, indent + column + 2);
}

/** A subject among others: one with a space in it is quoted. */
function asWord(subject: string): string {
  return /[\s"]/.test(subject) ? JSON.stringify(subject) : subject;
}

/** What has one key, in the order of the first of each. */
function grouped<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): readonly (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return [...groups];
}
