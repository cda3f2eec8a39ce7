/**
 * Makes, replaces, changes and removes single entries as root where others can write. Every function
 * takes an open directory and a name in it, and acts on the very entry that it has checked.
 */
import {
  chownSync,
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { Problem } from '../../errors/problem.ts';
import { sameOwner, showOwner, type Owner } from '../entry.ts';
import { tempName } from '../temp-names.ts';
import { pathOf, statOf, TO_MAKE, toStat, withEntry } from './open.ts';
import type { Synced } from '../system.ts';
import type { RightsLog } from './rights-log.ts';

/**
 * Makes a directory beside its final name, gives it owner and mode, and renames it into place, so
 * that at no moment there is one with other rights: it would be taken for finished. It is not synced
 * by itself: one that a loss of power takes is made again, and what is written after it is lost, too.
 */
export function makeDirectory(
  directory: number,
  name: string,
  mode: number,
  owner: Owner,
  rights: RightsLog,
): void {
  const temporary = tempName(name);
  clear(directory, temporary);
  mkdirSync(pathOf(directory, temporary), 0o700);
  try {
    withEntry(directory, temporary, (fd, stats) => {
      if (!stats.isDirectory()) throw new Problem({ found: `${name} was swapped in the making` });
      rights.give(fd, mode, owner);
    });
    renameSync(pathOf(directory, temporary), pathOf(directory, name));
  } catch (error) {
    clear(directory, temporary);
    throw error;
  }
}

/**
 * Writes a file beside its final name and renames it into place, synced, so that at no moment
 * there is half a file or one with a wider mode. The name beside is fixed: what an interrupted
 * write left there is taken away by the next.
 * @param content or what makes it, from the time at which this very file was made
 * @param synced what has to survive a loss of power
 */
export function replaceFile(
  directory: number,
  name: string,
  content: Uint8Array | ((now: number) => Uint8Array),
  mode: number,
  owner: Owner,
  rights: RightsLog,
  synced: Synced = 'name',
): void {
  const existing = statOf(pathOf(directory, name));
  if (existing?.isDirectory() === true) {
    throw new Problem({ found: `${name} is a directory`, wanted: 'a file, or nothing' });
  }
  const temporary = tempName(name);
  const fd = createExclusively(directory, temporary);
  const kept = rights.mark();
  let bytes: Uint8Array;
  try {
    try {
      bytes = typeof content === 'function' ? content(fstatSync(fd).ctimeMs) : content;
      writeAll(fd, bytes);
      rights.give(fd, mode, owner);
      if (synced !== 'nothing') fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    const made = statOf(pathOf(directory, temporary));
    const isGiven = made !== undefined && sameOwner(made, owner);
    if (
      rights.mark() > kept &&
      overwrite({ directory, name, bytes, mode, owner, isGiven, rights, kept })
    ) {
      clear(directory, temporary);
    } else {
      renameSync(pathOf(directory, temporary), pathOf(directory, name));
    }
  } catch (error) {
    clear(directory, temporary);
    throw error;
  }
  if (synced === 'name') syncDirectory(directory);
}

/** A file that is to be replaced by a new one with the rights that it has, and cannot be. */
interface Overwritten {
  readonly directory: number;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
  readonly owner: Owner;
  /** Whether the new one has the owner, and lacks the mode alone. */
  readonly isGiven: boolean;
  readonly rights: RightsLog;
  /** The mark of `rights` before the new one was made. */
  readonly kept: number;
}

/**
 * Writes to a file itself that has what its file system does not give to a new one: an account must
 * not lose its .env because root has added a line to it.
 * @returns whether there is such a file
 */
function overwrite(file: Overwritten): boolean {
  const { directory, name, bytes, mode, owner, isGiven, rights, kept } = file;
  const flags = constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  if (statOf(pathOf(directory, name))?.isFile() !== true) return false;
  const fd = openSync(pathOf(directory, name), flags);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile() || stats.nlink !== 1 || !sameOwner(stats, owner)) return false;
    const hasMode = toStat(stats).mode === mode;
    if (isGiven && !hasMode) return false;
    rights.rewind(kept);
    if (!hasMode) rights.setMode(fd, mode);
    writeAll(fd, bytes);
    ftruncateSync(fd, bytes.length);
    fsyncSync(fd);
    return true;
  } finally {
    closeSync(fd);
  }
}

/** Writes all bytes from the start of an open file. */
export function writeAll(fd: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) {
    written += writeSync(fd, bytes, written, bytes.length - written, written);
  }
}

/** Sets the mode of an entry; a link has none, and a file with several names not one of its own. */
export function changeMode(directory: number, name: string, mode: number, rights: RightsLog): void {
  withEntry(directory, name, (fd, stats) => {
    if (stats.isSymbolicLink()) {
      throw new Problem({ found: `${name} has become a link`, wanted: 'a file or directory' });
    }
    refuseHardLinks(stats, name);
    rights.setMode(fd, mode);
  });
}

/** Sets the owner of one entry; of a file only when it has no other name. */
export function changeOwner(
  directory: number,
  name: string,
  owner: Owner,
  rights: RightsLog,
): void {
  withEntry(directory, name, (fd, stats) => {
    refuseHardLinks(stats, name);
    rights.setOwner(fd, owner);
  });
}

function refuseHardLinks(stats: Stats, name: string): void {
  if (!stats.isFile() || stats.nlink === 1) return;
  throw new Problem({
    found: `${name} has ${stats.nlink} hard links`,
    wanted: 'one: another name of it may be elsewhere',
  });
}

/**
 * Removes an entry that is not a directory, a link itself and not its target. Not synced, like a new
 * directory: file systems keep the order of names, and what a loss of power takes is done again.
 */
export function removeEntry(directory: number, name: string): void {
  unlinkSync(pathOf(directory, name));
}

/** Changes the owner of an entry that is held, and makes sure that the file system kept it. */
export function chown(fd: number, owner: Owner, name: string): void {
  chownSync(pathOf(fd), owner.uid, owner.gid);
  checkOwner(fd, owner, name);
}

/** The same for one that is open, and not only held. */
export function fchown(fd: number, owner: Owner, name: string): void {
  fchownSync(fd, owner.uid, owner.gid);
  checkOwner(fd, owner, name);
}

function checkOwner(fd: number, owner: Owner, name: string): void {
  const now = fstatSync(fd);
  if (sameOwner(now, owner)) return;
  throw new Problem({
    found: `${name} still belongs to ${showOwner(now)}: its file system ignores changes of owner`,
    wanted: showOwner(owner),
    mend: 'set the owner in the mount options of the share (uid=, gid=)',
    errno: 'EOPNOTSUPP',
  });
}

function createExclusively(directory: number, name: string): number {
  clear(directory, name);
  return openSync(pathOf(directory, name), TO_MAKE, 0o600);
}

/** Takes away what an interrupted write left under a temporary name. */
function clear(directory: number, name: string): void {
  const path = pathOf(directory, name);
  const left = statOf(path);
  if (left?.isDirectory() === true) rmdirSync(path);
  else if (left !== undefined) unlinkSync(path);
}

/** Makes sure that the names in an open directory survive a loss of power. */
export function syncDirectory(directory: number): void {
  const fd = openSync(pathOf(directory), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
