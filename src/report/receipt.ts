/**
 * The record of a boot, and the status of a container that holds its last boots: their forms, and
 * how they are read again. Keys may be added; what is here keeps its meaning in version 1.
 */
import type { ProcessMark } from '../engine/proc.ts';
import { type BootState, worstState } from '../engine/result.ts';
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

const head = {
  /** The version of the document. */
  version: constant(RECEIPT_VERSION),
  /** The name of the plan. */
  plan: text,
  /** Its file. */
  file: text,
  /** When the boot began, in UTC. @format date-time */
  started: timestamp,
};

const reason = object({
  /** The step or the input; null for the boot as a whole. */
  about: nullable(text),
  /** What was found and what was wanted, in one line. */
  text,
  /** What the operator can do, one line each. */
  mend: list(text),
});

const timedStep = object({
  /** The id of the step. */
  step: text,
  /** How long it took, in milliseconds. */
  duration: number,
});

/** What every receipt holds, and all that a person is shown. Other keys are not checked. */
const shortReceipt = object({
  ...head,
  /** How the boot ended; see BOOT_STATES. */
  result: word('done', 'degraded', 'interrupted', 'stopped'),
  /** Why it did not end well. */
  reasons: list(reason),
  /** When it ended, in UTC. @format date-time */
  ended: timestamp,
  /** Of the boot itself, in milliseconds. */
  duration: number,
  /** How many changes were made; null where a bug ended the boot before they were counted. */
  changes: nullable(number),
  /** The step that took longest; null where there was none. */
  slowest: nullable(timedStep),
});

/** The mark of a boot that has begun, and may never end. */
const runningMark = object({
  ...head,
  /** That it has begun, and not ended. */
  result: word('running'),
});

const lastBoot = variant<ShortReceipt | RunningMark>('result', {
  done: shortReceipt,
  degraded: shortReceipt,
  interrupted: shortReceipt,
  stopped: shortReceipt,
  running: runningMark,
});

const status = object({
  /** The version of the document. */
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

/** Which boot it was, what was booted, by which program, and where. */
export interface Origin {
  /** The id of the boot, which its events have, too. */
  readonly boot: string;
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
  readonly process?: ProcessMark;
}

/** The record of one boot, without secrets and of bounded size. */
export interface Receipt extends ShortReceipt, Origin {
  /** What a plan can know of the process, its groups and its capabilities. */
  readonly facts: Readonly<
    Record<string, string | number | boolean | readonly (string | number)[]>
  >;
  /** The inputs, and where their values come from. */
  readonly inputs: readonly InputView[];
  /** The steps, in the order of running. */
  readonly steps: readonly (StepSummary & Pick<StepView, 'id' | 'began' | 'ended'>)[];
  /** Where its time went besides its steps; null where it did not come to them. */
  readonly timing: Timing | null;
  /** The chain of steps, each needing the one before, that took longest. */
  readonly criticalPath: CriticalPath;
  /** The first of the changes that were made. */
  readonly made: readonly (Pick<ChangeView, 'kind' | 'path' | 'from' | 'to'> & InStep)[];
  /** How many more there were. */
  readonly unlisted: number;
  /** The first of the warnings. */
  readonly warnings: readonly (Pick<Note, 'text'> & InStep)[];
}

/** The record of a boot that had nothing to do. */
export interface ShortRecord extends ShortReceipt, ShortTimes, Origin {}

/** The chain of steps, each needing the one before, that took longest. */
interface CriticalPath {
  /** How long it took, in milliseconds. */
  readonly duration: number;
  /** Its steps, the first first. */
  readonly steps: readonly TimedStep[];
}

interface InStep {
  /** The id of the step. */
  readonly step: string;
}

/** A receipt as it is read: an earlier release has left out what it did not know. */
type ReadReceipt = ShortReceipt & Partial<Omit<Receipt & ShortTimes, keyof ShortReceipt>>;

/** The mark of a boot as it is read. */
interface MarkedBoot extends RunningMark, Partial<Omit<RunningBoot, keyof RunningMark>> {}

/** A boot that has begun and not ended, or whose process is gone. */
interface BegunBoot extends Omit<MarkedBoot, 'result'> {
  /** Whether its process still runs, as far as anybody can tell. */
  readonly result: 'running' | 'killed';
}

/** How the last boots of a container went. */
export interface StatusDocument {
  /** The version of the document. */
  readonly version: 1;
  /** Which document it is. */
  readonly type: 'status';
  /** The worst result of the boots; `unknown` where none is recorded. */
  readonly result: BootState | 'unknown';
  /** The last boot of each plan, the latest last. */
  readonly boots: readonly (ReadReceipt | BegunBoot)[];
  /** Why no boot is known; only where that is so. */
  readonly why?: string;
  /** The last boot of each plan that the home remembers; only where none of this container is known. */
  readonly before?: readonly ReadReceipt[];
}

/** What a home remembers of its boots. */
export interface HistoryDocument {
  /** The version of the document. */
  readonly version: 1;
  /** Which document it is. */
  readonly type: 'history';
  /** The first of the homes. */
  readonly home: string;
  /** The homes that were looked at. */
  readonly homes: readonly string[];
  /** The boots, the newest first. */
  readonly boots: readonly ReadReceipt[];
}

/** How the boots of a container went: what /run/hermes-boot/status.json holds. */
export interface ContainerStatus extends Omit<KnownBoots, 'boots'> {
  /** The last boot of each plan, the latest last. */
  readonly boots: readonly (ReadReceipt | MarkedBoot)[];
  /** The worst result of its boots. */
  readonly result: BootState;
}

/** Reads a receipt, all keys included; undefined when the text is not one. */
export function readReceipt(json: string): ShortReceipt | undefined {
  const value = inTodaysWords(fromJson(json));
  return fits(shortReceipt, value) ? value : undefined;
}

/** Reads a status, all keys included; undefined when the text is not one. */
export function readStatus(json: string): KnownBoots | undefined {
  const value = fromJson(json);
  const boots = isMapping(value) && Array.isArray(value.boots) ? value.boots : undefined;
  const today = boots && isMapping(value) ? { ...value, boots: boots.map(inTodaysWords) } : value;
  return fits(status, today) ? today : undefined;
}

/** What the first receipts called their results. */
const EARLIER: ReadonlyMap<unknown, BootState> = new Map([
  ['ok', 'done'],
  ['failed', 'stopped'],
]);

/** A receipt of any release, in the words of this one. */
function inTodaysWords(receipt: unknown): unknown {
  if (!isMapping(receipt)) return receipt;
  const result = EARLIER.get(receipt.result);
  return result === undefined ? receipt : { ...receipt, result };
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
  const result = worstState(boots.map((one) => one.result));
  return { version: RECEIPT_VERSION, result, start, boots };
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
export function shortOf(receipt: Receipt): ShortRecord {
  const { version, plan, file, result, reasons, started, ended, duration, changes } = receipt;
  const { slowest, boot, digest, program, host } = receipt;
  const head = { version, plan, file, result, reasons, started, ended, duration, changes, slowest };
  const times = { timing: receipt.timing, slowestSteps: slowestOf(receipt.steps) };
  return { ...head, ...times, boot, digest, program, host };
}
