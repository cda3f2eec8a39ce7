/** So many entries tell as much of a tree as the directories of a sample. */
const PLENTY = 1000;

/** What is known of one level of a tree. */
interface Level<T> {
  /** Its directories that have not been read. */
  readonly waiting: T[];
  /** How many have been, and what they hold: entries, and directories among them. */
  read: number;
  entries: number;
  directories: number;
}

/**
 * The directories of a tree that a walk from its top has still to read. What lies higher up comes
 * first, so that many are left to deal out. Of the first ones every other is taken from as deep as
 * can be: then something is known of each level, and so of the size of the whole (Knuth, Estimating
 * the efficiency of backtrack programs, 1975).
 */
export class Frontier<T> {
  readonly #levels: Level<T>[];
  readonly #sample: number;
  /** The highest level of which something is left; nothing is ever added above it. */
  #first = 0;
  /** The level of what is to be read next. */
  #next = 0;
  #reads = 0;
  #entries = 0;

  /** @param sample from how many directories the size is guessed */
  constructor(top: readonly T[], sample: number) {
    this.#levels = [{ ...newLevel(), waiting: [...top] }];
    this.#sample = sample;
  }

  /** The directory to read next; undefined when all have been read. */
  next(): T | undefined {
    while (this.#levels[this.#first]?.waiting.length === 0) this.#first += 1;
    const isDive = this.#reads < this.#sample && this.#reads % 2 === 1;
    this.#next = isDive
      ? this.#levels.findLastIndex(({ waiting }) => waiting.length > 0)
      : this.#first;
    return this.#levels[this.#next]?.waiting.at(-1);
  }

  /** It has been read: it holds so many entries, and these directories are among them. */
  read(entries: number, directories: readonly T[]): void {
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
    if (this.#reads < this.#sample && this.#entries < PLENTY) return 0;
    const mean = this.#entries / this.#reads;
    let [inEach, expected] = [0, 0];
    for (let depth = this.#levels.length - 1; depth >= this.#first; depth -= 1) {
      const { waiting, read, entries, directories } = this.#levels[depth] ?? newLevel();
      inEach = read === 0 ? mean : (entries + directories * inEach) / read;
      expected += waiting.length * (1 + inEach);
    }
    return expected;
  }

  /** What has not been read, higher up first. */
  rest(): T[] {
    return this.#levels.flatMap(({ waiting }) => waiting);
  }
}

function newLevel<T>(): Level<T> {
  return { waiting: [], read: 0, entries: 0, directories: 0 };
}
