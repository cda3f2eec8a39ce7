/**
 * Scans a real tree for wrong owners: alone first, with find(1) where the tree is large; the scan
 * before a repair stops early where most entries are wrong.
 */
import type { Stats } from 'node:fs';
import type { Present } from '../../entry.ts';
import type { OwnerRule } from '../../owner-rule.ts';
import { OwnerTally, type Time } from '../../scan.ts';
import type { OwnerLook, OwnerScan } from '../../tree.ts';
import { namesIn, presentOf, statOf, type Name } from '../open.ts';
import { findOwners, roundRobin } from './find-owners.ts';
import { Frontier, walk, withTotal, Yielder, type Visited } from './frontier.ts';
import type { Limits } from './limits.ts';
import { joined, worldPath, type Borders } from './tree-paths.ts';

/** Find is started at once where this many times what this process scans alone is expected. */
const PLAINLY_MORE = 2;

/** A tree to scan. */
export interface ScannedTree {
  /** What the world calls its top. */
  readonly path: string;
  /** Its top on the machine. */
  readonly host: string;
  readonly rule: OwnerRule;
  /** What in it is not entered. */
  readonly borders: Borders;
}

/** What the scan before a repair found. */
interface RepairScan {
  readonly scan: OwnerLook;
  /** Where the wrong entries are, below the top. */
  readonly places: readonly Name[];
}

/**
 * Compares the owners of a real tree with a rule. Scanning is plain and fast: it goes by path, and
 * a tree changed under it can at worst be misreported. What is then changed is changed safely.
 */
export async function scanOwners(
  tree: ScannedTree,
  limits: Limits,
  time: Time,
): Promise<OwnerScan> {
  const scanner = new OwnerScanner(tree, limits, time, false);
  await scanner.run();
  return scanner.found.tally.scan();
}

/**
 * Does the same before a repair: remembers what is wrong, and stops where that is so much that a
 * walk which changes it finds it as quickly.
 */
export async function scanForRepair(
  tree: ScannedTree,
  limits: Limits,
  time: Time,
): Promise<RepairScan> {
  const scanner = new OwnerScanner(tree, limits, time, true);
  await scanner.run();
  const { tally, places } = scanner.found;
  return { scan: { ...tally.scan(), complete: !scanner.isEnough }, places };
}

/** A directory that is still to be read. */
interface PendingDirectory {
  /** Where it is on the machine. */
  readonly host: Name;
  /** Its path below the top of the tree, empty for the top; bytes where that is not valid UTF-8. */
  readonly below: Name;
}

/** What has been met in a tree, and where the wrong entries are. */
interface Found {
  readonly tally: OwnerTally;
  readonly places: Name[];
}

/** One scan of a tree. */
class OwnerScanner {
  readonly found: Found;
  isEnough = false;
  readonly #tree: ScannedTree;
  readonly #limits: Limits;
  readonly #time: Time;
  readonly #yielder: Yielder;
  readonly #remembers: boolean;
  /** How many entries are scanned before find is started. */
  #mostAlone: number;
  /** Ends the finds. */
  #ending: AbortController | undefined;

