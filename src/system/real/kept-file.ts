import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { Problem, errnoOf } from '../../errors/problem.ts';
import type { Owner } from '../entry.ts';
import { LOG_LIMIT, LOG_MODE, olderLog } from '../log.ts';
import { isAbsence, lookProblem, systemProblem } from './errno.ts';
import { pathOf, statOf } from './open.ts';
import type { RightsLog } from './rights-log.ts';

const APPEND =
  constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Appends to a log in one write, so that no line is ever torn; a log that has grown to its limit is
 * moved aside before. Its directory may be anybody's: nothing but a regular file with one name is
 * written to.
 * @param owner asked for when the log has to be made
 */
export function appendToLog(
  directory: number,
  name: string,
  text: string,
  owner: () => Owner,
  rights: RightsLog,
): void {
  const size = statOf(pathOf(directory, name))?.size ?? 0;
  if (size >= LOG_LIMIT) {
    renameSync(pathOf(directory, name), pathOf(directory, olderLog(name)));
  }
  const fd =
    openExisting(directory, name) ??
    create(directory, name, owner(), rights) ??
    openSync(pathOf(directory, name), APPEND);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile() || stats.nlink > 1) {
      throw new Problem({ found: `${name} is no log of ours`, wanted: 'a regular file, one name' });
    }
    if (writeSync(fd, text) < Buffer.byteLength(text)) {
      throw new Problem({ found: 'no space left for all of it', mend: 'free some space' });
    }
  } finally {
    closeSync(fd);
  }
}

function openExisting(directory: number, name: string): number | undefined {
  return openUnless('ENOENT', directory, name, APPEND);
}

/** Makes a log; undefined when somebody else, such as another container, has just made it. */
function create(
  directory: number,
  name: string,
  owner: Owner,
  rights: RightsLog,
): number | undefined {
  const flags = APPEND | constants.O_CREAT | constants.O_EXCL;
  const fd = openUnless('EEXIST', directory, name, flags);
  if (fd === undefined) return undefined;
  // In this order it takes no CAP_FOWNER.
  rights.setMode(fd, LOG_MODE);
  rights.setOwner(fd, owner);
  return fd;
}

function openUnless(
  code: string,
  directory: number,
  name: string,
  flags: number,
): number | undefined {
  try {
    return openSync(pathOf(directory, name), flags, 0o600);
  } catch (error) {
    if (errnoOf(error) === code) return undefined;
    throw error;
  }
}

/**
 * A small file that this process replaces more than once and nobody misses after a crash of the
 * machine: nothing waits for the disk, and its directory stays open. Readers never see half of it,
 * but may for a moment see none.
 */
export class KeptFile {
  readonly #directory: number;
  readonly #name: string;
  readonly #path: string;
  #written: number | undefined;

  /** @param directory an open one, closed with this; @param path for messages */
  constructor(directory: number, name: string, path: string) {
    this.#directory = directory;
    this.#name = name;
    this.#path = path;
  }

  /** Whether what was written last is still there, and not what somebody else has put there. */
  get isOurs(): boolean {
    if (this.#written === undefined) return false;
    try {
      return statOf(pathOf(this.#directory, this.#name))?.ino === this.#written;
    } catch (error) {
      // Then it is read again.
      if (errnoOf(error) === undefined) throw error;
      return false;
    }
  }

  /**
   * Its text; undefined where there is no regular file that is not larger than `limit` bytes.
   * @throws LookFailed when it cannot be read
   */
  read(limit: number): string | undefined {
    try {
      return this.#read(limit);
    } catch (error) {
      if (isAbsence(error) || errnoOf(error) === 'ELOOP') return undefined;
      throw lookProblem(error, this.#path);
    }
  }

  /** Takes it away, if that can be done. */
  discard(): void {
    this.#unlink(this.#name);
  }

  #read(limit: number): string | undefined {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const fd = openSync(pathOf(this.#directory, this.#name), flags);
    try {
      const stats = fstatSync(fd);
      if (!stats.isFile() || stats.size > limit) return undefined;
      const bytes = Buffer.allocUnsafe(stats.size);
      return bytes.toString('utf8', 0, readSync(fd, bytes));
    } finally {
      closeSync(fd);
    }
  }

  /**
   * Replaces it.
   * @throws Problem when it cannot be written; what was there is then gone, if it can be taken away
   */
  replace(text: string, mode: number): void {
    const temporary = `.${this.#name}.hermes-boot`;
    // Before, since ext4 starts to write to the disk when a new file takes the place of another:
    // 5 ms on a busy one.
    this.#unlink(this.#name);
    try {
      this.#written = this.#write(temporary, text, mode);
      renameSync(pathOf(this.#directory, temporary), pathOf(this.#directory, this.#name));
    } catch (error) {
      this.#unlink(temporary);
      throw systemProblem(error, `writing ${this.#path}`);
    }
  }

  close(): void {
    closeSync(this.#directory);
  }

  #write(name: string, text: string, mode: number): number {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    let fd = this.#open(name, flags);
    if (fd === undefined) {
      // What an interrupted write has left, or somebody who may write here.
      this.#unlink(name);
      fd = openSync(pathOf(this.#directory, name), flags, 0o600);
    }
    try {
      const bytes = Buffer.from(text);
      for (let written = 0; written < bytes.length;) written += writeSync(fd, bytes, written);
      fchmodSync(fd, mode);
      return fstatSync(fd).ino;
    } finally {
      closeSync(fd);
    }
  }

  #open(name: string, flags: number): number | undefined {
    try {
      return openSync(pathOf(this.#directory, name), flags, 0o600);
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      return undefined;
    }
  }

  #unlink(name: string): void {
    try {
      unlinkSync(pathOf(this.#directory, name));
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
    }
  }
}
