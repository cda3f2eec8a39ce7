/** What the steps of one boot share, and when they may change nothing any more. */
import { Problem } from '../errors/problem.ts';
import type { Facts } from '../step/facts.ts';
import type { System } from '../system/system.ts';
import type { World } from '../system/world.ts';
import type { Listener } from './result.ts';
import type { LockGate } from './lock-gate.ts';
import type { Keeping } from './permissions/keeping.ts';
import type { Trials } from './permissions/trials.ts';
import type { SpaceForecast } from './space-forecast.ts';
import type { TimeLimit } from './time-limit.ts';

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