  /** @param remembers whether it remembers what is wrong, and stops at too much of that */
  constructor(tree: ScannedTree, limits: Limits, time: Time, remembers: boolean) {
    this.found = { tally: new OwnerTally(tree.rule), places: [] };
    this.#tree = tree;
    this.#limits = limits;
    this.#time = time;
    this.#yielder = new Yielder(time, `looking at the owners below ${tree.path}`, () => {
      return { looked: this.found.tally.entries, changed: 0 };
    });
    this.#remembers = remembers;
    this.#mostAlone = limits.alone.scan;
  }

  async run(): Promise<void> {
    const top = { host: this.#tree.host, below: '' };
    const tops = this.#scanTop(top) ? [top] : [];
    await walk<PendingDirectory>({
      frontier: new Frontier(tops, this.#limits.sample, PLAINLY_MORE * this.#mostAlone),
      visit: (directory) => this.#visit(directory),
      isOver: () => this.#hasEnough(),
      takeOver: (directories, expected) => this.#find(this.#pastBorders(directories), expected),
      yielder: this.#yielder,
    });
  }

  /** Scans what a directory holds; undefined where that is too much without find. */
  #visit(directory: PendingDirectory): Visited<PendingDirectory> | undefined {
    const names = this.#namesIn(directory);
    if (this.found.tally.entries + names.length > this.#mostAlone) return undefined;
    return { entries: names.length, directories: this.#scan(directory, names) };
  }

  /** Scans the directories above a border; returns what lies beside it. */
  #pastBorders(directories: readonly PendingDirectory[]): readonly PendingDirectory[] {
    const { path, borders } = this.#tree;
    const [crossed, whole] = [[...directories], new Array<PendingDirectory>()];
    for (let next = crossed.pop(); next !== undefined; next = crossed.pop()) {
      if (!borders.isAbove(worldPath(path, next.below))) whole.push(next);
      else crossed.push(...this.#scan(next, this.#namesIn(next)));
    }
    return whole;
  }

  /**
   * Lets finds scan everything below some directories.
   * @param expected how many entries that may be; 0 where nobody can say
   * @returns the directories that are left, all of them where there is no such find or one processor
   */
  async #find(
    directories: readonly PendingDirectory[],
    expected: number,
  ): Promise<readonly PendingDirectory[]> {
    this.#mostAlone = Infinity;
    const { host: cwd, rule } = this.#tree;
    const { find } = this.#limits;
    // Asked now, not before: a boot with small trees does not load what tells it.
    const processes = this.#limits.processes();
    if (processes === 1) return directories;
    const found = { tally: new OwnerTally(rule), places: [] };
    // An argument of a process is text.
    const names = directories.flatMap(({ below }) => (typeof below === 'string' ? [below] : []));
    const size = this.found.tally.entries + expected;
    const tell = (): void => {
      const looked = this.found.tally.entries + found.tally.entries;
      this.#time.progress?.(withTotal({ looked, changed: 0 }, size - looked));
    };
    const ending = (this.#ending = new AbortController());
    const signal = AbortSignal.any([this.#time.signal, ending.signal]);
    try {
      await findOwners({ find, cwd, rule, signal }, roundRobin(names, processes), {
        right: (count) => {
          found.tally.right(count);
          tell();
        },
        other: (count) => {
          found.tally.other(count);
          tell();
        },
        wrong: (below, entry) => {
          this.#add(below, entry, found);
          this.#hasEnough(found);
          tell();
        },
      });
    } catch {
      this.#yielder.check();
      if (!this.isEnough) return directories;
    }
    this.found.tally.add(found.tally.scan());
    for (const place of found.places) this.found.places.push(place);
    return this.isEnough ? [] : directories.filter(({ below }) => typeof below !== 'string');
  }

  /** Whether so much is wrong that the scan is over. @param more what finds have met */
  #hasEnough(more?: Found): boolean {
    const wrong = this.found.places.length + (more?.places.length ?? 0);
    const entries = this.found.tally.entries + (more?.tally.entries ?? 0);
    const { least, most } = this.#limits.remembered;
    if (wrong > most || (wrong > least && wrong * 2 > entries)) {
      this.isEnough = true;
      this.#ending?.abort();
    }
    return this.isEnough;
  }

  #add(below: Name, entry: Present, { tally, places }: Found = this.found): void {
    const path = worldPath(this.#tree.path, below);
    const isWrong = tally.entry(path, entry, typeof below !== 'string');
    if (isWrong && this.#remembers) places.push(below);
  }

  /** Scans the top by itself; returns whether it is a directory. */
  #scanTop({ host, below }: PendingDirectory): boolean {
    try {
      const stats = statOf(host);
      if (stats === undefined) return false;
      this.#add(below, presentOf(stats));
      return stats.isDirectory();
    } catch {
      this.found.tally.unreadable(this.#tree.path);
      return false;
    }
  }

  /** Scans what a directory holds; returns the directories in it. */
  #scan(directory: PendingDirectory, names: readonly Name[]): PendingDirectory[] {
    const { borders, path, rule } = this.#tree;
    const isCrossed = borders.isAbove(worldPath(path, directory.below));
    const directories: PendingDirectory[] = [];
    let right = 0;
    for (const name of names) {
      if (isCrossed) {
        const at = worldPath(path, childOf(directory, name).below);
        const border = borders.at(at);
        if (border === 'mount') this.found.tally.mount(at);
        if (border !== undefined) continue;
      }
      const stats = this.#statIn(directory, name);
      if (stats === undefined) continue;
      const isRight = stats.uid === rule.to.uid && stats.gid === rule.to.gid;
      if (isRight) right += 1;
      // Most entries are files and right, and need no name of their own.
      if (isRight && !stats.isDirectory()) continue;
      const child = childOf(directory, name);
      if (!isRight) this.#add(child.below, presentOf(stats));
      if (stats.isDirectory()) directories.push(child);
    }
    this.found.tally.right(right);
    return directories;
  }

  #namesIn({ host, below }: PendingDirectory): Name[] {
    try {
      return namesIn(host);
    } catch {
      this.found.tally.unreadable(worldPath(this.#tree.path, below));
      return [];
    }
  }

  /** What has vanished meanwhile is nothing; what cannot be looked at (a path too long) is noted. */
  #statIn(directory: PendingDirectory, name: Name): Stats | undefined {
    try {
      return statOf(joined(directory.host, name));
    } catch {
      this.found.tally.unreadable(worldPath(this.#tree.path, childOf(directory, name).below));
      return undefined;
    }
  }
}

function childOf({ host, below }: PendingDirectory, name: Name): PendingDirectory {
  return { host: joined(host, name), below: below.length === 0 ? name : joined(below, name) };
}
