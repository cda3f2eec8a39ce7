import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  openSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { errnoOf, Problem } from '../../errors/problem.ts';
import { sameOwner, type Owner } from '../entry.ts';
import { LOG_LIMIT, LOG_MODE, olderLog } from '../log.ts';
import { pathOf, statOf } from './open.ts';

const APPEND =
  constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Appends to a log in one write, so that no line is ever torn; a log that has grown to its limit is
 * moved aside before. Its directory may be anybody's: nothing but a regular file with one name is
 * written to.
 */
export function appendToLog(directory: number, name: string, text: string, owner: Owner): void {
  const size = statOf(pathOf(directory, name))?.size ?? 0;
  if (size >= LOG_LIMIT) {
    renameSync(pathOf(directory, name), pathOf(directory, olderLog(name)));
  }
  const fd = openExisting(directory, name) ?? create(directory, name, owner);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile() || stats.nlink > 1) {
      throw new Problem({ found: `${name} is no log of ours`, wanted: 'a regular file, one name' });
    }
    writeSync(fd, text);
  } finally {
    closeSync(fd);
  }
}

function openExisting(directory: number, name: string): number | undefined {
  try {
    return openSync(pathOf(directory, name), APPEND);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function create(directory: number, name: string, owner: Owner): number {
  const fd = openSync(
    pathOf(directory, name),
    APPEND | constants.O_CREAT | constants.O_EXCL,
    0o600,
  );
  // In this order it takes no CAP_FOWNER.
  fchmodSync(fd, LOG_MODE);
  if (!sameOwner(fstatSync(fd), owner)) fchownSync(fd, owner.uid, owner.gid);
  return fd;
}
