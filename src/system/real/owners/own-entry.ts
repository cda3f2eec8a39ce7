import { closeSync, constants, fstatSync, type Stats } from 'node:fs';
import { sameOwner, type Owner } from '../../entry.ts';
import { O_PATH, openAtOnce, withEntry, type Name } from '../open.ts';
import { chown } from '../write.ts';

/** Gives one entry to its owner, if it is wrong and has no other name; holds it meanwhile. */
export function ownEntry(directory: number, name: Name, owner: Owner): void {
  withEntry(directory, name, (fd, stats) => {
    ownHeld(fd, stats, String(name), owner);
  });
}

/**
 * The same for an entry by its whole path on the machine, as quick as can be.
 * @returns whether it is there for sure; if not, nothing has happened
 */
export function ownAtOnce(path: string, owner: Owner): boolean {
  const fd = openAtOnce(path, O_PATH | constants.O_NOFOLLOW);
  if (fd === undefined) return false;
  try {
    ownHeld(fd, fstatSync(fd), path, owner);
  } finally {
    closeSync(fd);
  }
  return true;
}

function ownHeld(fd: number, stats: Stats, name: string, owner: Owner): void {
  const hardLinked = stats.isFile() && stats.nlink > 1;
  if (!hardLinked && !sameOwner(stats, owner)) chown(fd, owner, name);
}
