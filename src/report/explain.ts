import { basename } from 'node:path';
import type { BootView } from './boot-view.ts';
import { explainInputs } from './explain-inputs.ts';
import { adviceLines, explainStep } from './explain-step.ts';
import type { Layout } from './explain-step.ts';
import { plural } from './format.ts';
import { headline, isQuiet, isUnreached } from './headline.ts';
import { showLoss } from './hindrance.ts';
import { showRefusal } from './input-view.ts';
import type { Paint } from './paint.ts';
import { printable } from '../text/printable.ts';
import { showCause, type StepView } from './step-view.ts';
import { mapStrings } from './strings.ts';
import { block, pad, widthOf, wrap } from './wrap.ts';

/** Wider ids push their own line aside, not the column. */
const WIDEST_ID = 20;

/** How much to tell. */
interface ExplainOptions {
  /** Why each step is there, what decided, and why the others find nothing to do. */
  readonly explain: boolean;
  readonly paint: Paint;
}

/**
 * What a boot would change, for a person: the answer, then the detail. A converged world is one
 * line.
 */
export function renderPlan(view: BootView, { explain, paint }: ExplainOptions): string {
  const shown = mapStrings(view, printable);
  const answer = wrap('', headline(shown), 2).map(paint.strong);
  if (isQuiet(shown)) return asText([answer]);
  if (shown.converged && !explain)
    return asText([
      answer,
      refusals(shown, paint),
      ...causes(shown, paint),
      warnings(shown, paint),
    ]);
  const layout = { ids: idColumn(shown.steps), explain, paint };
  const steps = shown.steps.filter(isTold).map((step) => explainStep(step, layout));
  const sections = explain ? steps : [steps.flat()];
  const inputs = explain ? explainInputs(shown) : refusals(shown, paint);
  const told = causes(shown, paint);
  return asText([
    answer,
    inputs,
    ...told,
    ...sections,
    unreached(shown),
    off(shown, paint),
    converged(shown, layout),
  ]);
}

/** What stands in the way of steps, what follows from it, and how to mend it: each cause once. */
function causes({ causes: found }: BootView, paint: Paint): string[][] {
  return found.map((cause) => [
    ...wrap('! ', showCause(cause), 2).map(paint.warning),
    ...wrap('    Effect: ', `${showLoss(cause)} ${cause.effect}`, 6),
    '    To mend:',
    ...adviceLines(cause.mend, 6),
  ]);
}

function isTold(step: StepView): boolean {
  if (isUnreached(step) || step.offIn !== null) return false;
  const warns = step.notes.some(({ severity }) => severity === 'warning');
  return step.status !== 'converged' || warns;
}

function refusals({ inputs }: BootView, paint: Paint): string[] {
  return inputs.flatMap(({ name, refused }) =>
    refused === undefined
      ? []
      : wrap('! ', `${name}: ${showRefusal(refused)}`, 4).map(paint.warning),
  );
}

/** What a person should know of a world in which nothing is to be done. */
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
  const verb = ids.length === 1 ? 'is' : 'are';
  return wrap('! ', `${plural(ids.length, 'step')} ${verb} not reached: ${ids.join(' ')}`, 4);
}

/** What the plan's files switch off, a line a file. */
function off({ steps }: BootView, paint: Paint): string[] {
  const files = new Set(steps.flatMap(({ offIn }) => offIn ?? []));
  return [...files].flatMap((file) => {
    const ids = steps.filter(({ offIn }) => offIn === file).map(({ id }) => id);
    const verb = ids.length === 1 ? 'is' : 'are';
    const line = `${plural(ids.length, 'step')} ${verb} switched off in ${basename(file)}: ${ids.join(' ')}`;
    return wrap('- ', line, 4).map(paint.faint);
  });
}

function converged({ steps }: BootView, { explain, ids, paint }: Layout): string[] {
  const idle = steps.filter(({ status }) => status === 'converged');
  if (idle.length === 0) return [];
  const verb = idle.length === 1 ? 'finds' : 'find';
  const names = idle.map(({ id }) => id).join(' ');
  const line = `${plural(idle.length, 'step')} ${verb} nothing to do: ${names}`;
  const lines = wrap('= ', line, 4);
  if (!explain) return lines.map(paint.faint);
  const reasons = idle.flatMap(({ id, why, notes }) => [
    ...wrap(`    ${pad(id, ids)}  `, why, ids + 6),
    ...notes
      .filter(({ severity }) => severity === 'info')
      .flatMap(({ text }) => block(ids + 6, text)),
  ]);
  return [...lines, ...reasons.map(paint.faint)];
}

function idColumn(steps: readonly StepView[]): number {
  return Math.min(WIDEST_ID, Math.max(0, ...steps.map(({ id }) => widthOf(id))));
}

function asText(sections: readonly (readonly string[])[]): string {
  const filled = sections.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
