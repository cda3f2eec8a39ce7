/** The head of the plan output: how many steps would act, and the inputs that decide it. */
import { unreachable } from '../errors/problem.ts';
import type { InputSource } from '../plan/plan.ts';
import { counted, listed, showDuration } from '../text/phrases.ts';
import {
  isUnreached,
  isUntold,
  showRefusal,
  type BootView,
  type InputView,
  type PlanView,
  type ProcessView,
} from './boot-view.ts';
import type { ChangeView, StepView } from './step-view.ts';
import { pad, widthOf, wrap } from './wrap.ts';

/** The capabilities that a boot can need; see capabilities(7). */
const NEEDED = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'];

/** Wider values do not push the column of sources aside. */
const WIDEST_VALUE = 22;

/** The answer before the detail: how many steps would act, and what blocks others. */
export function headline(view: BootView): string {
  const { plan, steps, converged, duration } = view;
  const size = `(${counted(steps.length, 'step')}, ${showDuration(duration)})`;
  const degraded = view.result === 'degraded' ? ' The boot would end degraded.' : '';
  if (converged) return `${plan}: nothing to do ${size}.${degraded}`;
  const acts = acting(steps);
  const start =
    view.stoppedBy === null
      ? `${acts[0]?.toLowerCase() ?? ''}${acts.slice(1)}`
      : `the boot would stop at ${view.stoppedBy}. ${acts}`;
  return `${plan}: ${start}${failing(view)}${degraded}`;
}

/** The answer over several plans; `unreached` counts those that are not booted. */
export function totalOf(views: readonly BootView[], unreached: number): string {
  const plans = counted(views.length + unreached, 'plan');
  const steps = views.flatMap((view) => view.steps);
  if (unreached === 0 && views.every(({ converged }) => converged)) {
    const duration = views.reduce((sum, view) => sum + view.duration, 0);
    return `${plans}: nothing to do (${counted(steps.length, 'step')}, ${showDuration(duration)}).`;
  }
  const acts = acting(steps);
  const stoppedBy = views.find((view) => view.stoppedBy !== null)?.stoppedBy ?? null;
  return `${plans}: ${acts[0]?.toLowerCase() ?? ''}${acts.slice(1)}${failing({ steps, stoppedBy })}`;
}

function acting(steps: readonly StepView[]): string {
  const acts = steps.filter(({ status }) => status === 'changes');
  const changes = acts.flatMap((step) => step.changes);
  if (acts.length === 0) return `None of ${counted(steps.length, 'step')} would act.`;
  const many = `${counted(changes.length, 'change')}${owners(changes)}`;
  return `${acts.length} of ${counted(steps.length, 'step')} would act, ${many}.`;
}

/** How many owners change in all, if one change is about a whole tree, which takes time. */
function owners(changes: readonly ChangeView[]): string {
  if (!changes.some(({ kind }) => kind === 'tree-owner')) return '';
  const owned = changes.filter(({ kind }) => kind === 'owner' || kind === 'tree-owner');
  const entries = owned.reduce((sum, change) => sum + (change.entries ?? 1), 0);
  return `, ${counted(entries, 'owner')}`;
}

function failing({ steps, stoppedBy }: Pick<BootView, 'steps' | 'stoppedBy'>): string {
  const unseen = steps.filter((step) => step.unseen.length > 0).length;
  const failed = steps.filter((step) => step.status === 'failed' && !isUntold(step)).length;
  const unreached = steps.filter(isUnreached).length;
  const blocked = steps.filter((step) => step.status === 'blocked' && !isUnreached(step));
  const by = blocked.length > 1 ? causeCount(blocked) : '';
  const parts = [
    failed > 0 && ` ${counted(failed, 'step fails', 'steps fail')}.`,
    blocked.length > 0 && ` ${counted(blocked.length, 'step is', 'steps are')} blocked${by}.`,
    unseen > 0 && ` ${counted(unseen, 'step')} could not be looked at.`,
    unreached > 0 && ` ${counted(unreached, 'step is', 'steps are')} not reached.`,
  ].filter((part) => part !== false);
  return parts.length === 0 && stoppedBy === null ? ' Nothing is blocked.' : parts.join('');
}

/** How few causes block many steps; nothing where a step has a problem of its own. */
function causeCount(blocked: readonly StepView[]): string {
  const keys = blocked.map(({ problem }) => problem?.cause?.key);
  if (keys.includes(undefined)) return '';
  const { size } = new Set(keys);
  return size === 1 ? ' by one cause' : ` by ${size} causes`;
}

/** What decides a boot: each input with its source, and the privileges of the process. */
export function explainInputs({ inputs, process }: PlanView): string[] {
  const deciding = inputs.filter((input) => !isUnset(input));
  const names = Math.max(2, ...deciding.map(({ name }) => widthOf(name)));
  const widths = deciding.map((input) => widthOf(showValue(input)));
  const values = Math.min(WIDEST_VALUE, Math.max(0, ...widths));
  const unset = inputs.filter(isUnset).flatMap((input) => input.unset);
  return [
    ...deciding.flatMap((input) => {
      const start = `  ${pad(input.name, names)}  ${pad(showValue(input), values)}  `;
      return wrap(start, showSource(input), names + values + 6);
    }),
    ...wrap(`  ${pad('as', names)}  `, showProcess(process), names + 4),
    ...(unset.length === 0 ? [] : wrap('  not set: ', unset.join(', '), 4)),
  ];
}

/** Whether nobody has said anything about an input. */
function isUnset({ source, refused }: InputView): boolean {
  return source.kind === 'unset' && refused === undefined;
}

function showValue({ value }: InputView): string {
  if (value === null) return '-';
  return value === '' ? '""' : String(value);
}

/** Where an input comes from: `from PUID; HERMES_UID is not set`. */
function showSource({ source, unset, refused }: InputView): string {
  return [
    refused === undefined ? sourceOf(source) : showRefusal(refused),
    unset.length === 0 ? '' : `${listed(unset)} ${unset.length > 1 ? 'are' : 'is'} not set`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

function sourceOf(source: InputSource): string {
  switch (source.kind) {
    case 'environment':
      return `from ${source.variable}`;
    case 'envdir':
      return `from ${source.variable} (container environment)`;
    case 'default':
      return 'the default';
    case 'unset':
      return '';
    default:
      return unreachable(source);
  }
}

function showProcess({ uid, capabilities, assumed, ids }: ProcessView): string {
  const held = NEEDED.filter((name) => capabilities.includes(name));
  const missing = NEEDED.filter((name) => !capabilities.includes(name));
  const user = uid === 0 ? 'root' : `uid ${uid}`;
  const parts = [
    assumed ? `${user} (assumed)` : user,
    held.length > 0 && `with ${held.join(' ')}`,
    missing.length > 0 && `without ${missing.join(' ')}`,
  ];
  return parts.filter((part) => part !== false).join(', ') + showIds(ids);
}

function showIds(ids: ProcessView['ids']): string {
  if (ids === null) return '';
  const { users, groups } = ids;
  const which = users === groups ? users : `uid ${users} and gid ${groups}`;
  return `; in a user namespace that maps ${which}`;
}
