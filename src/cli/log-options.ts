/** How the log of a boot is written: the options of `run`, and the wishes of its environment. */
import { either } from '../plan/wanted.ts';
import { LEVELS, PRINTED_LEVELS, type Level } from '../report/level.ts';
import type { Environment } from '../report/paint.ts';
import type { Arguments } from './command-line.ts';
import { ExitError } from './exit.ts';

const FORMATS = ['plain', 'json', 'live'] as const;

/** How a log is written: lines, JSON documents, or lines with what lasts drawn below them. */
export type LogFormat = (typeof FORMATS)[number];

/** S6_VERBOSITY as a level: by default, 2, a boot logs as much as a person reads. */
const OF_VERBOSITY: readonly Level[] = ['error', 'warn', 'info', 'debug'];

/** What is asked of a log. */
export interface LogWish {
  /** Undefined where nobody has asked: live on a terminal, else plain. */
  readonly format: LogFormat | undefined;
  readonly level: Level;
  /** Why variables were not used, a line each. */
  readonly refused: readonly string[];
}

/**
 * Reads how to log. An option decides before the environment. A container boots although somebody
 * has mistyped a variable of its log: that is a warning.
 * @throws ExitError when an option has a value that there is not
 */
export function readLogWish({ options }: Arguments, env: Environment): LogWish {
  const refused: string[] = [];
  const variable = <T>(name: string, read: (value: string) => T | undefined, wanted: string) => {
    const value = env[name] ?? '';
    if (value === '') return undefined;
    const found = read(value);
    if (found === undefined)
      refused.push(`${name}=${value} refused, wanted ${wanted}; not applied`);
    return found;
  };
  // Both are read, so that a mistake is told although an option decides.
  const ofContainer = {
    format: variable('HERMES_BOOT_LOG', (value) => oneOf(value, FORMATS), either(FORMATS)),
    level: variable('S6_VERBOSITY', levelOf, 'a number from 0 (errors only) to 5'),
  };
  const format =
    option(options.get('log'), '--log', FORMATS, (value) => oneOf(value, FORMATS)) ??
    ofContainer.format;
  const level =
    option(options.get('log-level'), '--log-level', LEVELS, levelNamed) ?? ofContainer.level;
  return { format, level: level ?? 'info', refused };
}

function option<T extends string>(
  value: string | undefined,
  name: string,
  known: readonly T[],
  read: (value: string) => T | undefined,
): T | undefined {
  if (value === undefined) return undefined;
  const found = read(value);
  if (found !== undefined) return found;
  const text = `${name} is ${JSON.stringify(value)}; wanted ${either(known)}`;
  throw new ExitError('usage', text, 'see hermes-boot run --help');
}

function oneOf<T extends string>(value: string, known: readonly T[]): T | undefined {
  return known.find((one) => one === value);
}

/** The level of a name, also of the one that the lines of the log have for it. */
function levelNamed(value: string): Level | undefined {
  return LEVELS.find((level) => level === value || PRINTED_LEVELS[level] === value);
}

function levelOf(value: string): Level | undefined {
  if (!/^\d{1,2}$/.test(value)) return undefined;
  return OF_VERBOSITY[Number(value)] ?? 'debug';
}
