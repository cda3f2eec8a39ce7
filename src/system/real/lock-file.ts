import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { errnoOf, Problem } from '../../errors/problem.ts';
import { pathOf, statOf } from './open.ts';

const OPEN = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** In bytes. */
const LARGEST_RECORD = 4096;

/**
 * Opens a file of our own to lock it, and makes it where it is missing. The caller closes it.
 * @param directory the open directory that holds it
 * @throws Problem when something else stands there: its directory may be anybody's
 */
export function openLockFile(directory: number, name: string): number {
  const fd = open(directory, name, OPEN) ?? open(directory, name, OPEN | constants.O_CREAT);
  if (fd === undefined) throw new Problem({ found: `${name} cannot be made` });
  const stats = fstatSync(fd);
  if (stats.isFile() && stats.nlink <= 1) return fd;
  closeSync(fd);
  throw new Problem({ found: `${name} is no lock of ours`, wanted: 'a regular file, one name' });
}

/** Whether an open lock file is still the one that its name leads to. */
export function isStillThere(directory: number, name: string, fd: number): boolean {
  const { dev, ino } = fstatSync(fd);
  const now = statOf(pathOf(directory, name));
  return now?.dev === dev && now.ino === ino;
}

/** The text of an open lock file. */
export function readRecord(fd: number): string {
  const bytes = Buffer.alloc(LARGEST_RECORD);
  return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, 0));
}

/** Gives an open lock file another text, or none where there is no room for one. */
export function writeRecord(fd: number, text: string): void {
  let written = 0;
  // First the text: the other way round the disk would be given back, and taken again at once.
  try {
    written = writeSync(fd, text, 0);
  } finally {
    ftruncateSync(fd, written);
  }
}

function open(directory: number, name: string, flags: number): number | undefined {
  try {
    return openSync(pathOf(directory, name), flags, 0o600);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
