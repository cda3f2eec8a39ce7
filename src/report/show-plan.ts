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
import { explainStep, type Layout } from './show-plan-step.ts';
import type { Paint } from './paint.ts';
import { showCause, type StepView } from './step-view.ts';
import { adviceLines, block, pad, widthOf, wrap } from './wrap.ts';

/** Wider ids push their own line aside, not the column. */
const WIDEST_ID = 20;

/** How to show a plan. */
interface ExplainOptions {
  /** Whether to say why each step is there, what decides, and why the others do nothing. */
  readonly explain: boolean;
  readonly paint: Paint;
}

/**
 * Shows what the boots of several plans would change, and what comes of it in all.
 * @param unreached the plans that are not booted since one before them stops
 */
export function renderPlans(
  views: readonly PlanView[],
  unreached: readonly string[],
  options: ExplainOptions,
): string {
  const texts = views.map((view) => renderPlan(view, options));
  const { paint } = options;
  const stopped = unreached.length === 0 ? [] : wrap('! ', stoppedBefore(views, unreached), 2);
  if (views.length + unreached.length === 1) return texts.join('');
  return [
    ...texts,
    ...(stopped.length === 0 ? [] : [`${stopped.map(paint.warning).join('\n')}\n`]),
    `${wrap('', totalOf(views, unreached.length), 2).map(paint.strong).join('\n')}\n`,
  ].join('\n');
}

function stoppedBefore(views: readonly PlanView[], unreached: readonly string[]): string {
  const names = printable(listed(unreached));
  return `${names} would not be run: ${printable(views.at(-1)?.plan ?? '')} stops the boot`;
}

/** Shows what a boot would change: the answer, then the detail. A converged world is one line. */
export function renderPlan(view: PlanView, { explain, paint }: ExplainOptions): string {
  const shown = mapStrings(view, printable);
  const { converged, result, steps } = shown;
  const answer = wrap('', headline(shown), 2).map(paint.strong);
  const refused = refusals(shown, paint);
  const blocking = causes(shown, paint);
  const warned = warnings(shown, paint);
  const untold = unseen(shown, paint);
  const isClean = blocking.length === 0 && warned.length === 0;
  const ids = Math.min(WIDEST_ID, Math.max(0, ...steps.map(({ id }) => widthOf(id))));
  const layout = { ids, explain, paint };
  const meant = accepted(shown, layout);
  if (converged && result === 'done' && isClean) return asText([answer, meant]);
  if (converged && !explain) return asText([answer, refused, ...blocking, warned, meant]);
  const sections = steps.filter(isShown).map((step) => explainStep(step, layout));
  return asText([
    answer,
    explain ? explainInputs(shown) : refused,
    ...blocking,
    untold,
    ...(explain ? sections : [sections.flat()]),
    unreached(shown),
    off(shown, paint),
    meant,
    idle(shown, layout),
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

function isShown(step: StepView): boolean {
  if (isUnreached(step) || isUntold(step) || step.offIn !== null) return false;
  return step.status !== 'converged' || step.notes.some(({ severity }) => severity === 'warning');
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

function warnings({ steps }: BootView, paint: Paint): string[] {
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

/** The steps with nothing to do, and why. */
function idle({ steps }: BootView, { explain, ids, paint }: Layout): string[] {
  const found = steps.filter(({ status }) => status === 'converged');
  if (found.length === 0) return [];
  const names = found.map(({ id }) => id).join(' ');
  const many = counted(found.length, 'step finds', 'steps find');
  const lines = wrap('= ', `${many} nothing to do: ${names}`, 4);
  if (!explain) return lines.map(paint.faint);
  const reasons = found.flatMap(({ id, why, notes }) => [
    ...wrap(`    ${pad(id, ids)}  `, why, ids + 6),
    ...notes
      .filter((note) => note.severity === 'info' && note.accepted === undefined)
      .flatMap(({ text }) => block(ids + 6, text)),
  ]);
  return [...lines, ...reasons.map(paint.faint)];
}

function asText(sections: readonly (readonly string[])[]): string {
  const filled = sections.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
