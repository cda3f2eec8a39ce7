import type { StepReport } from '../engine/report.ts';
import { plural } from './format.ts';
import type { Shortcoming } from '../engine/permissions/not-kept.ts';
import { viewCause, type CauseView, type StepView } from './step-view.ts';

/** A cause with all that it stands in the way of. */
export interface Hindrance extends CauseView {
  /** The steps that it hinders, in the order of the boot. */
  readonly steps: readonly string[];
  /** How many of their changes are not made. */
  readonly changes: number;
  /** Set where all is made, but with other rights than were asked for. */
  readonly rights?: true;
}

/** What stands in the way of steps, each cause once, in the order in which they are met. */
export function hindrancesOf(
  steps: readonly StepView[],
  reports: readonly Pick<StepReport, 'notes'>[],
): Hindrance[] {
  const found = new Map<string, Hindrance>();
  for (const [index, { id, problem, changes, made }] of steps.entries()) {
    const add = (cause: CauseView, lost: number): void => {
      // The step that meets it first has the words for it.
      const met = found.get(cause.key) ?? { ...cause, steps: [], changes: 0 };
      const all = met.steps.includes(id) ? met.steps : [...met.steps, id];
      found.set(cause.key, { ...met, steps: all, changes: met.changes + lost });
    };
    for (const { cause } of reports[index]?.notes ?? []) {
      if (cause !== undefined) add(viewCause(cause), 0);
    }
    if (problem?.cause) add(problem.cause, changes.length - made);
  }
  return [...found.values()];
}

/** What a file system does not keep, with what it costs. */
export function viewShortcoming({ cause, steps, changes }: Shortcoming): Hindrance {
  const view = { ...viewCause(cause), steps: steps.map(({ id }) => id), changes };
  return changes > 0 ? view : { ...view, rights: true };
}

/** How much is not done because of it: `2 steps (a b) cannot make 14 changes.` */
export function showLoss({ steps, changes, rights }: Hindrance): string {
  const who = `${plural(steps.length, 'step')} (${steps.join(' ')})`;
  if (changes > 0) return `${who} cannot make ${plural(changes, 'change')}.`;
  if (rights !== true) return `It is in the way of ${who}.`;
  return `What ${who} ${steps.length === 1 ? 'makes' : 'make'} there gets other rights.`;
}
