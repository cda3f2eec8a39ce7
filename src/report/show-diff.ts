/** Shows what the files of a world would become, in the manner of `git diff`. */
import { printable } from '../text/printable.ts';
import { counted } from '../text/phrases.ts';
import type { PlanView } from './boot-view.ts';
import type { DiffEntry, DiffView } from './diff/view-diff.ts';
import type { Hunk } from './diff/hunks.ts';
import type { Paint } from './paint.ts';
import { renderTroubles } from './show-plan.ts';
import { block, pad, pageWidth, widthOf, wrap } from './wrap.ts';

/** The width of the longest verb. */
const VERBS = 7;

/**
 * Shows the difference that boots make, below what comes of them in all.
 * @param unreached the plans that are not booted since one before them stops
 */
export function renderDiff(
  views: readonly PlanView[],
  unreached: readonly string[],
  diff: DiffView,
  paint: Paint,
): string {
  const text = renderDifference(diff, paint);
  return [renderTroubles(views, unreached, paint), ...(text === '' ? [] : [text])].join('\n');
}

/** Shows the difference alone; nothing where there is none. */
export function renderDifference({ entries, commands }: DiffView, paint: Paint): string {
  const lines = [
    ...entries.flatMap((entry) => showEntry(entry, paint)),
    ...commands.flatMap((command) => showCommand(command, paint)),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function showEntry(entry: DiffEntry, paint: Paint): string[] {
  const { names, hunks, left, notes } = entry;
  const [before, after] = names ?? [];
  return [
    ...heading(entry).map(paint.strong),
    ...notes.flatMap((note) => block(2, printable(note))),
    ...(before === undefined ? [] : [paint.strong(`--- ${printable(before)}`)]),
    ...(after === undefined ? [] : [paint.strong(`+++ ${printable(after)}`)]),
    ...hunks.flatMap((hunk) => showHunk(hunk, paint)),
    ...(left === 0
      ? []
      : wrap('', `(${counted(left, 'more line')}: hermes-boot diff --full)`, 2).map(paint.faint)),
  ];
}

/** One line where it fits the width; the path is never broken. */
function heading({ verb, path, what }: DiffEntry): string[] {
  const start = `${pad(verb, VERBS)} ${printable(path)}`;
  const shown = printable(what);
  if (shown === '') return [start];
  const whole = `${start}  ${shown}`;
  return widthOf(whole) <= pageWidth() ? [whole] : [start, ...block(2, shown)];
}

function showHunk({ header, lines }: Hunk, paint: Paint): string[] {
  return [
    paint.change(header),
    ...lines.map((line) => {
      // A tab is what it is in the file: whoever applies the difference needs it.
      const shown = line.split('\t').map(printable).join('\t');
      if (line.startsWith('+')) return paint.good(shown);
      return line.startsWith('-') ? paint.error(shown) : shown;
    }),
  ];
}

function showCommand(command: string, paint: Paint): string[] {
  const start = `${pad('run', VERBS)} `;
  return wrap(start, printable(command), start.length).map(paint.strong);
}
