import { plural } from './format.ts';
import type { Shortcoming } from '../engine/rights/not-kept.ts';
import { viewCause, type CauseView, type StepView } from './step-view.ts';

/** A cause with all that it stands in the way of. */
export interface Hindrance extends CauseView {
  /** The steps that it hinders, in the order of the boot. */
  readonly steps: readonly string[];
  /** How many of their changes are not made. */
  readonly changes: number;
}

/** What stands in the way of steps, each cause once, in the order in which they are met. */
export function hindrancesOf(steps: readonly StepView[]): Hindrance[] {
  const found = new Map<string, Hindrance>();
  for (const { id, problem, changes, made } of steps) {
    const cause = problem?.cause;
    if (cause === undefined || cause === null) continue;
    const before = found.get(cause.key);
    found.set(cause.key, {
      ...(before ?? cause),
      steps: [...(before?.steps ?? []), id],
      changes: (before?.changes ?? 0) + changes.length - made,
    });
  }
  return [...found.values()];
}

/** What a file system does not keep, with what it costs. */
export function viewShortcoming({ cause, steps, changes }: Shortcoming): Hindrance {
  return { ...viewCause(cause), steps: steps.map(({ id }) => id), changes };
}

/** How much is not done because of it: `2 steps (a b) cannot make 14 changes.` */
export function showLoss({ steps, changes }: Hindrance): string {
  const who = `${plural(steps.length, 'step')} (${steps.join(' ')})`;
  if (changes > 0) return `${who} cannot make ${plural(changes, 'change')}.`;
  return `What ${who} ${steps.length === 1 ? 'makes' : 'make'} there gets other rights.`;
}
