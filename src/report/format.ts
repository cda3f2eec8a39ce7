import { showCount } from '../text/count.ts';

/** A number and its noun: `1 step`, `3,112 changes`. */
export function plural(value: number, noun: string): string {
  return `${showCount(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** A duration in milliseconds for people: `0.4 ms`, `31 ms`, `1.4 s`, `2 min 5 s`. */
export function showDuration(duration: number): string {
  if (duration < 0.95) return `${duration.toFixed(1)} ms`;
  if (duration < 999.5) return `${Math.round(duration)} ms`;
  if (duration < 59_950) return `${(duration / 1000).toFixed(1)} s`;
  const seconds = Math.round(duration / 1000);
  return `${showCount(Math.floor(seconds / 60))} min ${seconds % 60} s`;
}

/** A duration as documents tell it: to a tenth of a millisecond. */
export function tenths(duration: number): number {
  return Math.round(duration * 10) / 10;
}

/** Names as a person lists them: `A`, `A and B`, `A, B and C`. */
export function listNames(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
