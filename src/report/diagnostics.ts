/** Shows the mistakes of a plan, each with its source line underlined, as a compiler does. */
import type { Diagnostic } from '../plan/diagnostic.ts';
import type { PlanSource, Span } from '../plan/plan.ts';
import { type Brush, type Paint, plainPaint } from './paint.ts';
import { fill, pageWidth, widthOf, wrap } from './wrap.ts';
import { counted } from '../text/phrases.ts';
import { asWritten } from './charset.ts';
import { printable } from '../text/printable.ts';

/**
 * Shows each mistake with its line of the file, underlined, and a count below.
 * @param sources the whole texts of all files of the plan
 */
export function renderDiagnostics(
  sources: readonly PlanSource[],
  diagnostics: readonly Diagnostic[],
  paint: Paint = plainPaint,
): string {
  const texts: Texts = new Map(
    sources.map(({ file, text }) => [file, text.replace(/^\ufeff/, '').split(/\r?\n/)]),
  );
  const blocks = diagnostics.map((diagnostic) => block(texts, diagnostic, paint));
  return [...blocks, summary(diagnostics)].join('\n\n') + '\n';
}

/** The lines of each file. */
type Texts = ReadonlyMap<string, readonly string[]>;

/** One line of the file in a block, with a note about it. */
interface Frame {
  readonly at: Span;
  readonly note?: string | undefined;
  readonly brush: Brush;
  /** The width of the column of line numbers. */
  readonly digits: number;
}

function block(
  texts: Texts,
  { at, severity, step, message, hint, related = [] }: Diagnostic,
  paint: Paint,
): string {
  const place = `${at.file}:${at.line}:${at.column}`;
  const kind = severity === 'warning' ? 'warning: ' : '';
  const about = step === undefined ? '' : `step ${step}: `;
  const digits = Math.max(
    ...[at, ...related.map((other) => other.at)].map(({ line }) => `${line}`.length),
  );
  return [
    heading(place, `${kind}${about}${message}`, paint),
    frame(texts, { at, note: hint, brush: paint[severity], digits }, paint),
    ...related.flatMap((other, index) => [
      ...(other.at.file === (related[index - 1]?.at ?? at).file
        ? []
        : [`${other.at.file}:${other.at.line}`]),
      frame(texts, { at: other.at, note: other.message, brush: paint.change, digits }, paint),
    ]),
  ].join('\n\n');
}

function heading(place: string, message: string, paint: Paint): string {
  const [first = '', ...rest] = wrap(`${place}  `, printable(message), 2);
  const top = first.slice(place.length);
  return [paint.strong(place) + top, ...rest].join('\n');
}

function frame(
  texts: Texts,
  { at: span, note: said = '', brush, digits }: Frame,
  paint: Paint,
): string {
  const note = printable(said);
  const page = pageWidth();
  const room = page - digits - 5;
  const { line, indent, width } = excerpt(texts.get(span.file)?.[span.line - 1] ?? '', span, room);
  const gutter = paint.faint(`  ${' '.repeat(digits)} |`);
  const underline = '^'.repeat(width);
  const beside = indent + width + 1 + widthOf(note) <= room;
  const start = Math.max(0, Math.min(indent, room - widthOf(note)));
  const margin = page - room + start;
  const below = beside
    ? []
    : fill(' '.repeat(margin), note, margin).map((text) => text.slice(margin));
  return [
    `${paint.faint(`  ${`${span.line}`.padStart(digits)} |`)} ${line}`.trimEnd(),
    `${gutter} ${' '.repeat(indent)}${brush(beside ? `${underline} ${note}`.trimEnd() : underline)}`,
    ...below.map((text) => `${gutter} ${' '.repeat(start)}${brush(text)}`),
  ].join('\n');
}

function summary(diagnostics: readonly Diagnostic[]): string {
  const files = new Set(diagnostics.map(({ at }) => at.file));
  const where = files.size === 1 ? [...files].join('') : `${files.size} files`;
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const parts = [
    ...(errors > 0 ? [counted(errors, 'mistake')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ];
  const text = `${parts.join(' and ')} in ${where}.${errors > 0 ? ' Nothing was run.' : ''}`;
  return wrap('', text, 0).join('\n');
}

/** A line of a file, cut to what fits, and where the span is on it, in columns. */
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

/** What stands for the part of a line that is left out. */
function ellipsis(): string {
  return asWritten('…');
}

/** Shows a span on its line, in at most `columns` columns. */
function excerpt(line: string, span: Span, columns: number): Excerpt {
  const cells = cellsOf(line);
  const from = cells.findIndex(({ offset, text }) => offset + text.length > span.column - 1);
  const start = from === -1 ? cells.length : from;
  const after = cells.findIndex(({ offset }) => offset >= span.column - 1 + span.length);
  const end = Math.max(start, after === -1 ? cells.length : after);

  const first = total(cells) <= columns ? 0 : windowStart(cells, start, end, columns);
  const last = windowEnd(cells, first, columns);
  const shown = cells.slice(first, last);
  const left = first > 0 ? ellipsis() : '';
  const right = last < cells.length ? ellipsis() : '';
  return {
    line: (left + shown.map(({ text }) => text).join('') + right).trimEnd(),
    indent: left.length + total(cells.slice(first, start)),
    width: Math.max(1, total(cells.slice(start, Math.min(end, last)))),
  };
}

/** Keeps as much before the span as there is room for, so that its key is visible. */
function windowStart(cells: readonly Cell[], start: number, end: number, columns: number): number {
  const most = columns - 2 * ellipsis().length;
  const needed = Math.min(total(cells.slice(start, end)), most);
  const room = most - needed;
  let first = start;
  for (let used = 0; first > 0; first--) {
    used += cells[first - 1]?.width ?? 0;
    if (used > Math.max(room / 2, room - total(cells.slice(end)))) break;
  }
  return first;
}

function windowEnd(cells: readonly Cell[], first: number, columns: number): number {
  const left = first > 0 ? ellipsis().length : 0;
  if (left + total(cells.slice(first)) <= columns) return cells.length;
  let last = first;
  for (let used = left + ellipsis().length; last < cells.length; last++) {
    used += cells[last]?.width ?? 0;
    if (used > columns) break;
  }
  return last;
}

function cellsOf(line: string): Cell[] {
  const cells: Cell[] = [];
  let offset = 0;
  for (const character of line) {
    const text = character === '\t' ? ' ' : asWritten(printable(character));
    cells.push({ text, width: columnsOf(text), offset });
    offset += character.length;
  }
  return cells;
}

function total(cells: readonly Cell[]): number {
  return cells.reduce((sum, { width }) => sum + width, 0);
}

/** Close to what terminals do: marks take no column, East Asian letters and emoji two. */
function columnsOf(text: string): number {
  if (text.length > 1 && /^[\x20-\x7e]+$/.test(text)) return text.length;
  if (/^\p{M}$/u.test(text)) return 0;
  return WIDE.test(text) ? 2 : 1;
}

const WIDE =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}])/u;
