/** The events of a boot as plain data without secrets, and as the JSON lines of `run --json`. */
import type { Change } from '../changes/change.ts';
import { describeChange } from '../changes/kinds.ts';
import type { BootEvent, BootStatus } from '../engine/result.ts';
import { type Cause, unreachable } from '../errors/problem.ts';
import type { BootStep, OnFailure, Position } from '../plan/plan.ts';
import { timestampOf } from '../text/phrases.ts';
import { type BootView, type InputView, isUnreached, viewBoot, viewInput } from './boot-view.ts';
import { FAILURE_LEVELS, type Level } from './level.ts';
import type { Output } from './paint.ts';
import type { Redactor } from './redact.ts';
import {
  type ChangeView,
  type StepSummary,
  type StepView,
  placeOf,
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
  /** What happens. */
  readonly type: 'boot-finished';
  /** How many steps the plan has. */
  readonly steps: number;
  /** How many changes were made. */
  readonly changes: number;
  /** How many steps were not reached. */
  readonly unreached: number;
}

/** The step that an event is about. */
interface OfStep {
  /** Its id. */
  readonly step: string;
  /** Where it stands in its plan or fragment. */
  readonly at: Position;
}

/** The end of a step. */
export interface StepFinished extends OfStep, StepSummary, Pick<StepView, 'why' | 'onFailure'> {
  /** What happens. */
  readonly type: 'step-finished';
}

/** A cause that blocks a step and maybe later ones; reported once. */
export interface CauseFound extends OfStep {
  /** What happens. */
  readonly type: 'cause-found';
  /** What the failure of the step does to the boot. */
  readonly onFailure: OnFailure;
  /** What blocks it. */
  readonly cause: Cause;
}

/** How far a step is. */
export interface StepProgress extends OfStep {
  /** What happens. */
  readonly type: 'progress';
  /** How many entries it has looked at. */
  readonly looked: number;
  /** How many of them it has changed. */
  readonly changed: number;
  /** How many there are in all, or are expected to be; null where nobody can say. */
  readonly total: number | null;
  /** Whether `total` is an estimate. */
  readonly estimated: boolean;
  /** How many it looks at in a second; null where it looks at none. */
  readonly rate: number | null;
  /** The change that is being made, as a phrase: `running /opt/migrate`; null while it looks. */
  readonly doing: string | null;
  /** How long the step has lasted, in milliseconds. */
  readonly elapsed: number;
}

/** What every event has. */
interface EventHead {
  /** The version of the document. */
  readonly version: 1;
  /** When it happened, in UTC. @format date-time */
  readonly time: string;
  /** The id of the boot, which its receipt has, too. */
  readonly boot: string;
  /** How much it matters. */
  readonly level: Level;
}

/** An event of a boot. Keys may be added; what is here keeps its meaning in version 1. */
export type EventView = EventHead & EventData;

type EventData =
  | BootStarted
  | LockEvent
  | StepStarted
  | NoteMade
  | StepProgress
  | ChangeMade
  | CauseFound
  | StepFinished
  | BootFinished;

/** The start of a boot. */
interface BootStarted {
  /** What happens. */
  readonly type: 'boot-started';
  /** The name of the plan. */
  readonly plan: string;
  /** Whether nothing is changed. */
  readonly dry: boolean;
  /** The ids of the steps, in the order of running. */
  readonly steps: readonly string[];
  /** The inputs, and where their values come from. */
  readonly inputs: readonly InputView[];
}

/** Something about the lock of the home: who else boots it, and for how long this one waits. */
interface LockEvent {
  /** What happens. */
  readonly type: 'lock';
  /** Whether somebody should do something about it. */
  readonly severity: 'info' | 'warning';
  /** What it is, in one sentence. */
  readonly text: string;
}

/** A step begins. */
interface StepStarted extends OfStep {
  /** What happens. */
  readonly type: 'step-started';
  /** Its step type. */
  readonly uses: string;
}

/** Something a person should know although it changes nothing. */
interface NoteMade extends OfStep {
  /** What happens. */
  readonly type: 'note';
  /** Whether somebody should do something about it. */
  readonly severity: 'info' | 'warning';
  /** What it is, in one sentence. */
  readonly text: string;
  /** Set for what the log shows although it only informs. */
  readonly logged?: 'printed' | 'said';
}

