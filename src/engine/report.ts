import type { Change } from '../changes/change.ts';
import type { Problem } from '../errors/problem.ts';
import type { BootStep } from '../plan/plan.ts';
import type { Note } from '../step/step.ts';
import type { Loss } from './permissions/keeping.ts';
import type { Shortcoming } from './permissions/not-kept.ts';

/**
 * What became, or in a dry run would become, of a step.
 *
 * - `converged`: nothing to change.
 * - `changes`: its changes were made.
 * - `skipped`: its `when` does not hold, or it does not apply here.
 * - `blocked`: not reached, since a step before it stopped the boot; or its changes are known but
 *   this process has no right to make them.
 * - `failed`: it could not find a way, or a change could not be made.
 */
export type StepStatus = 'converged' | 'changes' | 'skipped' | 'blocked' | 'failed';

/** The record of one step. */
export interface StepReport {
  readonly step: BootStep;
  readonly status: StepStatus;
  /** Why it has that status, as a phrase for a person. */
  readonly why: string;
  /** The changes, with canonical paths; of a failed step those that it announced. */
  readonly changes: readonly Change[];
  /** How many of `changes` were made. */
  readonly made: number;
  readonly notes: readonly Note[];
  /** What the file systems do not keep of what it wanted. */
  readonly losses?: readonly Loss[];
  /** Of a failed or blocked step. */
  readonly problem?: Problem;
  /** When it began, in milliseconds since the boot did; not for one that was not reached. */
  readonly began?: number;
  /** Of its own work, in milliseconds: what it waits for other steps and boots is none. */
  readonly duration: number;
}

/**
 * How a boot ended. `degraded`: to its end, but a step with `on-failure: degrade` failed, an input
 * was refused, or a file system does not keep what a step wanted. `stopped`: a step failed and nothing after it was done.
 */
export type BootResult = 'done' | 'degraded' | 'stopped';

/** The record of one boot, dry or real. */
export interface BootReport {
  readonly result: BootResult;
  readonly steps: readonly StepReport[];
  /** What the file systems do not keep of what the steps wanted. */
  readonly shortcomings: readonly Shortcoming[];
  /** Whether no step would change anything and none failed. */
  readonly converged: boolean;
  /** The failure that stopped the boot. */
  readonly stoppedBy?: StepReport;
  /** In milliseconds. */
  readonly duration: number;
}
