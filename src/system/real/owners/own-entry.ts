import { closeSync, constants, fstatSync, type Stats } from 'node:fs';
import { keepsRule, ownerBy, type OwnerRule } from '../../owner-rule.ts';
import { O_PATH, openAtOnce, toStat, withEntry, type Name } from '../open.ts';
import { chown } from '../write.ts';

/** Changes the owner of one entry by a rule, if it is wrong and has no other name; holds it meanwhile. */
export function ownEntry(directory: number, name: Name, rule: OwnerRule): void {
  withEntry(directory, name, (fd, stats) => {
    ownHeld(fd, stats, String(name), rule);
  });
}

/**
 * The same for an entry by its whole path on the machine, as quick as can be.
 * @returns whether it is there for sure; if not, nothing has happened
 */
export function ownAtOnce(path: string, rule: OwnerRule): boolean {
  const fd = openAtOnce(path, O_PATH | constants.O_NOFOLLOW);
  if (fd === undefined) return false;
  try {
    ownHeld(fd, fstatSync(fd), path, rule);
  } finally {
    closeSync(fd);
  }
  return true;
}

function ownHeld(fd: number, stats: Stats, name: string, rule: OwnerRule): void {
  const hardLinked = stats.isFile() && stats.nlink > 1;
  const stat = toStat(stats);
  if (!hardLinked && !keepsRule(rule, stat)) chown(fd, ownerBy(rule, stat), name);
}
