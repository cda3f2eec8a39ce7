/** One step of the plan output: its changes and the reason for each, or why it cannot act. */
import { basename } from 'node:path';
import { listed } from '../text/phrases.ts';
import type { Brush, Paint } from './paint.ts';
import { changeLines, type Layout } from './show-changes.ts';
import type { Mark } from './show-short.ts';
import { problemLines, type StepView } from './step-view.ts';
import { adviceLines, block, pad, pageWidth, widthOf, wrap } from './wrap.ts';

/** What the line of a step begins with. */
const MARKS: Readonly<Record<StepView['status'], Mark>> = {
  changes: '~',
  failed: 'x',
  blocked: '!',
  skipped: '-',
  converged: '=',
};

const AFTER_FAILURE = {
  stop: 'The boot stops here.',
  degrade: 'The boot goes on and ends degraded.',
  ignore: 'The boot goes on.',
} as const;

/** Explains one step. */
export function explainStep(step: StepView, layout: Layout): string[] {
  const { explain, full, paint } = layout;
  return [
    ...heading(step, layout),
    ...(explain && step.purpose !== null ? block(4, step.purpose).map(paint.faint) : []),
    ...(full ? place(step) : []),
    ...changeLines(step.id, step.changes, layout),
    ...outcome(step, paint),
    ...step.notes.flatMap(({ severity, text, accepted }) => {
      if (accepted === true) return [];
      if (severity === 'warning') return wrap('  ! ', text, 6).map(paint.warning);
      return explain ? block(4, text) : [];
    }),
  ];
}

/** What a step waits for, and what its failure would mean. */
function place({ needs, onFailure, status }: StepView): string[] {
  const after = needs.length === 0 ? [] : wrap('    ', `runs after ${listed(needs)}`, 6);
  return status === 'failed'
    ? after
    : [...after, ...wrap('    ', `if it fails: ${AFTER_FAILURE[onFailure]}`, 6)];
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

function outcome({ status, why, problem, onFailure }: StepView, paint: Paint): string[] {
  // The advice of a shared cause is shown once, before the steps.
  const advice = problem?.cause === null ? adviceLines(problem.mend, 6) : [];
  switch (status) {
    case 'converged':
      return wrap('    ', `nothing to do: ${why}`, 6);
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
