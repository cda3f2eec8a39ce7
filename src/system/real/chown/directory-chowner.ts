/**
 * Changes the owners in a tree directory by directory, safely while somebody else changes it: no
 * link is followed, and an entry is changed by its name only where nobody can change names.
 */
import { fchownSync, fstatSync, lchownSync, type Stats } from 'node:fs';
import type { Owner } from '../../entry.ts';
import { keepsRule, ownerBy, type OwnerRule } from '../../owner-rule.ts';
import { OwnerTally, type Progress } from '../../scan.ts';
import { namesIn, pathOf, presentOf, statOf, toStat, type Name } from '../open.ts';
import type { OpenPath } from '../open-path.ts';
import { fchown } from '../write.ts';
import { chownEntry, isClosedToOthers, lockOutOthers } from './chown-entry.ts';
import type { ChownFailures } from './chown-failures.ts';
import type { Visited } from './frontier.ts';
import { worldPath, type Borders, type Place } from './tree-paths.ts';

/** A tree in which owners change by a rule. */
export interface ChownTree {
  /** The root of the world, open. */
  readonly root: number;
  /** What the world calls the top of the tree. */
  readonly path: string;
  readonly rule: OwnerRule;
  /** What in it is left alone: other mounts, and what the rule is not about. */
  readonly borders: Borders;
  /** Whether a server decides who changes names in it: this kernel can lock nobody out of it. */
  readonly isServed: boolean;
}

/**
 * Changes directories one by one. Where nobody can change names in a directory, an entry is
 * compared and changed by its name; everywhere else it is held meanwhile. Regular files with
 * several hard links and other mounts are left alone, as a scan says.
 */
export class DirectoryChowner {
  readonly tally: OwnerTally;
  readonly failures: ChownFailures;
  readonly #tree: ChownTree;
  readonly #way: OpenPath;
  readonly #cwd: number;
  /** Directories that change after what is below them, parents first. */
  readonly #last: Place[] = [];

  /**
   * @param way leads from the top of the tree, and opens directories to list them
   * @param cwd the working directory, open
   */
  constructor(tree: ChownTree, way: OpenPath, cwd: number, failures: ChownFailures) {
    this.tally = new OwnerTally(tree.rule);
    this.failures = failures;
    this.#tree = tree;
    this.#way = way;
    this.#cwd = cwd;
  }

  get progress(): Progress {
    return { looked: this.tally.entries, changed: this.tally.wrong };
  }

