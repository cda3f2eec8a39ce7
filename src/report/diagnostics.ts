import type { Diagnostic, Span } from '../plan/diagnostic.ts';
import type { PlanSource } from '../plan/source.ts';
import { plainPaint } from './paint.ts';
import type { Paint } from './paint.ts';
import { printable } from '../text/printable.ts';
import { excerpt } from './source-frame.ts';
import { WIDTH, widthOf, wrap } from './wrap.ts';

/**
 * Shows what is wrong with a plan: each mistake with its line of the file, underlined, and a
 * count below.
 * @param sources the whole texts of all files that the plan is made of
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

/** One line of the file in a block, with what is to be said of it. */
interface Frame {
  readonly at: Span;
  readonly note?: string | undefined;
  readonly brush: (text: string) => string;
  /** How many columns the numbers of lines take. */
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
    ...related.flatMap((other) => [
      ...(other.at.file === at.file ? [] : [`${other.at.file}:${other.at.line}`]),
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
  const room = WIDTH - digits - 5;
  const { line, indent, width } = excerpt(texts.get(span.file)?.[span.line - 1] ?? '', span, room);
  const gutter = paint.faint(`  ${' '.repeat(digits)} |`);
  const underline = '^'.repeat(width);
  const beside = indent + width + 1 + widthOf(note) <= room;
  const start = Math.max(0, Math.min(indent, room - widthOf(note)));
  const margin = WIDTH - room + start;
  const below = beside
    ? []
    : wrap(' '.repeat(margin), note, margin).map((text) => text.slice(margin));
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
  const count = (many: number, word: string) => `${many} ${word}${many === 1 ? '' : 's'}`;
  const parts = [
    ...(errors > 0 ? [count(errors, 'mistake')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ];
  return `${parts.join(' and ')} in ${where}.${errors > 0 ? ' Nothing was run.' : ''}`;
}
