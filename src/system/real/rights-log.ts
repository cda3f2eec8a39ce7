/** Sets owners and modes, checks them once more and collects what the file system did not keep. */
import { chmodSync, chownSync, fstatSync, type Stats } from 'node:fs';
import { errnoOf } from '../../errors/problem.ts';
import { sameOwner, type Owner } from '../entry.ts';
import { REFUSALS, type How, type Unkept } from '../unkept.ts';
import { pathOf, toStat } from './open.ts';

/**
 * Sets owners and modes of entries that are held open, looks at each once more, and collects what
 * the file system did not keep. What is made there is made all the same: content must not be lost
 * because its rights cannot be kept.
 */
export class RightsLog {
  readonly #path: string;
  readonly #isTolerant: boolean;
  readonly #found: Unkept[];

  /**
   * @param path what the change is about
   * @param isTolerant whether a refusal tells of the file system: of one that keeps owners and modes
   *   it tells of this process or this entry, and is thrown
   * @param found takes what was not kept
   */
  constructor(path: string, isTolerant: boolean, found: Unkept[]) {
    this.#path = path;
    this.#isTolerant = isTolerant;
    this.#found = found;
  }

  /** How much was not kept so far. */
  mark(): number {
    return this.#found.length;
  }

  /** Forgets what was not kept since a mark: of an entry that does not stay. */
  rewind(mark: number): void {
    this.#found.length = mark;
  }

  /** Sets the mode of an entry that is held. */
  setMode(fd: number, mode: number): void {
    const how = this.#attempt(() => {
      chmodSync(pathOf(fd), mode);
    });
    const stats = fstatSync(fd);
    this.#compare(stats, 'mode', mode, toStat(stats).mode, how);
  }

  /** Gives an entry that is held to an owner, unless it is his. */
  setOwner(fd: number, owner: Owner): void {
    if (sameOwner(fstatSync(fd), owner)) return;
    const how = this.#attempt(() => {
      chownSync(pathOf(fd), owner.uid, owner.gid);
    });
    const stats = fstatSync(fd);
    this.#compare(stats, 'user', owner.uid, stats.uid, how);
    this.#compare(stats, 'group', owner.gid, stats.gid, how);
  }

  /**
   * Gives what was just made its mode and owner: in this order it takes no
   * CAP_FOWNER, and no CAP_FSETID for a set-group-id bit.
   */
  give(fd: number, mode: number, owner: Owner): void {
    this.setMode(fd, mode);
    this.setOwner(fd, owner);
  }

  #attempt(act: () => void): How {
    try {
      act();
      return 'ignored';
    } catch (error) {
      if (!this.#isTolerant || !REFUSALS.has(errnoOf(error) ?? '')) throw error;
      return 'refused';
    }
  }

  #compare(stats: Stats, part: Unkept['part'], asked: number, shown: number, how: How): void {
    if (asked === shown) return;
    const kind = stats.isDirectory() ? 'directory' : 'file';
    this.#found.push({ path: this.#path, kind, part, asked, shown, how });
  }
}
