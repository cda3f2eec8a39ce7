/** One step of the plan output: its changes and the reason for each, or why it cannot act. */
import { basename } from 'node:path';
import type { Brush, Paint } from './paint.ts';
import { problemLines, type ChangeView, type StepView } from './step-view.ts';
import { adviceLines, block, pad, pageWidth, widthOf, wrap } from './wrap.ts';

/** How steps are laid out. */
export interface Layout {
  /** The width of the column of ids. */
  readonly ids: number;
  /** Whether to say why each step and each change is there. */
  readonly explain: boolean;
  readonly paint: Paint;
}

/** Subjects wider than this part of a line get a line of their own. */
const WIDEST_SUBJECT = 0.4;

const MARKS = { changes: '~', failed: 'x', blocked: '!', skipped: '-', converged: '=' } as const;

const AFTER_FAILURE = {
  stop: 'The boot stops here.',
  degrade: 'The boot goes on and ends degraded.',
  ignore: 'The boot goes on.',
} as const;

/** Explains one step. */
export function explainStep(step: StepView, layout: Layout): string[] {
  const { explain, paint } = layout;
  return [
    ...heading(step, layout),
    ...(explain && step.purpose !== null ? block(4, step.purpose).map(paint.faint) : []),
    ...changeLines(step.changes, layout),
    ...outcome(step, paint),
    ...step.notes.flatMap(({ severity, text, accepted }) => {
      if (accepted === true) return [];
      if (severity === 'warning') return wrap('  ! ', text, 6).map(paint.warning);
      return explain ? block(4, text) : [];
    }),
  ];
}

function heading({ id, uses, status, at }: StepView, { ids, paint }: Layout): string[] {
  const start = `${MARKS[status]} ${pad(id, ids)}  ${uses}`;
  const place = `${basename(at.file)}:${at.line}`;
  const gap = pageWidth() - widthOf(start) - widthOf(place);
  const brushes: Readonly<Partial<Record<StepView['status'], Brush>>> = {
    changes: paint.change,
    failed: paint.error,
    blocked: paint.warning,
  };
  const head = (brushes[status] ?? paint.faint)(start);
  // The width is the terminal's: a line that is longer would break a word.
  if (gap < 2) return [head, `    ${paint.faint(place)}`];
  return [`${head}${' '.repeat(gap)}${paint.faint(place)}`];
}

function changeLines(changes: readonly ChangeView[], { explain, paint }: Layout): string[] {
  const subjects = changes.map(({ subject }) => widthOf(subject));
  const widest = WIDEST_SUBJECT * pageWidth();
  const column = Math.max(0, ...subjects.filter((width) => width <= widest));
  return changes.flatMap((change, index) => {
    const lines = changeRow(change, column);
    const last = changes[index + 1]?.why !== change.why;
    // Consecutive changes with one reason share it: forty directories, one sentence.
    return explain && last ? [...lines, ...block(6, change.why).map(paint.faint)] : lines;
  });
}

function changeRow({ subject, effect }: ChangeView, column: number): string[] {
  if (widthOf(subject) > column) return [`    ${subject}`, ...block(6, effect)];
  return wrap(`    ${pad(subject, column)}  `, effect, column + 6);
}

function outcome({ status, why, problem, onFailure }: StepView, paint: Paint): string[] {
  // The advice of a shared cause is shown once, before the steps.
  const advice = problem?.cause === null ? adviceLines(problem.mend, 6) : [];
  switch (status) {
    case 'converged':
    case 'changes':
      return [];
    case 'skipped':
      return wrap('    ', `skipped: ${why}`, 6);
    case 'blocked': {
      const reason = problem?.cause ? `${problem.cause.found} (see above)` : why;
      return [...wrap('    ', `blocked: ${reason}`, 6).map(paint.warning), ...advice];
    }
    case 'failed': {
      const [what = why] = problem === null ? [] : problemLines(problem);
      const lines = wrap('    ', `fails: ${what}`, 6).map(paint.error);
      return [...lines, ...advice, ...block(6, AFTER_FAILURE[onFailure])];
    }
  }
}
