/** The plan output for people. */
import { basename } from 'node:path';
import { printable, mapStrings } from '../text/printable.ts';
import { counted, listed } from '../text/phrases.ts';
import {
  isUnreached,
  isUntold,
  showLoss,
  showRefusal,
  type BootView,
  type PlanView,
} from './boot-view.ts';
import { explainInputs, headline, totalOf } from './show-plan-head.ts';
import { explainStep } from './show-plan-step.ts';
import type { Layout } from './show-changes.ts';
import { changedPaths, legendOf, type Detail } from './show-short.ts';
import type { Paint } from './paint.ts';
import { showCause, type StepView } from './step-view.ts';
import { adviceLines, block, pad, widthOf, wrap } from './wrap.ts';

/** Wider ids push their own line aside, not the column. */
const WIDEST_ID = 20;

/** How to show a plan. */
interface ShowOptions {
  readonly detail: Detail;
  readonly paint: Paint;
}

/**
 * Shows what the boots of several plans would change, and what comes of it in all.
 * @param unreached the plans that are not booted since one before them stops
 */
export function renderPlans(
  views: readonly PlanView[],
  unreached: readonly string[],
  options: ShowOptions,
): string {
  const { paint } = options;
  const shown = mapStrings(views, printable);
  const stopped = unreached.length === 0 ? [] : wrap('! ', stoppedBefore(views, unreached), 2);
  const isWhole = typeof options.detail !== 'object';
  const isOnly = views.length + unreached.length === 1;
  const total = isOnly || !isWhole ? [] : wrap('', totalOf(views, unreached.length), 2);
  const texts = shown.map((view) => planText(view, options)).filter((text) => text !== '');
  const legend = legendOf(shown, [...texts, ...stopped].join('\n'), options.detail);
  const end = [legend.map(paint.faint), stopped.map(paint.warning), total.map(paint.strong)];
  return [
    ...texts,
    ...end.filter((lines) => lines.length > 0).map((lines) => asText([lines])),
  ].join('\n');
}

function stoppedBefore(views: readonly PlanView[], unreached: readonly string[]): string {
  const names = printable(listed(unreached));
  return `${names} would not be run: ${printable(views.at(-1)?.plan ?? '')} stops the boot`;
}

/**
 * What comes of the boots of several plans in all, and what keeps them from more; for those who see the
 * changes elsewhere.
 */
export function renderTroubles(
  views: readonly PlanView[],
  unreached: readonly string[],
  paint: Paint,
): string {
  const [only] = views;
  const isOne = only !== undefined && views.length + unreached.length === 1;
  const answer = isOne ? headline(mapStrings(only, printable)) : totalOf(views, unreached.length);
  const stopped = unreached.length === 0 ? [] : wrap('! ', stoppedBefore(views, unreached), 2);
  return asText([
    wrap('', answer, 2).map(paint.strong),
    ...views.map((view) => mapStrings(view, printable)).flatMap((view) => troubles(view, paint)),
    stopped.map(paint.warning),
  ]);
}

function troubles(view: PlanView, paint: Paint): string[][] {
  const failed = view.steps.filter(
    (step) =>
      (step.status === 'failed' || step.status === 'blocked') &&
      !isUnreached(step) &&
      !isUntold(step),
  );
  return [
    refusals(view, paint),
    ...causes(view, paint),
    unseen(view, paint),
    failed.flatMap(({ id, status, why }) => {
      const what = status === 'failed' ? 'fails' : 'blocked';
      return wrap('x ', `${id} ${what}: ${why}`, 4).map(paint.error);
    }),
    warnings(view.steps, paint),
    unreached(view),
  ];
}

/** Shows what a boot would change: the answer, then the detail. A converged world is one line. */
export function renderPlan(view: PlanView, options: ShowOptions): string {
  return renderPlans([view], [], options);
}

/** The text of one plan; none where it lacks the step that is asked for. */
function planText(shown: PlanView, { detail, paint }: ShowOptions): string {
  const { converged, result, steps } = shown;
  const explain = detail === 'reasons' || typeof detail === 'object';
  const ids = Math.min(WIDEST_ID, Math.max(0, ...steps.map(({ id }) => widthOf(id))));
  const layout = { ids, explain, full: typeof detail === 'object', paint };
  const answer = wrap('', headline(shown), 2).map(paint.strong);
  if (typeof detail === 'object') {
    const only = steps.filter(({ id }) => id === detail.step);
    return only.length === 0 ? '' : asText([answer, ...only.map((of) => explainStep(of, layout))]);
  }
  const refused = refusals(shown, paint);
  const blocking = causes(shown, paint);
  const warned = warnings(steps, paint);
  const meant = accepted(shown, layout);
  const isClean = blocking.length === 0 && warned.length === 0;
  if (converged && result === 'done' && isClean && !explain) return asText([answer, meant]);
  if (converged && !explain) return asText([answer, refused, ...blocking, warned, meant]);
  const short = detail === 'short';
  const inSections = steps.filter((step) => isShown(step, short));
  const sections = inSections.map((step) => explainStep(step, layout));
  return asText([
    answer,
    explain ? explainInputs(shown) : refused,
    ...blocking,
    unseen(shown, paint),
    ...(short
      ? [
          changedPaths(steps, paint),
          warnings(
            steps.filter((step) => !inSections.includes(step)),
            paint,
          ),
        ]
      : []),
    ...(explain ? sections : [sections.flat()]),
    unreached(shown),
    ...(short ? [] : [off(shown, paint), meant, skipped(shown, layout), idle(shown, layout)]),
  ]);
}

