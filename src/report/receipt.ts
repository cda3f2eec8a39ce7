import type { StepStatus } from '../engine/report.ts';
import type { Note } from '../step/step.ts';
import type { CriticalPath } from './critical-path.ts';
import type { ChangeView } from './change-view.ts';
import type { InputView } from './input-view.ts';
import type { ProblemView } from './step-view.ts';

/*
 * What is kept of a boot: in /run for whoever asks how this container is, on the volume for
 * whoever asks how it was. Keys may be added; what is here keeps its meaning in version 1.
 */

/** The version of every document of this kind. */
export const RECEIPT_VERSION = 1;

/**
 * How a boot ended. `interrupted`: by a signal, between two changes; the next boot goes on.
 * `failed`: a step stopped it, or it could not even start.
 */
export type Outcome = 'ok' | 'degraded' | 'interrupted' | 'failed';

/** Why a boot did not end as it should. */
export interface Reason {
  /** The step or the input; null where it is the boot as a whole. */
  readonly about: string | null;
  readonly text: string;
  /** What the operator can do, a line each. */
  readonly mend: readonly string[];
}

/** What every receipt tells, however short, and all that a person is shown of it. */
export interface ShortReceipt {
  readonly version: typeof RECEIPT_VERSION;
  readonly plan: string;
  /** Its file. */
  readonly file: string;
  readonly result: Outcome;
  readonly reasons: readonly Reason[];
  /** In UTC, as ISO 8601 has it. */
  readonly started: string;
  readonly ended: string;
  /** Of the boot itself, in milliseconds. */
  readonly duration: number;
  /** How many changes were made; null where a bug of ours ended it before they were counted. */
  readonly changes: number | null;
  readonly slowest: { readonly step: string; readonly duration: number } | null;
}

/** What a receipt tells of a step. */
export interface StepReceipt {
  readonly id: string;
  readonly uses: string;
  readonly status: StepStatus;
  /** How many changes it announced, and how many of them were made. */
  readonly changes: number;
  readonly made: number;
  /** In milliseconds since the boot began; null for one that was not reached. */
  readonly began: number | null;
  /** Of its own work, in milliseconds. */
  readonly duration: number;
  readonly problem: ProblemView | null;
}

/** A change that was made. */
export type ChangeReceipt = { readonly step: string } & Pick<
  ChangeView,
  'kind' | 'path' | 'from' | 'to'
>;

/** The record of one boot, without secrets and of bounded size. */
export interface Receipt extends ShortReceipt, Origin {
  /** What a plan can know of the process, its groups and its capabilities. */
  readonly facts: Readonly<
    Record<string, string | number | boolean | readonly (string | number)[]>
  >;
  readonly inputs: readonly InputView[];
  readonly steps: readonly StepReceipt[];
  readonly criticalPath: CriticalPath;
  /** The first of the changes that were made. */
  readonly made: readonly ChangeReceipt[];
  /** How many more there were. */
  readonly unlisted: number;
  readonly warnings: readonly (Pick<Note, 'text'> & { readonly step: string })[];
}

/** What was booted, by what, and where. */
export interface Origin {
  /** Of the plan; null where none could be read. */
  readonly digest: string | null;
  /** The version of hermes-boot. */
  readonly program: string;
  /** The name of the container. */
  readonly host: string;
}

/** A boot that has begun, and may never end. */
export interface RunningBoot extends Origin {
  readonly version: typeof RECEIPT_VERSION;
  readonly plan: string;
  readonly file: string;
  readonly result: 'running';
  readonly started: string;
}

/** How much of a text is kept, in characters; nobody who writes a path decides about our size. */
const LONGEST_TEXT = 400;

/** A document of this kind as one line of JSON. */
export function jsonOf(document: object): string {
  return JSON.stringify(document, (_, value: unknown) =>
    typeof value === 'string' && value.length > LONGEST_TEXT
      ? `${value.slice(0, LONGEST_TEXT - 1)}…`
      : value,
  );
}

/** As much of a receipt as is worth keeping of a boot that went well and changed nothing. */
export function shortOf(receipt: Receipt): ShortReceipt & Origin {
  const { version, plan, file, result, reasons, started, ended, duration, changes } = receipt;
  const { slowest, digest, program, host } = receipt;
  const head = { version, plan, file, result, reasons, started, ended, duration, changes, slowest };
  return { ...head, digest, program, host };
}
