import type { BootEvent } from '../engine/event.ts';
import type { BootReport, BootResult, StepReport, StepStatus } from '../engine/report.ts';
import { unreachable } from '../errors/problem.ts';
import type { BootPlan, OnFailure } from '../plan/plan.ts';
import { viewChange } from './change-view.ts';
import type { ChangeView } from './change-view.ts';
import { tenths } from './format.ts';
import { isUnreached } from './headline.ts';
import { viewInput } from './input-view.ts';
import type { InputView } from './input-view.ts';
import type { Redactor } from './redact.ts';
import { viewCause, viewProblem } from './step-view.ts';
import type { CauseView, ProblemView } from './step-view.ts';

/** How a boot ended, in one event. */
export interface BootFinished {
  readonly type: 'boot-finished';
  readonly plan: string;
  readonly result: BootResult;
  readonly converged: boolean;
  readonly steps: number;
  /** How many changes were made. */
  readonly changes: number;
  /** How many steps were not reached. */
  readonly unreached: number;
  readonly stoppedBy: string | null;
  /**
   * When it ended degraded: the inputs that were refused, the steps that failed and the mounts that
   * do not keep what steps wanted.
   */
  readonly degradedBy: readonly string[];
  readonly slowest: { readonly step: string; readonly duration: number } | null;
  /** In milliseconds. */
  readonly duration: number;
}

/** What stands in the way of a step, and of others after it: told once. */
export interface CauseFound {
  readonly type: 'cause-found';
  readonly step: string;
  readonly onFailure: OnFailure;
  readonly cause: CauseView;
}

/** What became of a step, in one event. */
export interface StepFinished {
  readonly type: 'step-finished';
  readonly step: string;
  readonly uses: string;
  readonly status: StepStatus;
  readonly why: string;
  /** How many changes it announced, and how many of them were made. */
  readonly changes: number;
  readonly made: number;
  readonly onFailure: OnFailure;
  readonly problem: ProblemView | null;
  /** In milliseconds. */
  readonly duration: number;
}

/**
 * An event of a boot as plain data without secrets: what the log and the task list are made of,
 * and what `run --json` prints, a line each.
 */
export type RunEvent = { readonly version: 1 } & (
  | {
      readonly type: 'boot-started';
      readonly plan: string;
      readonly dry: boolean;
      /** The ids, in the order of the boot. */
      readonly steps: readonly string[];
      readonly inputs: readonly InputView[];
    }
  | { readonly type: 'lock'; readonly severity: 'info' | 'warning'; readonly text: string }
  | { readonly type: 'step-started'; readonly step: string; readonly uses: string }
  | {
      readonly type: 'note';
      readonly step: string;
      readonly severity: 'info' | 'warning';
      readonly text: string;
    }
  | {
      readonly type: 'progress';
      readonly step: string;
      readonly looked: number;
      readonly changed: number;
      /** Since the step has begun, in milliseconds. */
      readonly elapsed: number;
    }
  | { readonly type: 'change-made'; readonly step: string; readonly change: ChangeView }
  | CauseFound
  | StepFinished
  | BootFinished
);

/** What an event looks like. The log, the task list and the JSON lines all start here. */
export function viewEvent(event: BootEvent, redactor: Redactor): RunEvent {
  return redactor.document(dataOf(event));
}

function dataOf(event: BootEvent): RunEvent {
  const version = 1;
  switch (event.type) {
    case 'boot-started': {
      const { type, plan, dry } = event;
      const steps = plan.steps.map(({ id }) => id);
      return { version, type, plan: plan.name, dry, steps, inputs: plan.inputs.map(viewInput) };
    }
    case 'lock':
      return { version, type: event.type, severity: event.severity, text: event.text };
    case 'step-started':
      return { version, type: event.type, step: event.step.id, uses: event.step.type.uses };
    case 'note': {
      const { severity, text } = event.note;
      return { version, type: event.type, step: event.step.id, severity, text };
    }
    case 'progress': {
      const { type, step, progress, elapsed } = event;
      return { version, type, step: step.id, ...progress, elapsed: tenths(elapsed) };
    }
    case 'change-made':
      return { version, type: event.type, step: event.step.id, change: viewChange(event.change) };
    case 'cause-found': {
      const { type, step, cause } = event;
      return { version, type, step: step.id, onFailure: step.onFailure, cause: viewCause(cause) };
    }
    case 'shortcoming-found': {
      const { cause, steps } = event.shortcoming;
      const step = steps[0]?.id ?? '';
      return { version, type: 'cause-found', step, onFailure: 'degrade', cause: viewCause(cause) };
    }
    case 'step-finished':
      return { version, ...stepFinished(event.report) };
    case 'boot-finished':
      return { version, ...bootFinished(event.plan, event.report) };
    default:
      return unreachable(event);
  }
}

function stepFinished(report: StepReport): StepFinished {
  const { step, status, why, made, problem } = report;
  return {
    type: 'step-finished',
    step: step.id,
    uses: step.type.uses,
    status,
    why,
    changes: report.changes.length,
    made,
    onFailure: step.onFailure,
    problem: problem === undefined ? null : viewProblem(problem),
    duration: tenths(report.duration),
  };
}

function bootFinished(plan: BootPlan, report: BootReport): BootFinished {
  const { result, converged, steps, stoppedBy, duration } = report;
  const slowest = steps.reduce<StepReport | undefined>(
    (most, step) => (most !== undefined && most.duration >= step.duration ? most : step),
    undefined,
  );
  return {
    type: 'boot-finished',
    plan: plan.name,
    result,
    converged,
    steps: steps.length,
    changes: steps.reduce((sum, { made }) => sum + made, 0),
    unreached: steps.filter(isUnreached).length,
    stoppedBy: stoppedBy?.step.id ?? null,
    degradedBy: result === 'degraded' ? degradedBy(plan, report) : [],
    slowest: slowest ? { step: slowest.step.id, duration: tenths(slowest.duration) } : null,
    duration: tenths(duration),
  };
}

function degradedBy(plan: BootPlan, { steps, shortcomings }: BootReport): string[] {
  const refused = plan.inputs.filter((input) => input.refused !== undefined);
  const failed = steps.filter(
    ({ status, step, problem }) =>
      step.onFailure === 'degrade' &&
      (status === 'failed' || (status === 'blocked' && problem !== undefined)),
  );
  const mounts = new Set(shortcomings.map(({ point }) => point));
  return [...refused.map(({ name }) => name), ...failed.map(({ step }) => step.id), ...mounts];
}
