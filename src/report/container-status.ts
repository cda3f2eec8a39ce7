import { fromJson, isListOf, isObject, isReceipt, isRunning } from './read-receipt.ts';
import type { RunningMark } from './read-receipt.ts';
import { RECEIPT_VERSION } from './receipt.ts';
import type { ShortReceipt } from './receipt.ts';

/** The last boot of a plan, or the one that has begun. */
export type LastBoot = ShortReceipt | RunningMark;

/** How the boots of a container went: what /run/hermes-boot/status.json holds. */
export interface ContainerStatus {
  readonly version: typeof RECEIPT_VERSION;
  /** The worst of its boots. */
  readonly result: LastBoot['result'];
  /**
   * Which start of the container this is about: /run may outlive one. Empty where a world has no
   * starts, as one below another root.
   */
  readonly start: string;
  /** The last boot of each plan, the latest last. */
  readonly boots: readonly LastBoot[];
}

/** From the best to the worst. */
const RESULTS = ['ok', 'degraded', 'running', 'interrupted', 'failed'] as const;

/** How many plans are remembered; an image has three. */
const MOST_PLANS = 16;

/** What is read of a status: its result is another one if it is of an earlier start. */
export type KnownBoots = Pick<ContainerStatus, 'start' | 'boots'>;

/** Reads a status; undefined when it is none of ours. */
export function readStatus(text: string): KnownBoots | undefined {
  const value = fromJson(text);
  return isStatus(value) ? value : undefined;
}

/** The status after a boot of a plan has begun or ended: what was known of that plan is over. */
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

/** The worst result of some boots; none is ok. */
export function worstOf(boots: readonly LastBoot[]): LastBoot['result'] {
  const worst = boots.reduce((most, { result }) => Math.max(most, RESULTS.indexOf(result)), 0);
  return RESULTS[worst] ?? 'ok';
}

function isStatus(value: unknown): value is KnownBoots {
  return (
    isObject(value) &&
    'version' in value &&
    value.version === RECEIPT_VERSION &&
    'start' in value &&
    typeof value.start === 'string' &&
    'boots' in value &&
    isListOf(value.boots, (boot) => isReceipt(boot) || isRunning(boot))
  );
}
