/** How much a line or an event of a log matters. */
import type { OnFailure } from '../plan/plan.ts';

/** From the least to the most; `debug` is for those who ask. */
export const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** How much a line or an event matters. */
export type Level = (typeof LEVELS)[number];

/** How a line of text names its level: as s6 does, whose lines stand in the same log. */
export const PRINTED_LEVELS: Readonly<Record<Level, string>> = {
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  error: 'fatal',
};

/** How much the failure of a step matters, by what follows from it. */
export const FAILURE_LEVELS: Readonly<Record<OnFailure, Level>> = {
  stop: 'error',
  degrade: 'warn',
  ignore: 'info',
};

/** Whether something matters enough for a log that starts at a level. */
export function matters(level: Level, least: Level): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(least);
}
