/** The file system below a directory of this machine, looked at without following links. */
import { accessSync, closeSync, constants, openSync, readlinkSync, statfsSync } from 'node:fs';
import { errnoOf, Problem } from '../../errors/problem.ts';
import { Content } from '../content.ts';
import type { Stat } from '../entry.ts';
import { mountOf, type Mounts, mountsBelow } from '../mounts.ts';
import type { OwnerRule } from '../owner-rule.ts';
import { parentOf } from '../path.ts';
import type { Answer, Answers, Question, QuestionKind } from '../question.ts';
import { isAbandoned } from './account-lock.ts';
import { permitsAs } from './as-account.ts';
import { LIMITS, type Limits } from './chown/limits.ts';
import { scanForRepair, type ScannedTree, scanOwners } from './chown/scan-owners.ts';
import { Borders } from './chown/tree-paths.ts';
import { isAbsence, lookProblem } from './errno.ts';
import { holdingOf, thisContainer } from './holding-of.ts';
import { readMounts } from './mountinfo.ts';
import {
  directoriesIn,
  namesIn,
  O_PATH,
  pathOf,
  statOf,
  toStat,
  typeOf,
  withOpenFile,
  withParent,
} from './open.ts';
import type { Time } from '../scan.ts';
import type { OwnerScan, RawEntry, Tree } from '../tree.ts';

/** The lock files that useradd(8), we and their like make. */
const LOCKS = ['/etc/passwd.lock', '/etc/group.lock', '/etc/shadow.lock', '/etc/gshadow.lock'];

/** What access(2) fails with where something is refused; see there. */
const DENIED = new Set(['EACCES', 'EPERM', 'EROFS']);

/** The file system below a directory of this machine. */
export class RealTree implements Tree {
  /** The directory as the machine names it, without links; `/` for the machine itself. */
  readonly root: string;
  /** The same, open. */
  readonly rootFd: number;
  readonly #prefix: string;
  readonly #limits: Limits;
  #mounts: Mounts | undefined;
  /** The directories in which something is a mount. */
  #mountHolders: ReadonlySet<string> | undefined;

  readonly #answers: Answers = {
    permits: ({ path, bits }) => {
      // access(2) answers for the real user, which is another one only in set-uid programs.
      if (process.getuid?.() !== process.geteuid?.()) return undefined;
      try {
        accessSync(this.#prefix + path, bits);
        return true;
      } catch (error) {
        if (DENIED.has(errnoOf(error) ?? '')) return false;
        // What is not there has no rights that the kernel could tell.
        if (isAbsence(error)) return undefined;
        throw lookProblem(error, path);
      }
    },
    permitsAs: ({ account, asked }) => permitsAs(this.rootFd, this.mounts(), account, asked),
    freeBytes: ({ path }) => {
      for (let at = path; ; at = parentOf(at)) {
        try {
          const { bavail, bsize } = statfsSync(this.#prefix + at);
          return bavail * bsize;
        } catch (error) {
          if (at === '/' || !isAbsence(error)) return undefined;
        }
      }
    },
    listens: ({ path }) => {
      try {
        return withParent(this.rootFd, path, (directory, name) => {
          // As s6-svok(1) asks: nobody is there to read when this open fails with ENXIO.
          const flags = constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
          if (statOf(pathOf(directory, name))?.isFIFO() !== true) return false;
          closeSync(openSync(pathOf(directory, name), flags));
          return true;
        });
      } catch (error) {
        if (isAbsence(error) || errnoOf(error) === 'ENXIO') return false;
        throw lookProblem(error, path);
      }
    },
    holding: ({ path }) => {
      if (this.root !== '/') return undefined;
      try {
        return withParent(this.rootFd, path, holdingOf);
      } catch (error) {
        if (isAbsence(error)) return thisContainer();
        throw lookProblem(error, path);
      }
    },
    layerDirectories: ({ path }) => {
      const on = mountOf(this.mounts(), path);
      if (on?.point !== '/' || on.type !== 'overlay') return undefined;
      this.#mountHolders ??= new Set([...this.mounts().keys()].map(parentOf));
      if (this.#mountHolders.has(path)) return undefined;
      try {
        return directoriesIn(this.#prefix + path);
      } catch (error) {
        if (isAbsence(error)) return undefined;
        throw lookProblem(error, path);
      }
    },
    abandonedLocks: () =>
      LOCKS.filter((path) => {
        if (this.look(path).type !== 'file') return false;
        try {
          return withParent(this.rootFd, path, isAbandoned);
        } catch (error) {
          if (isAbsence(error)) return false;
          throw lookProblem(error, path);
        }
      }),
  };

  /** @throws the system error when `root` is not a directory */
  constructor(root: string, limits: Limits = LIMITS) {
    this.root = root;
    this.#limits = limits;
    this.rootFd = openSync(root, O_PATH | constants.O_DIRECTORY);
    this.#prefix = root === '/' ? '' : root;
  }

  look(path: string): RawEntry {
    const host = this.#prefix + path;
    try {
      const stats = statOf(host);
      if (stats === undefined) return { type: 'missing' };
      const type = typeOf(stats);
      const stat = toStat(stats);
      return type === 'link' ? { type, stat, target: readlinkSync(host) } : { type, stat };
    } catch (error) {
      if (isAbsence(error)) return { type: 'missing' };
      throw lookProblem(error, path);
    }
  }

  read(path: string, limit: number, accept?: (stat: Stat) => boolean): Content {
    try {
      const root = { fd: this.rootFd, prefix: this.#prefix };
      return withOpenFile(root, path, (stats, content) => {
        if (!stats.isFile()) {
          throw new Problem({ found: `${path} is a ${typeOf(stats)}`, wanted: 'a regular file' });
        }
        if (stats.size > limit) {
          throw new Problem({
            found: `${path} has ${stats.size} bytes`,
            wanted: `at most ${limit}`,
          });
        }
        if (accept?.(toStat(stats)) === false) {
          throw new Problem({
            found: `${path} was swapped`,
            wanted: 'no other process to change it',
          });
        }
        return Content.ofBytes(content());
      });
    } catch (error) {
      throw lookProblem(error, path);
    }
  }

  list(path: string): readonly string[] {
    try {
      return namesIn(this.#prefix + path)
        .map(String)
        .sort();
    } catch (error) {
      if (isAbsence(error)) return [];
      throw lookProblem(error, path);
    }
  }

  mounts(): Mounts {
    this.#mounts ??= readMounts(this.root);
    return this.#mounts;
  }

  ask<K extends QuestionKind>(question: Question<K>): Answer<K> {
    return this.#answers[question.kind](question);
  }

  scanOwners(path: string, rule: OwnerRule, signal: AbortSignal): Promise<OwnerScan> {
    return scanOwners(this.#scanned(path, rule), this.#limits, { signal });
  }

  /** What in a tree is not entered by a walk that keeps a rule. */
  borders(path: string, { except = [] }: OwnerRule): Borders {
    return new Borders(path, mountsBelow(this.mounts(), path), except);
  }

  /** Scans a tree before a repair; see scanForRepair. */
  scanForRepair(path: string, rule: OwnerRule, time: Time): ReturnType<typeof scanForRepair> {
    return scanForRepair(this.#scanned(path, rule), this.#limits, time);
  }

  #scanned(path: string, rule: OwnerRule): ScannedTree {
    const borders = this.borders(path, rule);
    return { host: this.#prefix + path, path, rule, borders };
  }
}