/** What blocks steps, what follows, and how to fix it: each cause once. */
function causes({ causes: found }: BootView, paint: Paint): string[][] {
  return found.map((cause) => [
    ...wrap('! ', showCause(cause), 2).map(paint.warning),
    ...wrap('    Effect: ', `${showLoss(cause)} ${cause.effect}`, 6),
    '    Fix:',
    ...adviceLines(cause.mend, 6),
  ]);
}

function isShown(step: StepView, short: boolean): boolean {
  const { status, notes, offIn } = step;
  if (isUnreached(step) || isUntold(step) || offIn !== null) return false;
  if (short) return status === 'failed' || status === 'blocked';
  return isAtWork(step) || notes.some(({ severity }) => severity === 'warning');
}

function isAtWork({ status }: StepView): boolean {
  return status !== 'converged' && status !== 'skipped';
}

/** What nobody can say who may not look. */
function unseen({ steps }: BootView, paint: Paint): string[] {
  return steps.flatMap((step) =>
    step.unseen.flatMap((path) => {
      const what = isUntold(step) ? 'cannot be told' : 'what is there cannot be told';
      return wrap('? ', `${step.id}: ${what}, you may not read ${path}`, 4).map(paint.warning);
    }),
  );
}

function refusals({ inputs }: BootView, paint: Paint): string[] {
  return inputs.flatMap(({ name, refused }) =>
    refused === undefined
      ? []
      : wrap('! ', `${name}: ${showRefusal(refused)}`, 4).map(paint.warning),
  );
}

function warnings(steps: readonly StepView[], paint: Paint): string[] {
  return steps.flatMap(({ id, notes }) =>
    notes
      .filter(({ severity }) => severity === 'warning')
      .flatMap(({ text }) => wrap('! ', `${id}: ${text}`, 4).map(paint.warning)),
  );
}

function unreached({ steps }: BootView): string[] {
  const ids = steps.filter(isUnreached).map(({ id }) => id);
  if (ids.length === 0) return [];
  return wrap(
    '! ',
    `${counted(ids.length, 'step is', 'steps are')} not reached: ${ids.join(' ')}`,
    4,
  );
}

/** What the plan's files switch off, one line per file. */
function off({ steps }: BootView, paint: Paint): string[] {
  const files = new Set(steps.flatMap(({ offIn }) => offIn ?? []));
  return [...files].flatMap((file) => {
    const ids = steps.filter(({ offIn }) => offIn === file).map(({ id }) => id);
    const many = counted(ids.length, 'step is', 'steps are');
    const line = `${many} switched off in ${basename(file)}: ${ids.join(' ')}`;
    return wrap('- ', line, 4).map(paint.faint);
  });
}

/** The warnings that the plan accepts: which steps have them, and in full to explain. */
function accepted({ steps }: BootView, { explain, paint }: Layout): string[] {
  const found = steps.flatMap(({ id, notes }) =>
    notes.flatMap((note) => (note.accepted === undefined ? [] : [{ id, text: note.text }])),
  );
  if (found.length === 0) return [];
  const ids = [...new Set(found.map(({ id }) => id))].join(' ');
  const many = counted(found.length, 'warning is', 'warnings are');
  const lines = wrap('- ', `${many} accepted by the plan: ${ids}`, 4);
  const texts = explain ? found.flatMap(({ id, text }) => wrap('    ', `${id}: ${text}`, 6)) : [];
  return [...lines, ...texts].map(paint.faint);
}

/** The steps that the world or an input leaves out, and why. */
function skipped({ steps }: BootView, layout: Layout): string[] {
  const found = steps.filter(({ status, offIn }) => status === 'skipped' && offIn === null);
  return folded('- ', counted(found.length, 'step is', 'steps are'), 'skipped', found, layout);
}

/** The steps with nothing to do, and why. */
function idle({ steps }: BootView, layout: Layout): string[] {
  // One with a warning has its own place above, and so has what could not be looked at.
  const found = steps.filter((step) => {
    return step.status === 'converged' && step.unseen.length === 0 && !isShown(step, false);
  });
  return folded(
    '= ',
    counted(found.length, 'step finds', 'steps find'),
    'nothing to do',
    found,
    layout,
  );
}

/** Steps in a line, and to explain the reason of each. */
function folded(
  mark: string,
  many: string,
  what: string,
  found: readonly StepView[],
  { explain, ids, paint }: Layout,
): string[] {
  if (found.length === 0) return [];
  if (!explain) {
    const names = found.map(({ id }) => id).join(' ');
    return wrap(mark, `${many} ${what}: ${names}`, 4).map(paint.faint);
  }
  const reasons = found.flatMap(({ id, why, notes }) => [
    ...wrap(`    ${pad(id, ids)}  `, why, ids + 6),
    ...notes
      .filter((note) => note.severity === 'info' && note.accepted === undefined)
      .flatMap(({ text }) => block(ids + 6, text)),
  ]);
  return [...wrap(mark, `${many} ${what}:`, 4), ...reasons].map(paint.faint);
}

function asText(sections: readonly (readonly string[])[]): string {
  const filled = sections.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
