import { closeSync, constants, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { errnoOf, Problem } from '../../errors/problem.ts';
import type { Owner } from '../entry.ts';
import { LOG_LIMIT, LOG_MODE, olderLog } from '../log.ts';
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
