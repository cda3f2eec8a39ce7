import { fchownSync, fstatSync, type Stats } from 'node:fs';
import { sameOwner, type Owner } from '../../entry.ts';

const IS_ROOT = process.geteuid?.() === 0;

/** The write bits of group and others. What an access list grants beyond them shows in the first. */
const WRITE_OF_OTHERS = 0o022;

/**
 * Sees to it that nobody but root can put another name into an open directory or take one away: a
 * name in it then stands for one entry until it is opened again. A directory that is about to
 * change its owner belongs to root for that time; its mode stays. One that is right is not touched.
 * @returns whether it is closed
 */
export function closeDirectory(fd: number, stats: Stats, owner: Owner): boolean {
  if (!IS_ROOT || (stats.mode & WRITE_OF_OTHERS) !== 0) return false;
  if (stats.uid === 0) return true;
  if (sameOwner(stats, owner)) return false;
  try {
    fchownSync(fd, 0, stats.gid);
  } catch {
    return false;
  }
  const now = fstatSync(fd);
  return now.uid === 0 && (now.mode & WRITE_OF_OTHERS) === 0;
}
