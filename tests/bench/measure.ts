import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** A command as a whole process. */
export interface Peer {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

/** Minimum, median and maximum. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** The times of two peers, measured in turn, and how they compare pair by pair. */
export interface Comparison {
  readonly runs: number;
  /** In milliseconds. */
  readonly a: Spread;
  readonly b: Spread;
  /** a / b. */
  readonly ratio: Spread;
}

/**
 * Times two commands in turn, A B A B …, so that a machine that gets slower meanwhile slows both.
 * The first pair is not counted.
 * @throws Error when one of them fails
 */
export function compare(a: Peer, b: Peer, runs: number): Comparison {
  const pairs = Array.from({ length: runs + 1 }, () => [timeOf(a), timeOf(b)] as const).slice(1);
  return {
    runs,
    a: spreadOf(pairs.map(([time]) => time)),
    b: spreadOf(pairs.map(([, time]) => time)),
    ratio: spreadOf(pairs.map(([first, second]) => first / second)),
  };
}

/** The largest resident size of a Node program, in MiB. */
export function peakMemory({ argv: [program, ...args], env }: Peer): number {
  const hook = join(import.meta.dirname, 'peak-memory.cjs');
  const result = spawnSync(program, ['--require', hook, ...args], {
    env,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const kibibytes = Number(String(result.output[3]));
  if (!Number.isFinite(kibibytes)) throw new Error(`${args.join(' ')} told no peak memory`);
  return kibibytes / 1024;
}

function timeOf({ name, argv: [program, ...args], env }: Peer): number {
  const started = performance.now();
  const { status } = spawnSync(program, args, { env, stdio: 'ignore' });
  const time = performance.now() - started;
  if (status !== 0) throw new Error(`${name} ended with ${String(status)}`);
  return time;
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
  return { min: at(0), median: at(0.5), max: at(1) };
}
