/** Finds out where the time of a boot went, from its receipt and those of the boots before it. */
import {
  criticalPathOf,
  durationsOf,
  slowestOf,
  stepTimesOf,
  timingOf,
  type SlowStep,
} from './boot-times.ts';
import type { ShortReceipt } from './receipt.ts';
import { tenths } from './step-view.ts';

/** The parts of a boot, one after the other. */
const PARTS = ['start', 'prepare', 'steps', 'receipt'] as const;

/** A part of a boot: see PART_NAMES. */
export type Part = (typeof PARTS)[number];

/** What each part is, for a person. */
export const PART_NAMES: Readonly<Record<Part | 'lock', string>> = {
  start: 'start of the program',
  prepare: 'plan and inputs',
  steps: 'steps',
  receipt: 'receipt',
  lock: 'waiting for a lock',
};

/** Something that took time, in milliseconds since the boot began. */
export interface Bar {
  /** When it began, in milliseconds since the boot did. */
  readonly began: number;
  /** When it ended, in milliseconds since the boot began. */
  readonly ended: number;
  /** How long it took, in milliseconds. */
  readonly duration: number;
}

/** A step in the time of its boot. */
export interface StepBar extends Bar {
  /** The id of the step. */
  readonly step: string;
  /** What came of it; null where the receipt does not say. */
  readonly status: string | null;
  /** Whether no boot with these steps is quicker than this one and those that it needs. */
  readonly critical: boolean;
}

/** A slow step beside earlier boots. */
export interface Slow extends SlowStep {
  /** How long it took in each of the boots before, in milliseconds; null where nobody knows. */
  readonly before: readonly (number | null)[];
}

/** A part of a boot in its time. */
interface PartBar extends Bar {
  /** Which part it is. */
  readonly part: Part;
}

/** A chain of steps, each needing the one before. */
interface LongestChain {
  /** How long it took, in milliseconds. */
  readonly duration: number;
  /** Its steps, the first first. */
  readonly steps: readonly SlowStep[];
}

/** Where the time of the last boots went, for programs. */
export interface AnalysisDocument {
  /** The version of the document. */
  readonly version: 1;
  /** Which document it is. */
  readonly type: 'analysis';
  /** The last boot of each plan. */
  readonly boots: readonly Analysis[];
}

/** Where the time of one boot went. */
export interface Analysis extends Pick<
  ShortReceipt,
  'plan' | 'result' | 'started' | 'ended' | 'changes'
> {
  /** Of all parts together, in milliseconds. */
  readonly took: number;
  /** Without those that the receipt does not tell of. */
  readonly parts: readonly PartBar[];
  /** Null where it did not have to ask for the lock. */
  readonly lock: Bar | null;
  /** In the order of their beginning. */
  readonly steps: readonly StepBar[];
  /** The chain of steps, each needing the one before, that took longest. */
  readonly criticalPath: LongestChain;
  /** The slowest steps, the slowest first. */
  readonly slowest: readonly Slow[];
  /** When the boots before it began, the latest first. */
  readonly before: readonly string[];
}

/** With how many boots before it one is compared. */
const COMPARED = 5;

/** In milliseconds, more than any boot takes: a receipt in a home may say anything. */
const LONGEST = 1e9;

/**
 * Analyses a boot.
 * @param receipt of any release; what it does not tell is left out
 * @param history boots of all plans, the oldest first
 * @param top how many of the slowest steps to name
 */
export function analyse(
  receipt: ShortReceipt,
  history: readonly ShortReceipt[],
  top: number,
): Analysis {
  const { plan, result, started, ended, changes } = receipt;
  const timing = timingOf(receipt);
  const durations: Readonly<Record<Part, number | undefined>> = {
    start: timing?.start,
    prepare: timing?.prepare,
    steps: receipt.duration,
    receipt: timing?.receipt,
  };
  const parts: (Bar & { readonly part: Part })[] = [];
  let now = 0;
  for (const part of PARTS) {
    const duration = sane(durations[part] ?? 0);
    if (durations[part] === undefined || (part === 'start' && duration === 0)) continue;
    parts.push({ part, ...bar(now, duration) });
    now += duration;
  }
  const origin = parts.find(({ part }) => part === 'steps')?.began ?? 0;
  const path = criticalPathOf(receipt).map((one) => ({ ...one, duration: sane(one.duration) }));
  const critical = new Set(path.map(({ step }) => step));
  const steps = stepTimesOf(receipt).map((step): StepBar => {
    const duration = sane(step.duration);
    const began = origin + sane(step.began ?? 0);
    const end = origin + sane(step.ended ?? 0);
    const times = { ...bar(began, duration), ended: tenths(Math.max(end, began + duration)) };
    return {
      step: step.id,
      status: step.status ?? null,
      critical: critical.has(step.id),
      ...times,
    };
  });
  const before = boots(receipt, history);
  const slowest = slowestSteps(receipt, top).map(({ step, duration }) => ({
    step,
    duration: sane(duration),
    before: before.map((one) => durationsOf(one).get(step) ?? null),
  }));
  const { lock } = timing ?? { lock: null };
  return {
    ...{ plan, result, started, ended, changes },
    took: tenths(now),
    parts,
    lock: lock === null ? null : bar(origin + sane(lock.began), sane(lock.duration)),
    steps: steps.sort((a, b) => a.began - b.began),
    criticalPath: { duration: sum(path), steps: path },
    slowest,
    before: before.map((one) => one.started),
  };
}

function bar(began: number, duration: number): Bar {
  return { began: tenths(began), ended: tenths(began + duration), duration };
}

function sum(steps: readonly SlowStep[]): number {
  return tenths(steps.reduce((all, { duration }) => all + duration, 0));
}

function sane(duration: number): number {
  return Number.isFinite(duration) ? tenths(Math.min(LONGEST, Math.max(0, duration))) : 0;
}

/** The last boots of the same plan before one, the latest first. */
function boots({ plan, started }: ShortReceipt, history: readonly ShortReceipt[]): ShortReceipt[] {
  const earlier = history.filter((one) => one.plan === plan && one.started < started);
  return earlier.slice(-COMPARED).reverse();
}

/** Without those that took no time that a receipt tells. */
function slowestSteps(receipt: ShortReceipt, top: number): SlowStep[] {
  const known = [...durationsOf(receipt)].flatMap(([id, duration]) =>
    sane(duration) > 0 ? [{ id, began: 0, duration }] : [],
  );
  return slowestOf(known, top);
}
