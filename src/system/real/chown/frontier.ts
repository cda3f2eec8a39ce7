/**
 * The walk over the directories of a large tree: which one is next, how many entries are expected
 * to be left, when other programs should take over, and when timers and signals have their turn.
 */
import { setImmediate } from 'node:timers/promises';
import { checkTime, type Progress, type Time } from '../../scan.ts';

/** This many entries are as good for an estimate as a full sample of directories. */
const ENOUGH_ENTRIES = 1000;

/** After how many entries a walk yields. */
const ENTRIES_PER_YIELD = 1024;

/** What a directory holds: how many entries, and the directories among them. */
export interface Visited<T> {
  readonly entries: number;
  readonly directories: readonly T[];
}

/** What a walk does. */
interface Walk<T> {
  readonly frontier: Frontier<T>;
  /** Undefined where others should take over before it; then it is left unread. */
  readonly visit: (directory: T) => Visited<T> | undefined;
  /** Whether the walk can stop. */
  readonly isOver?: () => boolean;
  /** Lets other programs take over directories; returns those that they leave. Called once. */
  readonly takeOver: (directories: readonly T[], expected: number) => Promise<readonly T[]>;
  readonly yielder: Yielder;
}

/** Visits all directories of a frontier. @throws what `checkTime` throws */
export async function walk<T>({
  frontier,
  visit,
  isOver,
  takeOver,
  yielder,
}: Walk<T>): Promise<void> {
  for (let next = frontier.next(); next !== undefined; next = frontier.next()) {
    const visited = visit(next);
    if (visited !== undefined) frontier.read(visited);
    if (isOver?.() === true) return;
    if (visited === undefined || frontier.isTooMuch) {
      frontier.replace(await takeOver(frontier.rest(), frontier.expected));
    } else if (yielder.passed(visited.entries)) await yielder.yield(frontier.expected);
  }
}

/** What is known of one level of a tree. */
interface Level<T> {
  /** Its directories that have not been read. */
  readonly waiting: T[];
  /** How many have been, and what they hold. */
  read: number;
  entries: number;
  directories: number;
}

/**
 * The directories that a walk has still to read. While it may be too much for one process, those
 * higher up come first, so that many are left to share out; every other of the first ones is taken
 * from as deep as possible, so that something is known of each level and so of the size of the
 * whole (Knuth, Estimating the efficiency of backtrack programs, 1975). Later the deepest come
 * first, so that few are remembered.
 */
export class Frontier<T> {
  #levels: Level<T>[];
  readonly #sample: number;
  #limit: number;
  /** The highest level of which something is left; nothing is ever added above it. */
  #first = 0;
  /** The level of what is to be read next. */
  #next = 0;
  #reads = 0;
  #entries = 0;

  /**
   * @param sample from how many directories the size is estimated
   * @param limit how many expected entries are too much for one process; Infinity where it is alone
   */
  constructor(top: readonly T[], sample: number, limit: number) {
    this.#levels = [{ ...newLevel(), waiting: [...top] }];
    this.#sample = sample;
    this.#limit = limit;
  }

  /** The directory to read next; undefined when all have been read. */
  next(): T | undefined {
    while (this.#levels[this.#first]?.waiting.length === 0) this.#first += 1;
    const isSampling = this.#reads < this.#sample && this.#reads % 2 === 1;
    this.#next =
      isSampling || this.#limit === Infinity
        ? this.#levels.findLastIndex(({ waiting }) => waiting.length > 0)
        : this.#first;
    return this.#levels[this.#next]?.waiting.at(-1);
  }

  /** The next directory has been read. */
  read({ entries, directories }: Visited<T>): void {
    const level = this.#levels[this.#next];
    if (level?.waiting.pop() === undefined) return;
    this.#reads += 1;
    this.#entries += entries;
    level.read += 1;
    level.entries += entries;
    level.directories += directories.length;
    if (directories.length === 0) return;
    const below = (this.#levels[this.#next + 1] ??= newLevel());
    for (const directory of directories) below.waiting.push(directory);
  }

  /** How many the unread directories may be with all below them; 0 while nobody can say. */
  get expected(): number {
    if (this.#reads < this.#sample && this.#entries < ENOUGH_ENTRIES) return 0;
    const mean = this.#entries / this.#reads;
    let [inEach, expected] = [0, 0];
    for (let depth = this.#levels.length - 1; depth >= this.#first; depth -= 1) {
      const { waiting, read, entries, directories } = this.#levels[depth] ?? newLevel();
      inEach = read === 0 ? mean : (entries + directories * inEach) / read;
      expected += waiting.length * (1 + inEach);
    }
    return expected;
  }

  /** Whether more is expected than one process should do. */
  get isTooMuch(): boolean {
    return this.#limit !== Infinity && this.expected > this.#limit;
  }

  /** What has not been read, higher up first. */
  rest(): T[] {
    return this.#levels.flatMap(({ waiting }) => waiting);
  }

  /** Goes on with other directories, for one process. */
  replace(directories: readonly T[]): void {
    this.#levels = [{ ...newLevel(), waiting: [...directories] }];
    this.#first = 0;
    this.#limit = Infinity;
  }
}

function newLevel<T>(): Level<T> {
  return { waiting: [], read: 0, entries: 0, directories: 0 };
}

/** How far a walk is, with the number of all entries as far as it can be told. */
export function withTotal(done: Progress, expected: number): Progress {
  if (done.total !== undefined || expected <= 0) return done;
  return { ...done, total: twoDigits(done.looked + expected), estimated: true };
}

/** An estimate without digits that nobody can know: `about 90,000`. */
function twoDigits(entries: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(entries)) - 1);
  return Math.ceil(entries / unit) * unit;
}

/** Lets timers and signals in on a long walk, reports its progress, and stops it when its time is up. */
export class Yielder {
  readonly #time: Time;
  readonly #doing: string;
  readonly #done: () => Progress;
  #entries = 0;

  /** @param doing for the message when it is stopped; @param done how far the walk is */
  constructor(time: Time, doing: string, done: () => Progress) {
    this.#time = time;
    this.#doing = doing;
    this.#done = done;
  }

  /** Whether a walk that has passed so many entries more should call `yield`. */
  passed(entries: number): boolean {
    this.#entries += entries;
    return this.#entries >= ENTRIES_PER_YIELD;
  }

  /**
   * @param expected how many entries may be left; 0 while nobody can say
   * @throws what `checkTime` throws
   */
  async yield(expected = 0): Promise<void> {
    this.#entries = 0;
    this.#time.progress?.(withTotal(this.#done(), expected));
    await setImmediate();
    this.check();
  }

  /** @throws what `checkTime` throws */
  check(): void {
    checkTime(this.#time.signal, this.#doing);
  }
}
