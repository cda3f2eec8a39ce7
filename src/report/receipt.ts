/**
 * The record of a boot, and the status of a container that holds its last boots: their forms, and
 * how they are read again. Keys may be added; what is here keeps its meaning in version 1.
 */
import type { Note } from '../step/step.ts';
import {
  constant,
  fits,
  list,
  matching,
  nullable,
  number,
  object,
  text,
  variant,
  word,
  type TypeOf,
} from '../text/codec.ts';
import type { InputView, TimedStep } from './boot-view.ts';
import { slowestOf, type ShortTimes, type Timing } from './boot-times.ts';
import type { ChangeView, StepSummary, StepView } from './step-view.ts';

/** The version of these documents. */
export const RECEIPT_VERSION = 1;

const timestamp = matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'a timestamp');

const head = { version: constant(RECEIPT_VERSION), plan: text, file: text, started: timestamp };

const reason = object({
  /** The step or the input; null for the boot as a whole. */
  about: nullable(text),
  text,
  /** What the operator can do, one line each. */
  mend: list(text),
});

/** What every receipt holds, and all that a person is shown. Other keys are not checked. */
const shortReceipt = object({
  ...head,
  /**
   * How the boot ended. `interrupted`: by a signal, between two changes; the next boot goes on.
   * `failed`: a step stopped it, or it could not start.
   */
  result: word('ok', 'degraded', 'interrupted', 'failed'),
  reasons: list(reason),
  ended: timestamp,
  /** Of the boot itself, in milliseconds. */
  duration: number,
  /** How many changes were made; null where a bug ended the boot before they were counted. */
  changes: nullable(number),
  slowest: nullable(object({ step: text, duration: number })),
});

/** The mark of a boot that has begun, and may never end. */
const runningMark = object({ ...head, result: word('running') });

const lastBoot = variant<ShortReceipt | RunningMark>('result', {
  ok: shortReceipt,
  degraded: shortReceipt,
  interrupted: shortReceipt,
  failed: shortReceipt,
  running: runningMark,
});

const status = object({
  version: constant(RECEIPT_VERSION),
  /**
   * The start of the container that this is about, since /run may outlive one. Empty where there
   * are no starts, as below another root.
   */
  start: text,
  /** The last boot of each plan, the latest last. */
  boots: list(lastBoot),
});

/** Why a boot did not end well. */
export type Reason = TypeOf<typeof reason>;
export type ShortReceipt = TypeOf<typeof shortReceipt>;
type RunningMark = TypeOf<typeof runningMark>;
/** The last boot of a plan, or the one that has begun. */
export type LastBoot = TypeOf<typeof lastBoot>;
/** A status as it is read, without the result, which depends on the start of the container. */
export type KnownBoots = TypeOf<typeof status>;

/** What was booted, by which program, and where. */
export interface Origin {
  /** Of the plan; null where it could not be read. */
  readonly digest: string | null;
  /** The version of hermes-boot. */
  readonly program: string;
  /** The name of the container. */
  readonly host: string;
}

/** A boot that has begun. */
export interface RunningBoot extends RunningMark, Origin {
  /** The process that boots; see hasEnded. */
  readonly process?: object;
}

/** The record of one boot, without secrets and of bounded size. */
export interface Receipt extends ShortReceipt, Origin {
  /** What a plan can know of the process, its groups and its capabilities. */
  readonly facts: Readonly<
    Record<string, string | number | boolean | readonly (string | number)[]>
  >;
  readonly inputs: readonly InputView[];
  readonly steps: readonly (StepSummary & Pick<StepView, 'id' | 'began' | 'ended'>)[];
  /** Where its time went besides its steps; null where it did not come to them. */
  readonly timing: Timing | null;
  /** The chain of steps, each needing the one before, that took longest. */
  readonly criticalPath: { readonly duration: number; readonly steps: readonly TimedStep[] };
  /** The first of the changes that were made. */
  readonly made: readonly (Pick<ChangeView, 'kind' | 'path' | 'from' | 'to'> & InStep)[];
  /** How many more there were. */
  readonly unlisted: number;
  readonly warnings: readonly (Pick<Note, 'text'> & InStep)[];
}

interface InStep {
  readonly step: string;
}

/** How the boots of a container went: what /run/hermes-boot/status.json holds. */
export interface ContainerStatus extends KnownBoots {
  /** The worst result of its boots. */
  readonly result: LastBoot['result'];
}

/** Reads a receipt, all keys included; undefined when the text is not one. */
export function readReceipt(json: string): ShortReceipt | undefined {
  const value = fromJson(json);
  return fits(shortReceipt, value) ? value : undefined;
}

/** Reads a status, all keys included; undefined when the text is not one. */
export function readStatus(json: string): KnownBoots | undefined {
  const value = fromJson(json);
  return fits(status, value) ? value : undefined;
}

function fromJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** How many plans a status holds; an image has three. */
const MOST_PLANS = 16;

/** From the best to the worst. */
const RESULTS = ['ok', 'degraded', 'running', 'interrupted', 'failed'] as const;

/** The status after a boot has begun or ended, which replaces the last boot of its plan. */
export function withBoot(
  known: KnownBoots | undefined,
  start: string,
  boot: LastBoot,
): ContainerStatus {
  // What was before this start of the container says nothing about it.
  const before = known?.start === start ? known.boots : [];
  const others = before.filter(({ plan, file }) => plan !== boot.plan && file !== boot.file);
  const boots = [...others, boot].slice(-MOST_PLANS);
  return { version: RECEIPT_VERSION, result: worstOf(boots), start, boots };
}

/** The worst result of some boots; ok where there are none. */
export function worstOf(boots: readonly LastBoot[]): LastBoot['result'] {
  const worst = boots.reduce((most, { result }) => Math.max(most, RESULTS.indexOf(result)), 0);
  return RESULTS[worst] ?? 'ok';
}

/** How much of a text is kept, in characters, so that no path decides about the size. */
const LONGEST_TEXT = 400;

/** A receipt or status as one line of JSON. */
export function jsonOf(document: object): string {
  return JSON.stringify(document, (_, value: unknown) =>
    typeof value === 'string' && value.length > LONGEST_TEXT
      ? `${value.slice(0, LONGEST_TEXT - 1)}…`
      : value,
  );
}

/** The part of a receipt that is kept for a boot that went well and changed nothing. */
export function shortOf(receipt: Receipt): ShortReceipt & ShortTimes & Origin {
  const { version, plan, file, result, reasons, started, ended, duration, changes } = receipt;
  const { slowest, digest, program, host } = receipt;
  const head = { version, plan, file, result, reasons, started, ended, duration, changes, slowest };
  const times = { timing: receipt.timing, slowestSteps: slowestOf(receipt.steps) };
  return { ...head, ...times, digest, program, host };
}
