/**
 * What a tree of entries answers, real, simulated or recorded, and what a scan of its owners
 * finds.
 */
import type { Content } from './content.ts';
import type { Owner, Present, Stat } from './entry.ts';
import type { Mounts } from './mounts.ts';
import type { OwnerRule } from './owner-rule.ts';
import type { Answer, Question, QuestionKind } from './question.ts';

/** What a tree tells of one path; links on the way have been dealt with before. */
export type RawEntry = Present | { readonly type: 'missing' };

/** An entry whose user or group is to be replaced. */
export interface Misowned {
  readonly path: string;
  readonly owner: Owner;
  readonly to: Owner;
  /** Mode bits that the kernel clears when the owner of this entry changes (set-uid, set-gid). */
  readonly clears: number;
}

/** What one walk over a tree found. Links are entries of their own and are never followed. */
export interface OwnerScan {
  /** Entries looked at, the top included. */
  readonly entries: number;
  /** Entries whose user or group is to be replaced, without those that must be left alone. */
  readonly wrong: number;
  /** The first of the wrong ones, sorted by path; all of them when few. */
  readonly sample: readonly Misowned[];
  /** The distinct owners of the wrong ones, sorted, the first few of them. */
  readonly owners: readonly Owner[];
  /** Entries of users that the rule does not speak of: they stay as they are. */
  readonly others: number;
  /** Whether the kernel clears mode bits of some of the wrong ones with their owner. */
  readonly clears: boolean;
  /** Wrong regular files with several hard links: left alone, since another name may be elsewhere. */
  readonly hardLinked: { readonly count: number; readonly sample: readonly string[] };
  /** Mount points below the top, not entered. */
  readonly mounts: readonly string[];
  /** Directories that could not be listed. */
  readonly unreadable: readonly string[];
}

/** What a look at a tree that is about to change found. */
export interface OwnerLook extends OwnerScan {
  /** Whether it has seen all of the tree; if not, all its numbers are the least there is. */
  readonly complete: boolean;
}

/** How many wrong entries a scan names one by one. */
export const SAMPLE_SIZE = 8;

/**
 * A tree of entries addressed by canonical paths: no component before the last is a link. The
 * real file system below a root, the simulated one over it and the ones in memory are trees.
 *
 * Whatever is asked of it throws LookFailed where the kernel gives no answer: only ENOENT and
 * ENOTDIR mean that something is not there.
 */
export interface Tree {
  /** Looks at an entry without following it. */
  look(path: string): RawEntry;
  /**
   * The content of a regular file.
   * @param limit in bytes; a larger file is a Problem, and so is anything but a regular file
   * @param accept tells of the very file that is read whether it may be; else that is a Problem
   */
  read(path: string, limit: number, accept?: (stat: Stat) => boolean): Content;
  /** The names in a directory, sorted; empty when it is missing or not a directory. */
  list(path: string): readonly string[];
  /** The mount points of this tree, as canonical paths. */
  mounts(): Mounts;
  /** What is asked of this tree besides its entries; a path in it is canonical. */
  ask<K extends QuestionKind>(question: Question<K>): Answer<K>;
  /**
   * Compares user and group of everything at and below `path` with a rule, in one walk that
   * neither follows links nor enters other mounts.
   */
  scanOwners(path: string, rule: OwnerRule, signal: AbortSignal): Promise<OwnerScan>;
}
