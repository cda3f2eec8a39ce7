/** The world as a port: what steps can look at, and what the engine can change. */
import type { Accounts, Identity, RecordEdit } from './accounts.ts';
import type { Content, Reader } from './content.ts';
import type { Entry, Owner, Stat } from './entry.ts';
import type { MountPoint } from './mounts.ts';
import type { OwnerRule } from './owner-rule.ts';
import type { MadeCopy, NewDirectory, TreeCopy } from './new-directory.ts';
import type { Answer, Question, QuestionKind } from './question.ts';
import type { Time } from './scan.ts';
import type { OwnerLook, OwnerScan } from './tree.ts';
import type { Unkept } from './unkept.ts';

/** Where a path leads: to a canonical one, or to a link on the way that must not be followed. */
export type Resolution =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'behind-link'; readonly link: string; readonly target: string };

/** Whether nobody but root can have written a file with this stat. */
export function isRootsAlone({ uid, nlink, mode }: Stat): boolean {
  return uid === 0 && nlink === 1 && (mode & 0o022) === 0;
}

/** The largest file that is read whole unless a caller says otherwise, in bytes. */
export const READ_LIMIT = 4 * 1024 * 1024;

/**
 * The world as steps see it. It has no way to write. Paths are absolute and as the world names
 * them; links inside a root lead to places inside it, and only links that nobody but root could
 * have made are followed at all (see world.ts).
 */
export interface ReadSystem {
  /**
   * Looks at `path`, itself never followed.
   * @throws LookFailed, as everything here does, when the kernel gives no answer
   */
  look(path: string): Entry;
  /**
   * The content of a regular file, to be copied or opened with a reader.
   * @param limit in bytes
   * @throws Problem when it is not a regular file or is larger than `limit`
   */
  read(path: string, limit?: number): Content;
  /** What a reader makes of a regular file. */
  readAs<T>(path: string, reader: Reader<T>, limit?: number): T;
  /**
   * What a reader makes of a regular file that nobody but root can have written; undefined where
   * it is not one, or has just become something else.
   */
  readRoots<T>(path: string, reader: Reader<T>): T | undefined;
  /** The whole text of a regular file, for what no plan depends on: see `Content.text`. */
  readText(path: string, limit?: number): string;
  /** The names in a directory, sorted; empty when it is missing or not a directory. */
  list(path: string): readonly string[];
  /** The accounts and groups of the world. */
  accounts(): Accounts;
  /** Compares the owners of a tree with a rule in one walk. */
  scanOwners(path: string, rule: OwnerRule, signal: AbortSignal): Promise<OwnerScan>;
  /**
   * The same for a tree, with a canonical path, that `setTreeOwner` is about to change by a rule.
   * Where very much is wrong it may stop early, since the making finds it anyway.
   */
  lookToOwn(path: string, rule: OwnerRule, time: Time): Promise<OwnerLook>;
  /** Whether `path` is a mount point below the root. */
  isMount(path: string): boolean;
  /** Whether `path` is a regular file that is a mount point: its owner and mode are the operator's. */
  isMountedFile(path: string): boolean;
  /** What `path`, a canonical one, lies on; undefined where the kernel does not tell. */
  mountOf(path: string): MountPoint | undefined;
  /** What is asked of the world besides its entries; see question.ts. */
  ask<K extends QuestionKind>(question: Question<K>): Answer<K>;
  /** Where `path` leads when the directories on the way, but not itself, are resolved. */
  resolve(path: string): Resolution;
}

/** A content that has in it when it is written, by the clock of the file system, in milliseconds. */
export type DatedContent = (now: number) => Content;

/**
 * What of a file is on the disk when it has been written. `name`: the file. `content`: what has its
 * name is whole, but the name may be lost, and with it all that was named after it. `nothing`: it
 * need not outlive the machine.
 */
export type Synced = 'name' | 'content' | 'nothing';

/** The world as the engine sees it: everything that a change can do. Paths as in ReadSystem. */
export interface System extends ReadSystem {
  /** Makes a directory; its parent exists. */
  createDirectory(path: string, mode: number, owner: Owner): void;
  /**
   * Creates or replaces a regular file in one step; nobody sees half of it or a wider mode. One that
   * is a mount point is changed in place, and keeps owner and mode: see in-place.ts.
   * @param synced what survives a loss of power from then on: `name` when absent
   */
  writeFile(
    path: string,
    content: Content | DatedContent,
    mode: number,
    owner: Owner,
    synced?: Synced,
  ): void;
  /** Sets the mode of a file or directory, never of what a link points to. */
  setMode(path: string, mode: number): void;
  /** Sets the owner of one entry; of a link itself, not of its target. */
  setOwner(path: string, owner: Owner): void;
  /**
   * Sets the owner of everything that `scanOwners` calls wrong, the top last.
   * @returns what it found, if it had to look for itself
   */
  setTreeOwner(path: string, rule: OwnerRule, time: Time): Promise<OwnerScan | undefined>;
  /** Removes one entry that is not a directory. */
  remove(path: string): void;
  /** Makes a directory with everything in it; nothing stands there yet, nobody sees half of it. */
  publish(path: string, what: NewDirectory): void;
  /**
   * Makes a directory as a copy of another one, which has its name after `settle` at the latest;
   * nobody sees half of it. `signal` stops it between two files, and then nothing has happened.
   */
  copyTree(path: string, copy: TreeCopy, signal: AbortSignal): Promise<void>;
  /** Gives copies that were made their names, after one sync for all of them. */
  settle(copies: readonly MadeCopy[], signal: AbortSignal): Promise<void>;
  /** Gives the directory `from` the name `path`, under which nothing stands yet. */
  moveDirectory(from: string, path: string): void;
  /** Removes a directory with everything in it, never following a link. */
  removeTree(path: string): void;
  /** Appends lines, each after the time of writing, to a log that is rotated when it is long. */
  appendLines(path: string, lines: readonly string[], owner: Owner): void;
  /** Edits one record of an account database file, under its lock. */
  editRecords(path: string, edit: RecordEdit): void;
  /**
   * What the file system has not kept of the rights that the last changes of `path` asked for,
   * reported once.
   */
  takeUnkept(path: string): readonly Unkept[];
  /**
   * Runs a command to its end.
   * @param print takes what it prints, a line each, without secrets: some of it, and all if it fails
   * @throws Problem when it cannot be started, fails, or `signal` aborts it
   */
  run(command: Command, signal: AbortSignal, print?: (line: string) => void): Promise<void>;
}

/** A command to run in the world. */
export interface Command {
  /** The program, as an absolute path in the world, and its arguments. */
  readonly argv: readonly [string, ...string[]];
  /** As whom; the user of this process when absent. */
  readonly identity?: Identity;
  /** Environment on top of PATH and, with an identity, HOME and USER. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** A regular expression: a line that it matches is a failure, whatever the exit code says. */
  readonly failsOn?: string;
}
