/** What comes of a boot and its steps, and the events on the way there. */
import type { Change } from '../changes/change.ts';
import type { Cause, Problem } from '../errors/problem.ts';
import type { BootPlan, BootStep } from '../plan/plan.ts';
import type { Note } from '../step/step.ts';
import type { Progress } from '../system/scan.ts';
import type { Loss } from './permissions/keeping.ts';
import type { Shortcoming } from './permissions/not-kept.ts';

/**
 * What came of a step, or in a dry run would come of it.
 *
 * - `converged`: nothing to change.
 * - `changes`: its changes were made.
 * - `skipped`: its `when` does not hold, or it does not apply here.
 * - `blocked`: not reached, since a step before it stopped the boot; or its changes are known but
 *   this process lacks the privileges they need.
 * - `failed`: a look failed, what is wanted cannot be reached, or a change could not be made.
 */
export type StepStatus = 'converged' | 'changes' | 'skipped' | 'blocked' | 'failed';

/** What came of one step. */
export interface StepResult {
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
  /**
   * Paths that this process may not read, in a dry run for a process that may: what is planned there
   * cannot be told.
   */
  readonly unseen?: readonly string[];
  /** Of a failed or blocked step. */
  readonly problem?: Problem;
  /** When it began, in milliseconds since the boot did; not for one that was not reached. */
  readonly began?: number;
  /** When it ended, counted like `began`. */
  readonly ended?: number;
  /** In milliseconds, without what it waited for another boot. */
  readonly duration: number;
}

/** A part of a boot. */
export interface Span {
  /** In milliseconds since the boot began. */
  readonly began: number;
  /** In milliseconds. */
  readonly duration: number;
}

/**
 * How a boot goes or went, from the best to the worst: the one list of these words, in events,
 * documents, receipts, `status` and the log.
 *
 * - `done`: all of it is done, or there was nothing to do.
 * - `degraded`: it ran to its end, but a step with `on-failure: degrade` failed, an input was refused,
 *   or a file system does not keep what a step wanted.
 * - `running`: it has begun and not ended.
 * - `interrupted`: a signal ended it between two changes; the next boot goes on.
 * - `killed`: it has begun, and its process is gone.
 * - `stopped`: a step failed and nothing after it was done, or the boot could not begin.
 */
export const BOOT_STATES = [
  'done',
  'degraded',
  'running',
  'interrupted',
  'killed',
  'stopped',
] as const;

/** How a boot goes or went. */
export type BootState = (typeof BOOT_STATES)[number];

/** How bad each state is: what somebody should look at, and what has not done its work. */
export const SEVERITIES: Readonly<Record<BootState, 'ok' | 'warning' | 'error'>> = {
  done: 'ok',
  degraded: 'warning',
  running: 'warning',
  interrupted: 'error',
  killed: 'error',
  stopped: 'error',
};

/** How a boot ended, by what it knows itself. */
export type BootStatus = Exclude<BootState, 'running' | 'killed'>;

/** The worst of some states; `done` where there is none. */
export function worstState(states: readonly BootState[]): BootState {
  const worst = states.reduce((most, state) => Math.max(most, BOOT_STATES.indexOf(state)), 0);
  return BOOT_STATES[worst] ?? 'done';
}

/** What came of one boot, dry or real. */
export interface BootResult {
  readonly status: BootStatus;
  readonly steps: readonly StepResult[];
  /** What the file systems do not keep of what the steps wanted. */
  readonly shortcomings: readonly Shortcoming[];
  /** Whether no step would change anything and none failed. */
  readonly converged: boolean;
  /** The failure that stopped the boot. */
  readonly stoppedBy?: StepResult;
  /** When it waited for another boot of the same home, and for how long in all. */
  readonly lock?: Span;
  /** In milliseconds. */
  readonly duration: number;
}

/** Everything that happens in a boot, in order. Reports see this and nothing else. */
export type BootEvent =
  | { readonly type: 'boot-started'; readonly plan: BootPlan; readonly dry: boolean }
  | { readonly type: 'lock'; readonly severity: 'info' | 'warning'; readonly text: string }
  | { readonly type: 'step-started'; readonly step: BootStep }
  | { readonly type: 'note'; readonly step: BootStep; readonly note: Note }
  /** At most once a second, in a step that takes long. */
  | {
      readonly type: 'progress';
      readonly step: BootStep;
      readonly progress: Progress;
      /** How many entries it looks at in a second; unset where it looks at none. */
      readonly rate?: number;
      /** What is being made; unset while the step looks. */
      readonly change?: Change;
      /** Since the step began, in milliseconds. */
      readonly elapsed: number;
    }
  | { readonly type: 'change-made'; readonly step: BootStep; readonly change: Change }
  /** Before the end of the first step that it affects. */
  | { readonly type: 'cause-found'; readonly step: BootStep; readonly cause: Cause }
  | { readonly type: 'step-finished'; readonly result: StepResult }
  /** After all steps: what a file system does not keep of what they wanted. */
  | { readonly type: 'shortcoming-found'; readonly shortcoming: Shortcoming }
  | { readonly type: 'boot-finished'; readonly plan: BootPlan; readonly result: BootResult };

/** Receives events as they happen. */
export type Listener = (event: BootEvent) => void;
