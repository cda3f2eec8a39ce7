/** The digest of what dry runs would change: `plan` shows it, and `run --expect` holds a boot to it. */
import { createHash } from 'node:crypto';
import { counted } from '../text/phrases.ts';
import type { PlanView } from './boot-view.ts';
import type { ChangeView, StepView } from './step-view.ts';

/** In hexadecimal digits: more than anybody can find a second plan for, and it fits a line. */
const LENGTH = 20;

/** What a digest looks like. */
export const DIGEST = new RegExp(`^[0-9a-f]{${LENGTH}}$`);

/** Dry runs of the plans of one boot, as they were made one after the other. */
export interface Looked {
  readonly views: readonly PlanView[];
  /** The plans that are not booted since one before them stops. */
  readonly unreached: readonly string[];
}

/**
 * The digest of the changes of a boot: equal for equal changes of equal steps. No time and no
 * secret is in it, and nothing that two looks at one world may tell differently.
 */
export function digestOf({ views, unreached }: Looked): string {
  const plans = views.map(({ plan, steps }) => [plan, steps.flatMap(stepParts)]);
  const text = JSON.stringify([plans, unreached]);
  return createHash('sha256').update(text).digest('hex').slice(0, LENGTH);
}

/** How much a boot would change: `14 changes in 5 steps`. */
export function extentOf({ views }: Looked): string {
  const acting = views.flatMap(({ steps }) => steps.filter(({ changes }) => changes.length > 0));
  const changes = acting.reduce((sum, step) => sum + step.changes.length, 0);
  return `${counted(changes, 'change')} in ${counted(acting.length, 'step')}`;
}

/** What of a step counts; nothing of one that changes nothing. */
function stepParts({ id, status, changes }: StepView) {
  if (changes.length === 0 && (status === 'converged' || status === 'skipped')) return [];
  // A look may find the entries of a tree in any order.
  return [[id, status, changes.map((change) => JSON.stringify(changeParts(change))).sort()]];
}

function changeParts({ kind, path, subject, from, to, effect }: ChangeView) {
  // How many entries a tree has changes all the time, and a look may stop at the first of them.
  if (kind === 'tree-owner') return [kind, path, to];
  return [kind, path, subject, from, to, effect];
}
