/**
 * Runs the steps of a boot in plan order, several at a time where they touch nothing in common;
 * events come out as if they had run one by one.
 */
import { Problem, type Cause } from '../errors/problem.ts';
import type { BootStep } from '../plan/plan.ts';
import type { ReadSystem } from '../system/system.ts';
import type { BootEvent, BootResult, Listener, StepResult } from './result.ts';
import { footprintOf, overlap, type Footprint } from './footprint.ts';

/** A step that has begun, as the code that runs it sees it. */
export interface StepRun {
  readonly step: BootStep;
  /** Takes what happens in the step. */
  readonly emit: Listener;
  /** Aborts when the boot has broken off: looks end at once, changes before the next one. */
  readonly abort: AbortSignal;
  /** Set by the code that runs it, before the first change. */
  changesWorld: boolean;
}

interface RunOptions {
  readonly system: ReadSystem;
  readonly listener: Listener;
  /** How many steps run at the same time. */
  readonly concurrency: number;
  readonly run: (one: StepRun) => Promise<StepResult>;
  /** Whether any failure stops the boot by now. */
  readonly isOver: () => boolean;
}

interface Running extends StepRun {
  /** What has happened and was not passed on yet. */
  readonly events: BootEvent[];
  result?: StepResult;
  /** Whether its failure stops the boot. */
  stops: boolean;
  /** Computed when a step asks whether it may begin beside this one. */
  footprint?: Footprint;
}

/**
 * Runs steps. One begins beside those that still run unless it needs one of them, touches what one
 * touches, or one of them may still stop the boot.
 * @throws what `run` throws, once nothing runs any more
 */
export async function runSteps(
  steps: readonly BootStep[],
  { system, listener, concurrency, run, isOver }: RunOptions,
): Promise<Pick<BootResult, 'steps' | 'stoppedBy'>> {
  const pass = withoutRepeats(listener);
  /** Steps that have begun and were not reported yet. */
  const begun: Running[] = [];
  const running = new Map<Running, Promise<void>>();
  const abort = new AbortController();
  const results: StepResult[] = [];
  let stoppedBy: StepResult | undefined;
  let broken: { readonly error: unknown } | undefined;

  /** Whether no other step begins. */
  const isEnding = (): boolean =>
    broken !== undefined || stoppedBy !== undefined || begun.some((one) => one.stops);

  // What a dry run may not look at stops no boot that may.
  const stops = ({ problem, step, unseen }: StepResult): boolean =>
    problem !== undefined && ((step.onFailure === 'stop' && unseen === undefined) || isOver());

  const finish = (result: StepResult): void => {
    results.push(result);
    pass({ type: 'step-finished', result });
  };

  /** Reports steps that have ended with all before them, and what the first other one does. */
  const flush = (): void => {
    for (let [first] = begun; first !== undefined; [first] = begun) {
      // Behind a failure that stops the boot only those count that have begun to change something.
      const counts = stoppedBy === undefined || first.changesWorld;
      if (counts) first.events.splice(0).forEach(pass);
      if (first.result === undefined) return;
      begun.shift();
      finish(counts ? first.result : notReached(first.step, stoppedBy));
      if (counts && first.stops) stoppedBy ??= first.result;
    }
  };

  const fail = (error: unknown): void => {
    broken ??= { error };
    abort.abort(new Problem({ found: 'nobody waits for this any more' }));
  };

  const work = async (one: Running): Promise<void> => {
    try {
      one.result = await run(one);
      one.stops = stops(one.result);
      if (broken === undefined) flush();
    } catch (error) {
      fail(error);
    }
    running.delete(one);
  };

  /** What a step has to wait for before it begins; undefined where it may begin. */
  const blockerOf = (one: Running): Promise<void> | undefined => {
    if (isEnding()) return undefined;
    const blocker = [...running].find(([other]) => isBehind(one, other, system));
    if (blocker !== undefined) return blocker[1];
    return running.size < concurrency ? undefined : Promise.race(running.values());
  };

  try {
    for (const step of steps) {
      const events: BootEvent[] = [];
      const emit = (event: BootEvent): void => {
        // How far a step is matters now, whatever runs before it.
        if (event.type === 'progress') {
          listener(event);
          return;
        }
        events.push(event);
        flush();
      };
      const one = { step, events, emit, abort: abort.signal, changesWorld: false, stops: false };
      for (let wait = blockerOf(one); wait !== undefined; wait = blockerOf(one)) await wait;
      if (isEnding()) break;
      begun.push(one);
      const ended = work(one);
      running.set(one, ended);
      // What ends at once needs no look at what could run beside it.
      await (concurrency === 1 ? ended : Promise.race([ended, immediate()]));
    }
  } catch (error) {
    fail(error);
  }
  await Promise.all(running.values());
  if (broken !== undefined) {
    // Changes that were made are reported, however the boot ends.
    const changed = begun.filter(({ events }) => events.some(({ type }) => type === 'change-made'));
    for (const { events } of changed) events.forEach(pass);
    throw broken.error;
  }
  if (stoppedBy === undefined) return { steps: results };
  for (const step of steps.slice(results.length)) finish(notReached(step, stoppedBy));
  return { steps: results, stoppedBy };
}

function isBehind(one: Running, other: Running, system: ReadSystem): boolean {
  if (other.step.onFailure === 'stop' || one.step.needs.includes(other.step.id)) return true;
  one.footprint ??= footprintOf(one.step, system);
  other.footprint ??= footprintOf(other.step, system);
  return overlap(one.footprint, other.footprint, system);
}

/** Passes on events; a cause, and a note with a key, only the first time. */
function withoutRepeats(listener: Listener): Listener {
  const seen = new Set<string>();
  const isNew = (key: string | undefined): boolean => {
    if (key === undefined) return true;
    const before = seen.size;
    return seen.add(key).size > before;
  };
  const passCause = (step: BootStep, cause: Cause | undefined): void => {
    if (cause !== undefined && isNew(cause.key)) listener({ type: 'cause-found', step, cause });
  };
  return (event) => {
    if (event.type === 'step-finished') {
      passCause(event.result.step, event.result.problem?.sharedCause);
    }
    if (event.type !== 'note') {
      listener(event);
      return;
    }
    const { step, note } = event;
    passCause(step, note.cause);
    if (isNew(note.key) && note.cause === undefined) listener(event);
  };
}

function notReached(step: BootStep, stoppedBy: StepResult | undefined): StepResult {
  const nothing = { step, changes: [], made: 0, notes: [], duration: 0 };
  // What the plan does not want nobody would have reached.
  if (step.skipped !== undefined) return { ...nothing, status: 'skipped', why: step.skipped };
  const why = `not reached: ${stoppedBy?.step.id ?? ''} stops the boot`;
  return { ...nothing, status: 'blocked', why };
}

function immediate(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
