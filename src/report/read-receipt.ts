import { isMoment } from './moment.ts';
import { RECEIPT_VERSION } from './receipt.ts';
import type { Origin, RunningBoot, ShortReceipt } from './receipt.ts';

/*
 * Receipts are read where others may have written: what is not one is none. What else a receipt
 * holds than every receipt does is kept, and not looked at.
 */

/** The mark of a boot that has begun, as far as a reader needs it. */
export type RunningMark = Omit<RunningBoot, keyof Origin>;

/** Whether a value from JSON is a receipt. */
export function isReceipt(value: unknown): value is ShortReceipt {
  return (
    isHead(value) &&
    ['ok', 'degraded', 'interrupted', 'failed'].includes(value.result) &&
    'reasons' in value &&
    isListOf(value.reasons, isReason) &&
    'ended' in value &&
    typeof value.ended === 'string' &&
    isMoment(value.ended) &&
    'duration' in value &&
    typeof value.duration === 'number' &&
    'changes' in value &&
    (value.changes === null || typeof value.changes === 'number') &&
    'slowest' in value &&
    (value.slowest === null || isTimed(value.slowest))
  );
}

/** Whether a value from JSON is the mark of a boot that has begun. */
export function isRunning(value: unknown): value is RunningMark {
  return isHead(value) && value.result === 'running';
}

/** JSON as a value; undefined when it is none. */
export function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a value is an object or a list. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Whether a value is a list of one kind. */
export function isListOf(value: unknown, is: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(is);
}

interface Head {
  readonly plan: string;
  readonly file: string;
  readonly result: string;
  readonly started: string;
}

function isHead(value: unknown): value is Head {
  return (
    isObject(value) &&
    'version' in value &&
    value.version === RECEIPT_VERSION &&
    'plan' in value &&
    typeof value.plan === 'string' &&
    'file' in value &&
    typeof value.file === 'string' &&
    'result' in value &&
    typeof value.result === 'string' &&
    'started' in value &&
    typeof value.started === 'string' &&
    isMoment(value.started)
  );
}

function isReason(value: unknown): boolean {
  return (
    isObject(value) &&
    'about' in value &&
    (value.about === null || typeof value.about === 'string') &&
    'text' in value &&
    typeof value.text === 'string' &&
    'mend' in value &&
    isListOf(value.mend, (line) => typeof line === 'string')
  );
}

function isTimed(value: unknown): boolean {
  return (
    isObject(value) &&
    'step' in value &&
    typeof value.step === 'string' &&
    'duration' in value &&
    typeof value.duration === 'number'
  );
}
