/** Makes the receipt of a boot, however it ended. */
import type { BootResult } from '../engine/result.ts';
import type { BootPlan } from '../plan/plan.ts';
import { type BootView, showRefusal, viewBoot } from './boot-view.ts';
import type { Around } from './boot-times.ts';
import { type Origin, type Reason, type Receipt, RECEIPT_VERSION } from './receipt.ts';
import type { Redactor } from './redact.ts';
import { problemLines, showCause, type StepView, summarise, tenths } from './step-view.ts';
import { type Facts, factValues } from '../step/facts.ts';

/** How many changes a receipt lists; the first boot of a large volume makes thousands. */
const LISTED_CHANGES = 100;

/** How many reasons a receipt lists, and how many warnings. */
export const LISTED_TEXTS = 20;

/** The facts of a receipt: only those that need no further look at the world. */
const LISTED_FACTS = ['uid', 'gid', 'root', 'can-chown', 's6', 'main-program'] as const;

/** What every receipt is made from. */
interface BootContext extends Pick<Receipt, 'file' | 'started' | 'ended'> {
  readonly origin: Origin;
}

/** A boot that ran, to its end or not. */
interface EndedBoot extends BootContext {
  /** Where its time went before and after its steps. */
  readonly around: Around;
  readonly plan: BootPlan;
  readonly report: BootResult;
  readonly facts: Facts;
}

/** A boot that broke off, or could not begin. */
interface BrokenBoot extends BootContext {
  /** The name of the plan, as far as it is known. */
  readonly plan: string;
  readonly reasons: readonly Reason[];
  /** Whether a signal broke it off. */
  readonly interrupted: boolean;
  readonly changes: 0 | null;
}

/** The receipt of a boot that ran. */
export function receiptOf(boot: EndedBoot, redactor: Redactor): Receipt {
  const { file, facts, started, ended, origin, around } = boot;
  const { lock } = boot.report;
  const view = viewBoot(boot.plan, boot.report);
  const { plan, result, inputs, steps, made: changes, slowest, duration } = view;
  const values = factValues(facts);
  const made = steps
    .flatMap((step) =>
      step.changes
        .slice(0, step.made)
        .map(({ kind, path, from, to }) => ({ step: step.id, kind, path, from, to })),
    )
    .slice(0, LISTED_CHANGES);
  return redactor.document<Receipt>({
    version: RECEIPT_VERSION,
    plan,
    file,
    result,
    reasons: reasonsOf(view),
    started,
    ended,
    duration,
    changes,
    slowest,
    timing: {
      start: tenths(around.start),
      prepare: tenths(around.prepare),
      lock:
        lock === undefined ? null : { began: tenths(lock.began), duration: tenths(lock.duration) },
      receipt: 0,
    },
    ...origin,
    facts: {
      ...Object.fromEntries(
        LISTED_FACTS.flatMap((name) => {
          const value = values.get(name);
          return value === undefined ? [] : [[name, value]];
        }),
      ),
      groups: facts.groups,
      capabilities: [...facts.capabilities].sort(),
    },
    inputs,
    steps: steps.map((step) => ({
      id: step.id,
      began: step.began,
      ended: step.ended,
      ...summarise(step),
    })),
    criticalPath: criticalPath(steps),
    made,
    unlisted: changes - made.length,
    warnings: warningsOf(steps),
  });
}

/** The receipt of a boot that broke off before its end, or could not begin. */
export function brokenReceipt(boot: BrokenBoot, redactor: Redactor): Receipt {
  const { plan, file, reasons, interrupted, changes, started, ended, origin } = boot;
  return redactor.document<Receipt>({
    version: RECEIPT_VERSION,
    plan,
    file,
    result: interrupted ? 'interrupted' : 'stopped',
    reasons,
    started,
    ended,
    duration: Date.parse(ended) - Date.parse(started),
    changes,
    slowest: null,
    timing: null,
    ...origin,
    facts: {},
    inputs: [],
    steps: [],
    criticalPath: { duration: 0, steps: [] },
    made: [],
    unlisted: 0,
    warnings: [],
  });
}

/** A problem as the reason of a result. */
export function reasonOf(
  about: string | null,
  problem: Parameters<typeof problemLines>[0],
): Reason {
  const [text = '', ...mend] = problemLines(problem);
  return { about, text, mend };
}

function reasonsOf({ inputs, causes, steps, stoppedBy }: BootView): Reason[] {
  const notKept = causes
    .filter(({ mount }) => mount !== undefined)
    .map((cause): Reason => ({ about: null, text: showCause(cause), mend: cause.mend }));
  const refused = inputs.flatMap(({ name, refused: refusal }): Reason[] => {
    if (refusal === undefined) return [];
    const mend = [`correct ${refusal.variable}, or unset it`];
    return [{ about: name, text: showRefusal(refusal), mend }];
  });
  const failed = steps.flatMap(({ id, problem, onFailure }): Reason[] => {
    // A failure to ignore is not a reason, unless it stopped the boot, as a signal does.
    if (problem === null || (onFailure === 'ignore' && id !== stoppedBy)) return [];
    return [reasonOf(id, problem)];
  });
  // The last ones include what stopped the boot.
  return [...notKept, ...refused, ...failed].slice(-LISTED_TEXTS);
}

function warningsOf(steps: readonly StepView[]): Receipt['warnings'] {
  return steps
    .flatMap(({ id, notes }) =>
      notes
        .filter(({ severity }) => severity === 'warning')
        .map(({ text }) => ({ step: id, text })),
    )
    .slice(0, LISTED_TEXTS);
}

/** A chain of steps, each needing the one before. */
interface Chain {
  readonly last: Pick<StepView, 'id' | 'duration'>;
  readonly before: Chain | undefined;
  readonly duration: number;
}

/**
 * The chain of steps that took longest: no boot with these steps is quicker, however many of them
 * run at the same time.
 * @param steps each after those that it needs
 */
export function criticalPath(
  steps: readonly Pick<StepView, 'id' | 'needs' | 'duration'>[],
): Receipt['criticalPath'] {
  const chains = new Map<string, Chain>();
  for (const last of steps) {
    const before = longest(last.needs.flatMap((id) => chains.get(id) ?? []));
    const duration = last.duration + (before?.duration ?? 0);
    chains.set(last.id, { last, before, duration });
  }
  const path: Receipt['criticalPath']['steps'][number][] = [];
  const whole = longest([...chains.values()]);
  for (let chain = whole; chain !== undefined; chain = chain.before) {
    path.unshift({ step: chain.last.id, duration: chain.last.duration });
  }
  return { duration: tenths(whole?.duration ?? 0), steps: path };
}

/** Of chains that took equally long, the first. */
function longest(chains: readonly Chain[]): Chain | undefined {
  return chains.reduce<Chain | undefined>(
    (most, chain) => (most !== undefined && most.duration >= chain.duration ? most : chain),
    undefined,
  );
}
