import { basename } from 'node:path';
import type { ChangeView } from './change-view.ts';
import type { Paint } from './paint.ts';
import { problemLines } from './step-view.ts';
import type { StepView } from './step-view.ts';
import { WIDTH, block, pad, widthOf, wrap } from './wrap.ts';

/** How steps are set out. */
export interface Layout {
  /** The width of the column of ids. */
  readonly ids: number;
  /** Whether to say why each step and each change is there. */
  readonly explain: boolean;
  readonly paint: Paint;
}

/** Wider subjects stand on a line of their own. */
const WIDEST_SUBJECT = 32;

const MARKS = { changes: '~', failed: 'x', blocked: '!', skipped: '-', converged: '=' } as const;

const AFTER_FAILURE = {
  stop: 'The boot stops here.',
  degrade: 'The boot goes on and ends degraded.',
  ignore: 'The boot goes on.',
} as const;

/** One step in full: what it is and where it stands, what it would change and why, or why not. */
export function explainStep(step: StepView, layout: Layout): string[] {
  const { explain, paint } = layout;
  return [
    ...head(step, layout),
    ...(explain && step.purpose !== null ? block(4, step.purpose).map(paint.faint) : []),
    ...changeLines(step.changes, layout),
    ...standing(step, layout),
    ...step.notes.flatMap(({ severity, text }) => {
      if (severity === 'warning') return wrap('  ! ', text, 6).map(paint.warning);
      return explain ? block(4, text) : [];
    }),
  ];
}

function head(step: StepView, { ids, paint }: Layout): string[] {
  const mark = MARKS[step.status];
  const start = `${mark} ${pad(step.id, ids)}  ${step.uses}`;
  const place = `${basename(step.file)}:${step.line}`;
  const gap = Math.max(2, WIDTH - widthOf(start) - widthOf(place));
  const brush = step.status === 'changes' ? paint.change : toneOf(step, paint);
  return [`${brush(start)}${' '.repeat(gap)}${paint.faint(place)}`];
}

function toneOf({ status }: StepView, paint: Paint): (text: string) => string {
  if (status === 'failed') return paint.error;
  return status === 'blocked' ? paint.warning : paint.faint;
}

function changeLines(changes: readonly ChangeView[], { explain, paint }: Layout): string[] {
  const subjects = changes.map(({ subject }) => widthOf(subject));
  const column = Math.max(0, ...subjects.filter((width) => width <= WIDEST_SUBJECT));
  return changes.flatMap((change, index) => {
    const lines = changeRow(change, column);
    const last = changes[index + 1]?.why !== change.why;
    // Changes in a row with one reason share it: forty directories, one sentence.
    return explain && last ? [...lines, ...block(6, change.why).map(paint.faint)] : lines;
  });
}

function changeRow({ subject, effect }: ChangeView, column: number): string[] {
  if (widthOf(subject) > column) return [`    ${subject}`, ...block(6, effect)];
  return wrap(`    ${pad(subject, column)}  `, effect, column + 6);
}

function standing(step: StepView, { paint }: Layout): string[] {
  switch (step.status) {
    case 'converged':
    case 'changes':
      return [];
    case 'skipped':
      return wrap('    ', `skipped: ${step.why}`, 6);
    case 'blocked': {
      const cause = step.problem?.cause;
      const why = cause === null || cause === undefined ? step.why : `${cause.found} (see above)`;
      return [...wrap('    ', `blocked: ${why}`, 6).map(paint.warning), ...mending(step)];
    }
    case 'failed': {
      const [what = step.why] = step.problem === null ? [] : problemLines(step.problem);
      const lines = wrap('    ', `fails: ${what}`, 6).map(paint.error);
      return [...lines, ...mending(step), ...block(6, AFTER_FAILURE[step.onFailure])];
    }
  }
}

/** What a step alone can be mended by; a cause that it shares is told once, before the steps. */
function mending({ problem }: StepView): string[] {
  return problem?.cause !== null ? [] : adviceLines(problem.mend, 6);
}

/** Advice, indented. A line that is indented itself is to be typed, which a break would spoil. */
export function adviceLines(mend: readonly string[], indent: number): string[] {
  return mend.flatMap((line) =>
    line.startsWith(' ') ? [`${' '.repeat(indent)}${line}`] : block(indent, line),
  );
}