/** A change was made. */
interface ChangeMade extends OfStep {
  /** What happens. */
  readonly type: 'change-made';
  /** The change. */
  readonly change: ChangeView;
}

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

/**
 * Views the events of a boot without secrets. The log, the live list and the JSON lines all start
 * here.
 * @param boot the id of the boot
 */
export function eventViewer(boot: string, redactor: Redactor): (event: BootEvent) => EventView {
  return (event) => {
    const time = timestampOf(new Date());
    const data = dataOf(event);
    const { type } = data;
    // The keys that every event has come first: a log is read by people, too.
    const head = { version: 1, type, time, boot, level: levelOf(data) } as const;
    return redactor.document(Object.assign(head, data));
  };
}

/** How much an event matters: as much as what the log of text says of it. */
function levelOf(event: EventData): Level {
  switch (event.type) {
    case 'boot-started':
      return event.inputs.some(({ refused }) => refused !== undefined) ? 'warn' : 'info';
    case 'lock':
      return event.severity === 'warning' ? 'warn' : 'info';
    case 'step-started':
      return 'debug';
    case 'note':
      if (event.severity === 'warning') return 'warn';
      return event.logged === undefined ? 'debug' : 'info';
    case 'progress':
    case 'change-made':
      return 'info';
    case 'cause-found':
      return FAILURE_LEVELS[event.onFailure];
    case 'step-finished':
      if (event.problem !== null || event.status === 'failed') {
        return FAILURE_LEVELS[event.onFailure];
      }
      return event.status === 'changes' ? 'info' : 'debug';
    case 'boot-finished':
      return END_LEVELS[event.result];
    default:
      return unreachable(event);
  }
}

const END_LEVELS: Readonly<Record<BootStatus, Level>> = {
  done: 'info',
  degraded: 'warn',
  interrupted: 'error',
  stopped: 'error',
};

function ofStep({ id, at }: BootStep): OfStep {
  return { step: id, at: placeOf(at) };
}

/** What is being done, without what may come of it. */
function doing(change: Change): string {
  const { subject, effect } = describeChange(change);
  const [what = ''] = effect.split('; ');
  return change.kind === 'command' ? `running ${what}` : `${subject} ${what}`;
}

function dataOf(event: BootEvent): EventData {
  switch (event.type) {
    case 'boot-started': {
      const { type, plan, dry } = event;
      const steps = plan.steps.map(({ id }) => id);
      return { type, plan: plan.name, dry, steps, inputs: plan.inputs.map(viewInput) };
    }
    case 'lock':
      return event;
    case 'step-started':
      return { type: event.type, ...ofStep(event.step), uses: event.step.type.uses };
    case 'note': {
      const { severity, text, logged } = event.note;
      const note = { type: event.type, ...ofStep(event.step), severity, text };
      return logged === undefined ? note : { ...note, logged };
    }
    case 'progress': {
      const { type, step, progress, rate, change, elapsed } = event;
      const { looked, changed, total, estimated } = progress;
      return {
        type,
        ...ofStep(step),
        looked,
        changed,
        total: total ?? null,
        estimated: estimated ?? false,
        rate: rate ?? null,
        doing: change === undefined ? null : doing(change),
        elapsed: tenths(elapsed),
      };
    }
    case 'change-made':
      return { type: event.type, ...ofStep(event.step), change: viewChange(event.change) };
    case 'cause-found': {
      const { type, step, cause } = event;
      return { type, ...ofStep(step), onFailure: step.onFailure, cause };
    }
    case 'shortcoming-found': {
      const { cause, steps } = event.shortcoming;
      const [step] = steps;
      if (step === undefined) throw new Error('what is not kept is of a step');
      return { type: 'cause-found', ...ofStep(step), onFailure: 'degrade', cause };
    }
    case 'step-finished': {
      const { step } = event.result;
      const view = viewStep(event.result);
      const { why, onFailure } = view;
      return { type: event.type, ...ofStep(step), why, onFailure, ...summarise(view) };
    }
    case 'boot-finished': {
      const { plan, result, converged, steps, made, stoppedBy, degradedBy, slowest, duration } =
        viewBoot(event.plan, event.result);
      return {
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
