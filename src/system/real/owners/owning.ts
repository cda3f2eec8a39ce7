import { fchownSync, fstatSync, lchownSync, type Stats } from 'node:fs';
import type { Owner } from '../../entry.ts';
import { keepsRule, ownerBy, type OwnerRule } from '../../owner-rule.ts';
import { OwnerTally, type Progress } from '../../scan.ts';
import { namesIn, pathOf, presentOf, statOf, toStat, type Name } from '../open.ts';
import type { OpenPath } from '../open-path.ts';
import { fchown } from '../write.ts';
import { closeDirectory } from './closing.ts';
import { Failures } from './failures.ts';
import { inside } from './inside.ts';
import { worldPath } from './met.ts';
import type { Borders } from './borders.ts';
import { ownEntry } from './own-entry.ts';
import type { Place } from './places.ts';

/** A tree in which a rule is to be kept. */
export interface Owned {
  /** What the world calls its top. */
  readonly path: string;
  readonly rule: OwnerRule;
  /** What in it is left alone: other mounts, and what the rule is not about. */
  readonly borders: Borders;
  /** Whether a server decides who changes names in it: this kernel can close nothing there. */
  readonly isServed: boolean;
}

/** What one directory holds: how many entries, and the directories among them, not looked at. */
interface Held<Directory> {
  readonly met: number;
  readonly directories: readonly Directory[];
}

/**
 * Gives the directories of a tree to its owner, one by one, safely while somebody else changes it.
 * Where nobody can change names in a directory, an entry is compared and changed by its name;
 * everywhere else it is held meanwhile. Regular files with several hard links and other mounts are
 * left alone, as a scan says.
 */
export class Owning {
  readonly tally: OwnerTally;
  readonly failures = new Failures();
  readonly #tree: Owned;
  readonly #way: OpenPath;
  readonly #home: number;

  /**
   * @param way leads from the top of the tree, and opens directories to list them
   * @param home the working directory, open
   */
  constructor(tree: Owned, way: OpenPath, home: number) {
    this.tally = new OwnerTally(tree.rule);
    this.#tree = tree;
    this.#way = way;
    this.#home = home;
  }

  /** How far the walk is. */
  get progress(): Progress {
    return { looked: this.tally.entries, changed: this.tally.wrong };
  }

  /**
   * Gives a directory, and what it holds but for other directories, to the owner; the top of the
   * tree only what it holds.
   * @param below the names that lead to it from the top
   */
  directory(below: Place): Held<Place> {
    const path = worldPath(this.#tree.path, below.map(String).join('/'));
    let fd;
    try {
      fd = this.#way.enter(below);
    } catch (error) {
      this.#unopened(below, path, error);
      return { met: 1, directories: [] };
    }
    const stats = fstatSync(fd);
    const isTop = below.length === 0;
    const isNamed = below.every((name) => typeof name === 'string');
    const isWrong = this.#count(path, isNamed, stats);
    const isClosed = !this.#tree.isServed && closeDirectory(fd, stats, this.#tree.rule);
    try {
      const { met, directories } = this.#holding(fd, path, isNamed, isClosed);
      return { met, directories: directories.map((name) => [...below, name]) };
    } finally {
      if (isWrong)
        this.#give(fd, path, stats, isTop ? stats : ownerBy(this.#tree.rule, toStat(stats)));
    }
  }

  /** Gives the open top of the tree itself to the owner. */
  top(fd: number): void {
    const { path, rule } = this.#tree;
    const stats = fstatSync(fd);
    const stat = toStat(stats);
    if (!keepsRule(rule, stat)) this.#give(fd, path, stats, ownerBy(rule, stat));
  }

  #holding(fd: number, path: string, isNamed: boolean, isClosed: boolean): Held<Name> {
    try {
      return inside(fd, this.#home, () => this.#inside(fd, path, isNamed, isClosed));
    } catch (error) {
      this.tally.unreadable(path);
      this.failures.add(path, error);
      return { met: 0, directories: [] };
    }
  }

  /** @throws the system error when the working directory cannot be listed */
  #inside(fd: number, path: string, isNamed: boolean, isClosed: boolean): Held<Name> {
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
        else if (!this.#count(worldPath(path, name), isNamed && typeof name === 'string', stats))
          continue;
        else if (isClosed) lchownTo(name, ownerBy(rule, toStat(stats)));
        else ownEntry(fd, name, rule);
      } catch (error) {
        this.failures.add(worldPath(path, name), error);
      }
    }
    this.tally.right(right);
    return { met: names.length, directories };
  }

  /** Gives a directory that cannot be opened to the owner all the same, by itself. */
  #unopened(below: Place, path: string, error: unknown): void {
    const name = below.at(-1);
    if (name === undefined || !this.failures.add(path, error)) return;
    this.tally.unreadable(path);
    this.failures.attempt(path, () => {
      const holder = this.#way.enter(below.slice(0, -1));
      const stats = statOf(pathOf(holder, name));
      const isNamed = below.every((each) => typeof each === 'string');
      if (stats !== undefined && this.#count(path, isNamed, stats)) {
        ownEntry(holder, name, this.#tree.rule);
      }
    });
  }

  /** Counts an entry; tells whether it has to change. */
  #count(path: string, isNamed: boolean, stats: Stats): boolean {
    return this.tally.entry(path, presentOf(stats), !isNamed);
  }

  /** Gives a directory to somebody, or back to whom it belonged. */
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

function lchownTo(name: Name, { uid, gid }: Owner): void {
  lchownSync(name, uid, gid);
}