  /**
   * Gives a directory, and what it holds but for other directories, to the owner; the top of the
   * tree itself only in `finish`.
   * @param place the names that lead to it from the top
   * @param keepsRoots whether one in which only root can change names stays so until `finish`,
   *   where it holds other directories
   */
  directory(place: Place, keepsRoots: boolean): Visited<Place> {
    const path = worldPath(this.#tree.path, place.map(String).join('/'));
    let fd;
    try {
      fd = this.#way.enter(place);
    } catch (error) {
      this.#unopened(place, path, error);
      return { entries: 1, directories: [] };
    }
    const stats = fstatSync(fd);
    const isText = place.every((name) => typeof name === 'string');
    const isWrong = this.#count(path, isText, stats);
    const { isServed, rule } = this.#tree;
    const isLocked = !isServed && lockOutOthers(fd, stats, rule);
    let isLast = place.length === 0;
    try {
      const { entries, directories } = this.#contents(fd, path, isText, isLocked);
      isLast ||= keepsRoots && isWrong && directories.length > 0 && isClosedToOthers(stats);
      return { entries, directories: directories.map((name) => [...place, name]) };
    } finally {
      if (isLast) this.#last.push(place);
      const owner = isLast ? stats : ownerBy(rule, toStat(stats));
      if (isWrong && !(isLast && isClosedToOthers(stats))) this.#give(fd, path, stats, owner);
    }
  }

  /** Changes the directories that were left until the end, the top as the very last. */
  finish(): void {
    const { path: top, rule } = this.#tree;
    for (const place of this.#last.reverse()) {
      if (place.length === 0 && this.failures.any && rule.topProves === true) return;
      const path = worldPath(top, place.map(String).join('/'));
      this.failures.attempt(path, () => {
        const fd = this.#way.enter(place);
        const stats = fstatSync(fd);
        const stat = toStat(stats);
        if (!keepsRule(rule, stat)) this.#give(fd, path, stats, ownerBy(rule, stat));
      });
    }
  }

  #contents(fd: number, path: string, isText: boolean, isLocked: boolean): Visited<Name> {
    try {
      return withCwd(fd, this.#cwd, () => this.#inCwd(fd, path, isText, isLocked));
    } catch (error) {
      this.tally.unreadable(path);
      this.failures.add(path, error);
      return { entries: 0, directories: [] };
    }
  }

  /** @throws the system error when the working directory cannot be listed */
  #inCwd(fd: number, path: string, isText: boolean, isLocked: boolean): Visited<Name> {
    const { borders, rule } = this.#tree;
    const isCrossed = borders.isAbove(path);
    const directories: Name[] = [];
    const names = namesIn('.');
    let right = 0;
    for (const name of names) {
      if (isCrossed) {
        const border = borders.at(worldPath(path, name));
        if (border === 'mount') this.tally.mount(worldPath(path, name));
        if (border !== undefined) continue;
      }
      try {
        const stats = statOf(name);
        if (stats === undefined) continue;
        if (stats.isDirectory()) directories.push(name);
        else if (stats.uid === rule.to.uid && stats.gid === rule.to.gid) right += 1;
        else if (!this.#count(worldPath(path, name), isText && typeof name === 'string', stats))
          continue;
        else if (isLocked) {
          const { uid, gid } = ownerBy(rule, toStat(stats));
          lchownSync(name, uid, gid);
        } else chownEntry(fd, name, rule);
      } catch (error) {
        this.failures.add(worldPath(path, name), error);
      }
    }
    this.tally.right(right);
    return { entries: names.length, directories };
  }

  /** Gives a directory that cannot be opened to the owner all the same, by itself. */
  #unopened(place: Place, path: string, error: unknown): void {
    const name = place.at(-1);
    if (name === undefined || !this.failures.add(path, error)) return;
    this.tally.unreadable(path);
    this.failures.attempt(path, () => {
      const holder = this.#way.enter(place.slice(0, -1));
      const stats = statOf(pathOf(holder, name));
      const isText = place.every((each) => typeof each === 'string');
      if (stats !== undefined && this.#count(path, isText, stats)) {
        chownEntry(holder, name, this.#tree.rule);
      }
    });
  }

  /** Counts an entry; returns whether it has to change. */
  #count(path: string, isText: boolean, stats: Stats): boolean {
    return this.tally.entry(path, presentOf(stats), !isText);
  }

  /** Gives a directory to somebody, or back to its former owner. */
  #give(fd: number, path: string, former: Owner, owner: Owner): void {
    this.failures.attempt(path, () => {
      try {
        fchown(fd, owner, path);
      } catch (error) {
        fchownSync(fd, former.uid, former.gid);
        throw error;
      }
    });
  }
}

/**
 * Does something with an open directory as the working directory: there a name takes half the time
 * that it takes by the descriptor of the directory. The working directory is everybody's, so `act`
 * waits for nothing: whoever comes next finds what was there before.
 * @param cwd where to go back to, open; where nobody may enter it any more, that is the root
 * @throws the system error when nobody may enter the directory; what `act` throws
 */
export function withCwd<T>(directory: number, cwd: number, act: () => T): T {
  process.chdir(`/proc/self/fd/${directory}`);
  try {
    return act();
  } finally {
    try {
      process.chdir(`/proc/self/fd/${cwd}`);
    } catch {
      process.chdir('/');
    }
  }
}
