import { sameOwner, type Owner } from '../../entry.ts';
import { withEntry, type Name } from '../open.ts';
import { chown } from '../write.ts';

/** Gives one entry to its owner, if it is wrong and has no other name; holds it meanwhile. */
export function ownEntry(directory: number, name: Name, owner: Owner): void {
  withEntry(directory, name, (fd, stats) => {
    const hardLinked = stats.isFile() && stats.nlink > 1;
    if (!hardLinked && !sameOwner(stats, owner)) chown(fd, owner, String(name));
  });
}
