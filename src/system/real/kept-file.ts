/** Files that a boot writes to again and again: a log, and a small file that is replaced. */
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
import { LOG_LIMIT, LOG_MODE, olderLog } from '../log-file.ts';
import { isAbsence, lookProblem, systemProblem, unlessErrno } from './errno.ts';
import { pathOf, statOf, TO_MAKE, TO_READ } from './open.ts';
import type { RightsLog } from './rights-log.ts';
import { writeAll } from './write.ts';

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
    unlessErrno(() => openSync(pathOf(directory, name), APPEND), 'ENOENT') ??
    create(directory, name, owner(), rights) ??
    openSync(pathOf(directory, name), APPEND);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile() || stats.nlink > 1) {
      throw new Problem({
        found: `${name} is not a log of hermes-boot`,
        wanted: 'a regular file, one name',
      });
    }
    if (writeSync(fd, text) < Buffer.byteLength(text)) {
      throw new Problem({ found: 'no space left for all of it', mend: 'free some space' });
    }
  } finally {
    closeSync(fd);
  }
}

/** Makes a log; undefined when somebody else, such as another container, has just made it. */
function create(
  directory: number,
  name: string,
  owner: Owner,
  rights: RightsLog,
): number | undefined {
  const fd = unlessErrno(
    () => openSync(pathOf(directory, name), APPEND | constants.O_CREAT | constants.O_EXCL, 0o600),
    'EEXIST',
  );
  if (fd !== undefined) rights.give(fd, LOG_MODE, owner);
  return fd;
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
    // Where it cannot be told it is read again.
    const stats = unlessErrno(() => statOf(pathOf(this.#directory, this.#name)));
    return stats?.ino === this.#written;
  }

  /**
   * Its text; undefined where there is not a regular file of at most `limit` bytes.
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
    const fd = openSync(pathOf(this.#directory, this.#name), TO_READ);
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
    const path = pathOf(this.#directory, name);
    let fd = unlessErrno(() => openSync(path, TO_MAKE, 0o600));
    if (fd === undefined) {
      // What an interrupted write has left, or somebody who may write here.
      this.#unlink(name);
      fd = openSync(path, TO_MAKE, 0o600);
    }
    try {
      writeAll(fd, Buffer.from(text));
      fchmodSync(fd, mode);
      return fstatSync(fd).ino;
    } finally {
      closeSync(fd);
    }
  }

  #unlink(name: string): void {
    unlessErrno(() => {
      unlinkSync(pathOf(this.#directory, name));
    });
  }
}
