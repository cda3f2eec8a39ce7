import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A command as a whole process, with nothing in its environment but what is given. */
export interface Peer {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** Brings the world back to where the command starts from; not timed. */
  readonly before?: () => void;
  /** Takes away what `before` has made; not timed. */
  readonly after?: () => void;
}

/** Minimum, quartiles and maximum. */
export interface Spread {
  readonly min: number;
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
  readonly max: number;
}

/** The times of two peers, measured in turn, and how they compare pair by pair. */
export interface Comparison {
  readonly rounds: number;
  /** In milliseconds. */
  readonly time: Spread;
  /** In milliseconds. */
  readonly peerTime: Spread;
  /** time / peerTime, of each pair. */
  readonly ratio: Spread;
}

/** How often two peers are timed, and what is in memory by then. */
export interface Rounds {
  readonly rounds: number;
  readonly cache: 'warm' | 'cold';
}

/**
 * All that a measured process finds in its environment: what else may stand there costs time. A
 * set NODE_EXTRA_CA_CERTS alone more than doubles the start of Node 20.
 */
export const CLEAN: Readonly<Record<string, string>> = { PATH: process.env.PATH ?? '' };

const DROP_CACHES = '/proc/sys/vm/drop_caches';

/** Pages, directory entries and inodes; see proc_sys_vm(5). */
const EVERYTHING = '3';

/**
 * Times two commands in turn, A B B A A B …, so that a machine that gets slower meanwhile slows
 * both, and neither always finds what the other has left in the caches. With a warm cache the
 * first pair is not counted.
 * @throws Error when one of them fails
 */
export function compare(subject: Peer, peer: Peer, { rounds, cache }: Rounds): Comparison {
  const cold = cache === 'cold';
  const pairs: { time: number; peerTime: number }[] = [];
  for (let round = cold ? 0 : -1; round < rounds; round += 1) {
    const first = round % 2 === 0 ? subject : peer;
    const second = first === subject ? peer : subject;
    const [one, two] = [timeOf(first, cold), timeOf(second, cold)];
    if (round < 0) continue;
    pairs.push(first === subject ? { time: one, peerTime: two } : { time: two, peerTime: one });
  }
  return {
    rounds,
    time: spreadOf(pairs.map(({ time }) => time)),
    peerTime: spreadOf(pairs.map(({ peerTime }) => peerTime)),
    ratio: spreadOf(pairs.map(({ time, peerTime }) => time / peerTime)),
  };
}

/**
 * The ratio of the best times. What else a machine does makes medians worse, and hardly ever all
 * rounds of one peer.
 */
export function bestToBest({ time, peerTime }: Comparison): number {
  return time.min / peerTime.min;
}

/** Why the caches of the kernel cannot be emptied here; undefined where they can. */
export function lackingForCold(): string | undefined {
  try {
    writeFileSync(DROP_CACHES, EVERYTHING);
    return undefined;
  } catch {
    return 'the page cache cannot be emptied here';
  }
}

/** The largest resident size of a Node program, in MiB. */
export function peakMemory({ name, argv: [program, ...args], env, before }: Peer): number {
  before?.();
  const hook = join(import.meta.dirname, 'peak-memory.cjs');
  const result = spawnSync(program, ['--require', hook, ...args], {
    env,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const kibibytes = Number.parseInt(String(result.output[3]), 10);
  if (!Number.isFinite(kibibytes)) throw new Error(`${name} told no peak memory`);
  return rounded(kibibytes / 1024);
}

/** Runs a command once. @throws Error with what it said when it fails */
export function runOnce({ name, argv: [program, ...args], env, before }: Peer): void {
  before?.();
  const { status, stdout, stderr, error } = spawnSync(program, args, { env, encoding: 'utf8' });
  if (status === 0) return;
  throw new Error(
    `${name} ended with ${String(status ?? error?.message)}\n${stdout}${stderr}`.trimEnd(),
  );
}

/** Minimum, quartiles and maximum of some values; each is one of the values. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number): number =>
    rounded(sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN);
  return { min: at(0), lower: at(0.25), median: at(0.5), upper: at(0.75), max: at(1) };
}

/** To three places: what lies behind is noise, and would be in docs/benchmarks.json. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function timeOf(
  { name, argv: [program, ...args], env, before, after }: Peer,
  cold: boolean,
): number {
  before?.();
  // What `before` has written is on its way to the disk, and must not be while the clock runs.
  if (cold || before !== undefined) spawnSync('sync');
  if (cold) writeFileSync(DROP_CACHES, EVERYTHING);
  const started = performance.now();
  const { status, error } = spawnSync(program, args, { env, stdio: 'ignore' });
  const time = performance.now() - started;
  after?.();
  if (status !== 0) throw new Error(`${name} ended with ${String(status ?? error?.message)}`);
  return time;
}
