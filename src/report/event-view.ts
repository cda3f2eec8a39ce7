/** The events of a boot as plain data without secrets, and as the JSON lines of `run --json`. */
import type { Change } from '../changes/change.ts';
import { describeChange } from '../changes/kinds.ts';
import type { BootEvent } from '../engine/result.ts';
import { type Cause, unreachable } from '../errors/problem.ts';
import type { OnFailure } from '../plan/plan.ts';
import { type BootView, type InputView, isUnreached, viewBoot, viewInput } from './boot-view.ts';
import type { Output } from './paint.ts';
import type { Redactor } from './redact.ts';
import {
  type ChangeView,
  type StepSummary,
  type StepView,
  summarise,
  tenths,
  viewChange,
  viewStep,
} from './step-view.ts';

/** The end of a boot. */
export interface BootFinished extends Pick<
  BootView,
  'plan' | 'result' | 'converged' | 'stoppedBy' | 'degradedBy' | 'slowest' | 'duration'
> {
  readonly type: 'boot-finished';
  readonly steps: number;
  /** How many changes were made. */
  readonly changes: number;
  /** How many steps were not reached. */
  readonly unreached: number;
}

/** The end of a step. */
export interface StepFinished extends StepSummary, Pick<StepView, 'why' | 'onFailure'> {
  readonly type: 'step-finished';
  readonly step: string;
}

/** A cause that blocks a step and maybe later ones; reported once. */
export interface CauseFound {
  readonly type: 'cause-found';
  readonly step: string;
  readonly onFailure: OnFailure;
  readonly cause: Cause;
}

/** How far a step is. */
export interface StepProgress {
  readonly type: 'progress';
  readonly step: string;
  /** How many entries it has looked at, and changed. */
  readonly looked: number;
  readonly changed: number;
  /** How many there are in all, or are expected to be; null where nobody can say. */
  readonly total: number | null;
  readonly estimated: boolean;
  /** How many it looks at in a second; null where it looks at none. */
  readonly rate: number | null;
  /** The change that is being made, as a phrase: `running /opt/migrate`; null while it looks. */
  readonly doing: string | null;
  /** In milliseconds since the step began. */
  readonly elapsed: number;
}

/** An event of a boot. Keys may be added; what is here keeps its meaning in version 1. */
export type EventView = { readonly version: 1 } & (
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
      /** Set for what the log shows although it only informs. */
      readonly logged?: 'printed' | 'said';
    }
  | StepProgress
  | { readonly type: 'change-made'; readonly step: string; readonly change: ChangeView }
  | CauseFound
  | StepFinished
  | BootFinished
);

/** Shows the events of a boot as they happen. */
export interface Renderer {
  show(event: EventView): void;
  /** Settles when everything that was shown has been written. */
  finish(): Promise<void>;
}

/**
 * Writes events for programs: one JSON document per line, the last of type boot-finished.
 * @param isWanted leaves others out
 */
export function jsonLines(
  output: Output,
  isWanted: (event: EventView) => boolean = () => true,
): Renderer {
  return {
    show(event) {
      if (!isWanted(event)) return;
      output.write(`${JSON.stringify(event)}\n`);
    },
    finish: () => Promise.resolve(),
  };
}

/** Views an event without secrets. The log, the live list and the JSON lines all start here. */
export function viewEvent(event: BootEvent, redactor: Redactor): EventView {
  return redactor.document(dataOf(event));
}

function viewProgress(event: Extract<BootEvent, { readonly type: 'progress' }>): StepProgress {
  const { type, step, progress, rate, change, elapsed } = event;
  const { looked, changed, total, estimated } = progress;
  return {
    type,
    step: step.id,
    looked,
    changed,
    total: total ?? null,
    estimated: estimated ?? false,
    rate: rate ?? null,
    doing: change === undefined ? null : doing(change),
    elapsed: tenths(elapsed),
  };
}

/** What is being done, without what may come of it. */
function doing(change: Change): string {
  const { subject, effect } = describeChange(change);
  const [what = ''] = effect.split('; ');
  return change.kind === 'command' ? `running ${what}` : `${subject} ${what}`;
}

function dataOf(event: BootEvent): EventView {
  const version = 1;
  switch (event.type) {
    case 'boot-started': {
      const { type, plan, dry } = event;
      const steps = plan.steps.map(({ id }) => id);
      return { version, type, plan: plan.name, dry, steps, inputs: plan.inputs.map(viewInput) };
    }
    case 'lock':
      return { version, ...event };
    case 'step-started':
      return { version, type: event.type, step: event.step.id, uses: event.step.type.uses };
    case 'note': {
      const { severity, text, logged } = event.note;
      const note = { version, type: event.type, step: event.step.id, severity, text } as const;
      return logged === undefined ? note : { ...note, logged };
    }
    case 'progress': {
      return { version, ...viewProgress(event) };
    }
    case 'change-made':
      return { version, type: event.type, step: event.step.id, change: viewChange(event.change) };
    case 'cause-found': {
      const { type, step, cause } = event;
      return { version, type, step: step.id, onFailure: step.onFailure, cause };
    }
    case 'shortcoming-found': {
      const { cause, steps } = event.shortcoming;
      const step = steps[0]?.id ?? '';
      return { version, type: 'cause-found', step, onFailure: 'degrade', cause };
    }
    case 'step-finished': {
      const step = viewStep(event.result);
      const { id, why, onFailure } = step;
      return { version, type: event.type, step: id, why, onFailure, ...summarise(step) };
    }
    case 'boot-finished': {
      const { plan, result, converged, steps, made, stoppedBy, degradedBy, slowest, duration } =
        viewBoot(event.plan, event.result);
      return {
        version,
        type: event.type,
        plan,
        result,
        converged,
        steps: steps.length,
        changes: made,
        unreached: steps.filter(isUnreached).length,
        stoppedBy,
        degradedBy,
        slowest,
        duration,
      };
    }
    default:
      return unreachable(event);
  }
}
