/**
 * Where the time of a boot went, as its receipt holds it: written by the boot, read for metrics and
 * `analyze`. Receipts of earlier releases, and of boots that broke off, have less of it.
 */
import {
  fits,
  list,
  nullable,
  number,
  object,
  optional,
  text,
  type TypeOf,
} from '../text/codec.ts';

const span = object({
  /** When it began, in milliseconds since the steps of the boot did. */
  began: number,
  /** How long it took, in milliseconds. */
  duration: number,
});

const timing = object({
  /**
   * From the start of the process to that of the program, with what Node does before; 0 for a boot
   * after the first one of its process. All in milliseconds.
   */
  start: number,
  /** Reading the plan and its inputs, and marking the boot as begun; in milliseconds. */
  prepare: number,
  /** While its steps ran: waiting for another boot of the home. Null where it needed no lock. */
  lock: nullable(span),
  /** Making and writing the receipt, up to this copy of it; in milliseconds. */
  receipt: number,
});

const stepTime = object({
  id: text,
  status: optional(text),
  /** In milliseconds since the steps of the boot began; null for a step that was not reached. */
  began: nullable(number),
  ended: optional(nullable(number)),
  /** In milliseconds, without waiting for other boots. */
  duration: number,
});

const timedStep = object({
  /** The id of the step. */
  step: text,
  /** How long it took, in milliseconds. */
  duration: number,
});

const withSteps = object({ steps: list(stepTime) });
const withTiming = object({ timing });
const withSlowest = object({ slowestSteps: list(timedStep) });
const withPath = object({ criticalPath: object({ duration: number, steps: list(timedStep) }) });

/** Where the time of a boot went besides its steps. */
export type Timing = TypeOf<typeof timing>;

/** What is measured around the steps of a boot. */
export type Around = Pick<Timing, 'start' | 'prepare'>;

/** When a step began and how long it took. */
export type StepTime = TypeOf<typeof stepTime>;

/** A step and how long it took, in milliseconds. */
export type SlowStep = TypeOf<typeof timedStep>;

/** What a short receipt keeps of the times of a boot. */
export interface ShortTimes {
  /** Where its time went besides its steps; null where it did not come to them. */
  readonly timing: Timing | null;
  /** The slowest steps, the slowest first. */
  readonly slowestSteps: readonly SlowStep[];
}

/** How many steps a short receipt names. */
const SHORT = 5;

/** The slowest of some steps, the slowest first. */
export function slowestOf(
  steps: readonly Pick<StepTime, 'id' | 'began' | 'duration'>[],
  many = SHORT,
): SlowStep[] {
  return steps
    .filter(({ began }) => began !== null)
    .map(({ id, duration }) => ({ step: id, duration }))
    .sort((a, b) => b.duration - a.duration)
    .slice(0, many);
}

/** The steps that a boot reached; none where its receipt has none. */
export function stepTimesOf(receipt: object): readonly StepTime[] {
  return fits(withSteps, receipt) ? receipt.steps.filter(({ began }) => began !== null) : [];
}

/** How long the steps took of which a receipt tells that, by id; a short one has the slowest only. */
export function durationsOf(receipt: object): ReadonlyMap<string, number> {
  const short = fits(withSlowest, receipt) ? receipt.slowestSteps : [];
  const steps = stepTimesOf(receipt).map(({ id, duration }) => [id, duration] as const);
  return new Map([...short.map(({ step, duration }) => [step, duration] as const), ...steps]);
}

/** Where the time of a boot went besides its steps; undefined where its receipt does not say. */
export function timingOf(receipt: object): Timing | undefined {
  return fits(withTiming, receipt) ? receipt.timing : undefined;
}

/** The chain of steps that took longest. */
export function criticalPathOf(receipt: object): readonly SlowStep[] {
  return fits(withPath, receipt) ? receipt.criticalPath.steps : [];
}
