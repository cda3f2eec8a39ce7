/** Gives a whole tree to its owner in one walk that counts what it changes. */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { componentsOf } from '../../path.ts';
import type { Progress, Time } from '../../scan.ts';
import type { OwnerScan } from '../../tree.ts';
import { O_PATH, openDirectory } from '../open.ts';
import { OpenPath } from '../open-path.ts';
import { isClosedToOthers } from './chown-entry.ts';
import { ChownFailures } from './chown-failures.ts';
import { canChown, chownByProgram } from './chown-program.ts';
import { DirectoryChowner, type ChownTree } from './directory-chowner.ts';
import { Frontier, walk, withTotal, Yielder } from './frontier.ts';
import type { Limits } from './limits.ts';
import { worldPath, type Place } from './tree-paths.ts';

/** Which part of the limit of one process directories must promise for chown(1) to pay. */
const LEAST_PART = 1 / 20;

/**
 * Gives a whole tree to its owner; see DirectoryChowner. Parts of a large one are left to chown(1)
 * where that is as safe. The top itself comes last, so that an interrupted repair is seen again.
 *
 * @returns what it found, as a scan before it would have
 * @throws Problem that says how many entries could not be changed, after all were tried
 */
export async function chownTree(tree: ChownTree, limits: Limits, time: Time): Promise<OwnerScan> {
  const top = openDirectory(tree.root, componentsOf(tree.path), 'list');
  const cwd = openSync('.', O_PATH | constants.O_DIRECTORY);
  const chowner = new TreeChowner(tree, limits, time, { top, cwd });
  try {
    return await chowner.run();
  } finally {
    chowner.close();
    for (const fd of [top, cwd]) closeSync(fd);
  }
}

class TreeChowner {
  readonly #tree: ChownTree;
  readonly #limits: Limits;
  readonly #time: Time;
  readonly #way: OpenPath;
  readonly #chowner: DirectoryChowner;
  /** For what chown has not changed but its scan has counted: only what it cannot do matters. */
  readonly #uncounted: DirectoryChowner;
  readonly #yielder: Yielder;
  /** How many entries the tree may have; 0 while nobody can say. */
  #size = 0;
  /** Whether our own walk does the rest. */
  #isAlone: boolean;

  /** @param open the top of the tree and the working directory */
  constructor(tree: ChownTree, limits: Limits, time: Time, open: Record<'top' | 'cwd', number>) {
    this.#tree = tree;
    this.#limits = limits;
    this.#time = time;
    this.#way = new OpenPath(open.top, 'list');
    const failures = new ChownFailures();
    this.#chowner = new DirectoryChowner(tree, this.#way, open.cwd, failures);
    this.#uncounted = new DirectoryChowner(tree, this.#way, open.cwd, failures);
    this.#yielder = new Yielder(time, `setting the owners below ${tree.path}`, () => {
      return this.#progress;
    });
    this.#isAlone = tree.isServed;
  }

  async run(): Promise<OwnerScan> {
    await this.#walk([[]], this.#chowner);
    this.#chowner.finish();
    this.#chowner.failures.throwAny(this.#tree.path);
    return this.#chowner.tally.scan();
  }

  get #progress(): Progress {
    const done = this.#chowner.progress;
    return withTotal(done, this.#size - done.looked);
  }

  close(): void {
    this.#way.close();
  }

  #walk(places: readonly Place[], chowner: DirectoryChowner): Promise<void> {
    const { sample, alone } = this.#limits;
    return walk({
      frontier: new Frontier(places, sample, this.#isAlone ? Infinity : alone.chown),
      visit: (place) => chowner.directory(place, !this.#isAlone),
      takeOver: (directories, expected) => this.#takeOver(directories, expected),
      yielder: this.#yielder,
    });
  }

  /** Lets chown(1) change what is below some directories; returns those for our own walk. */
  async #takeOver(directories: readonly Place[], expected: number): Promise<readonly Place[]> {
    this.#isAlone = true;
    this.#size = this.#chowner.progress.looked + expected;
    const { rule } = this.#tree;
    if (!(await canChown(rule, this.#limits, this.#time.signal))) return directories;
    const least = (LEAST_PART * this.#limits.alone.chown * directories.length) / expected;
    const left: Place[] = [];
    const failed: Place[] = [];
    for (const siblings of this.#siblingsIn(directories, left)) {
      if (siblings.length < least) left.push(...siblings);
      else await this.#runChown(siblings, left, failed);
    }
    await this.#walk(failed, this.#uncounted);
    return left;
  }

  /** Groups directories by the one that holds them, but for those that chown must not get. */
  #siblingsIn(directories: readonly Place[], left: Place[]): Iterable<readonly Place[]> {
    const groups = new Map<string, Place[]>();
    for (const place of directories) {
      // Chown does not know of borders, and an argument of a process is text.
      const isText = place.every((name) => typeof name === 'string');
      if (!isText || this.#tree.borders.isAbove(this.#pathOf(place))) left.push(place);
      else {
        const holder = place.slice(0, -1).join('/');
        const group = groups.get(holder);
        if (group === undefined) groups.set(holder, [place]);
        else group.push(place);
      }
    }
    return groups.values();
  }

  /** Lets chown change directories of one directory, where nobody else can change its names. */
  async #runChown(siblings: readonly Place[], left: Place[], failed: Place[]): Promise<void> {
    const parent = siblings[0]?.slice(0, -1) ?? [];
    const holder = this.#enter(parent);
    if (holder === undefined || !isClosedToOthers(fstatSync(holder))) {
      left.push(...siblings);
      return;
    }
    const { rule } = this.#tree;
    const names = siblings.map((place) => String(place.at(-1)));
    const { signal, progress } = this.#time;
    const job = { holder, path: this.#pathOf(parent), rule, signal };
    await chownByProgram(job, names, this.#limits, (some, outcome) => {
      const places = some.map((name) => [...parent, name]);
      if (outcome.type === 'refused') left.push(...places);
      else this.#chowner.tally.add(outcome.scan);
      if (outcome.type === 'failed') failed.push(...places);
      progress?.(this.#progress);
    });
    this.#yielder.check();
  }

  #enter(place: Place): number | undefined {
    try {
      return this.#way.enter(place);
    } catch {
      return undefined;
    }
  }

  #pathOf(place: Place): string {
    return worldPath(this.#tree.path, place.join('/'));
  }
}
