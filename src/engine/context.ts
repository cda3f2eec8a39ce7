/** What the steps of one boot share, and the time that a boot and its parts may take. */
import { Problem } from '../errors/problem.ts';
import type { Facts } from '../step/facts.ts';
import type { System } from '../system/system.ts';
import type { World } from '../system/world.ts';
import type { Listener } from './result.ts';
import type { LockGate } from './lock-gate.ts';
import type { Keeping } from './permissions/keeping.ts';
import type { Trials } from './permissions/trials.ts';
import type { SpaceForecast } from './space.ts';

/** How long a whole boot may take, in milliseconds. */
export const BOOT_TIMEOUT = 30 * 60 * 1000;

/** What a boot changes, real or simulated. */
export type Bootable = System & Pick<World, 'tree' | 'policy' | 'forgetAll'>;

/** What the steps of one boot share. */
export interface Boot {
  readonly system: Bootable;
  /** The home of the plan, where it names one. */
  readonly home: string | undefined;
  /** Takes what does not belong to a step. */
  readonly listener: Listener;
  readonly facts: Facts;
  /** When it began; see `now`. */
  readonly started: number;
  readonly gate: LockGate;
  /** Stops the boot; its reason, a Problem, says why. */
  readonly stop: AbortSignal;
  readonly limit: TimeLimit;
  readonly keeping: Keeping;
  readonly trials: Trials;
  /** Of a dry run. */
  readonly space: SpaceForecast | undefined;
}

/** A time in milliseconds since another one. Not performance.now(), whose module has to load. */
export function now(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1_000_000;
}

/**
 * The time that something may take. Its signal is made on first use: most steps of a boot that
 * finds nothing to do never look at theirs.
 */
export class TimeLimit {
  readonly #end: number;
  readonly #outer: readonly AbortSignal[];
  /** Kept, because a signal made of others does not keep them: it would never abort. */
  #clock: AbortSignal | undefined;
  #signal: AbortSignal | undefined;

  /** @param duration in milliseconds; @param outer each aborts it, too */
  constructor(duration: number, ...outer: readonly AbortSignal[]) {
    this.#end = now() + duration;
    this.#outer = outer;
  }

  /** Milliseconds that are left; 0 when the time is up. */
  get left(): number {
    return Math.max(0, this.#end - now());
  }

  /** Aborts when the time is up. */
  get signal(): AbortSignal {
    this.#clock ??= AbortSignal.timeout(Math.ceil(this.left));
    this.#signal ??= AbortSignal.any([...this.#outer, this.#clock]);
    return this.#signal;
  }
}

/** Whether nothing may be changed any more. */
export function isOver({ limit, stop }: Boot): boolean {
  return stop.aborted || limit.left === 0;
}

/** @throws Problem when nothing may be changed any more, that says why */
export function checkStopped(boot: Boot): void {
  if (!isOver(boot)) return;
  if (boot.stop.reason instanceof Problem) throw boot.stop.reason;
  throw new Problem({
    code: 'timeout',
    found: `the boot took longer than ${BOOT_TIMEOUT / 60_000} minutes`,
  });
}
