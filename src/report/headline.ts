import type { StepStatus } from '../engine/report.ts';
import type { BootView } from './boot-view.ts';
import type { ChangeView } from './change-view.ts';
import { plural, showDuration } from './format.ts';
import type { StepView } from './step-view.ts';

/** Whether a boot has nothing to tell but that there is nothing to do. */
export function isQuiet({ converged, result, steps, causes }: BootView): boolean {
  if (!converged || result !== 'done' || causes.length > 0) return false;
  return !steps.some(({ notes }) => notes.some(({ severity }) => severity === 'warning'));
}

/** Whether a step was not reached, since one before it stopped the boot. */
export function isUnreached(step: Standing): boolean {
  return step.status === 'blocked' && !step.problem && step.changes.length === 0;
}

/** What a record of a step and its view have in common. */
interface Standing {
  readonly status: StepStatus;
  readonly problem?: object | null;
  readonly changes: readonly unknown[];
}

/** The answer before the detail: how many steps would act, and what stands in the way. */
export function headline(view: BootView): string {
  const { plan, steps, converged, duration } = view;
  const size = `(${plural(steps.length, 'step')}, ${showDuration(duration)})`;
  const degraded = view.result === 'degraded' ? ' The boot would end degraded.' : '';
  if (converged) return `${plan}: nothing to do ${size}.${degraded}`;
  const stop = view.stoppedBy === null ? '' : ` the boot would stop at ${view.stoppedBy}.`;
  const acts = acting(steps);
  const sentences = stop === '' ? `${acts[0]?.toLowerCase() ?? ''}${acts.slice(1)}` : acts;
  return `${plan}:${stop} ${sentences}${hindrances(view)}${degraded}`;
}

function acting(steps: readonly StepView[]): string {
  const acts = steps.filter(({ status }) => status === 'changes');
  const changes = acts.flatMap((step) => step.changes);
  if (acts.length === 0) return `None of ${plural(steps.length, 'step')} would act.`;
  const many = `${plural(changes.length, 'change')}${owners(changes)}`;
  return `${acts.length} of ${plural(steps.length, 'step')} would act, ${many}.`;
}

/** How many owners change in all, where one change is about a whole tree: that takes its time. */
function owners(changes: readonly ChangeView[]): string {
  if (!changes.some(({ kind }) => kind === 'tree-owner')) return '';
  const entries = changes.reduce(
    (sum, { kind, entries = 1 }) =>
      kind === 'owner' || kind === 'tree-owner' ? sum + entries : sum,
    0,
  );
  return `, ${plural(entries, 'owner')}`;
}

function hindrances({ steps, stoppedBy }: BootView): string {
  const failing = steps.filter(({ status }) => status === 'failed').length;
  const blocked = steps.filter(isBlocked).length;
  const unreached = steps.filter(isUnreached).length;
  const by = blocked > 1 ? showCauses(steps.filter(isBlocked)) : '';
  const parts = [
    failing > 0 && `${plural(failing, 'step')} ${failing === 1 ? 'fails' : 'fail'}.`,
    blocked > 0 && `${plural(blocked, 'step')} ${blocked === 1 ? 'is' : 'are'} blocked${by}.`,
    unreached > 0 && `${plural(unreached, 'step')} ${unreached === 1 ? 'is' : 'are'} not reached.`,
  ].filter((part) => part !== false);
  if (parts.length === 0 && stoppedBy === null) return ' Nothing is blocked.';
  return parts.map((part) => ` ${part}`).join('');
}

function isBlocked(step: StepView): boolean {
  return step.status === 'blocked' && !isUnreached(step);
}

/** How few things stand in the way of many steps; nothing where one of them has its own trouble. */
function showCauses(blocked: readonly StepView[]): string {
  const keys = blocked.map(({ problem }) => problem?.cause?.key);
  if (keys.includes(undefined)) return '';
  const { size } = new Set(keys);
  return size === 1 ? ' by one cause' : ` by ${size} causes`;
}
