/** How far a step is, as text, and when the log of a boot says so again. */
import { counted, showCount } from '../text/phrases.ts';
import type { StepProgress } from './event-view.ts';

/** After how many seconds a step logs how far it is; see `nextDue` for what follows. */
const DUE = [10, 30, 60, 120] as const;

/** In seconds, from then on. */
const DUE_EVERY = 180;

/** A rate is of use from here on, in milliseconds. */
const RATED_FROM = 2000;

/** When the log says again how far a step is, in milliseconds since it began. */
export function nextDue(elapsed: number): number {
  const seconds = elapsed / 1000;
  const [first] = DUE.filter((due) => due > seconds);
  if (first !== undefined) return first * 1000;
  const [last] = DUE.slice(-1);
  const rounds = Math.floor((seconds - (last ?? 0)) / DUE_EVERY) + 1;
  return ((last ?? 0) + rounds * DUE_EVERY) * 1000;
}

/** How long something takes by now, in whole seconds: `38 s`, `2 min 5 s`. */
export function showElapsed(elapsed: number): string {
  const seconds = Math.floor(elapsed / 1000);
  return seconds < 60
    ? `${seconds} s`
    : `${counted(Math.floor(seconds / 60), 'min', 'min')} ${seconds % 60} s`;
}

/**
 * How far a step is: `41,200 of 90,000 looked at, 12,310 changed, 38 s (1,080/s)`. The forms get
 * shorter, for where there is less room.
 */
export function progressForms(progress: StepProgress): readonly [string, ...string[]] {
  const { doing, looked, changed, total, estimated, rate, elapsed } = progress;
  const time = showElapsed(elapsed);
  if (looked === 0) {
    return doing === null ? [time] : [`${doing}, ${time}`, time];
  }
  const all = total === null ? '' : ` of ${estimated ? 'about ' : ''}${showCount(total)}`;
  const seen = `${showCount(looked)}${all}`;
  const work = changed > 0 ? `, ${showCount(changed)} changed` : '';
  const long = `${seen} looked at${work}, ${time}`;
  const isRated = rate !== null && elapsed >= RATED_FROM;
  return [
    isRated ? `${long} (${showCount(rate)}/s)` : long,
    long,
    `${seen} looked at, ${time}`,
    `${seen}, ${time}`,
    `${showCount(looked)}, ${time}`,
    time,
  ];
}
