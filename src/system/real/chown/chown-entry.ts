/**
 * Changes the owner of one entry, held meanwhile; and sees to it that nobody but root can change
 * names in a directory, so that a name in it stands for one entry.
 */
import { closeSync, constants, fchownSync, fstatSync, type Stats } from 'node:fs';
import type { Stat } from '../../entry.ts';
import { CLOSING_ID, keepsRule, ownerBy, replacesUser, type OwnerRule } from '../../owner-rule.ts';
import { O_PATH, openAtOnce, toStat, withEntry, type Name } from '../open.ts';
import { chown } from '../write.ts';

const IS_ROOT = process.geteuid?.() === 0;

/** The write bits of group and others. What an access list grants beyond them shows in the first. */
const WRITE_OF_OTHERS = 0o022;

/** Whether nobody but root can change names in a directory, nor who owns it. */
export function isClosedToOthers({ uid, mode }: Pick<Stat, 'uid' | 'mode'>): boolean {
  return IS_ROOT && (uid === 0 || uid === CLOSING_ID) && (mode & WRITE_OF_OTHERS) === 0;
}

/**
 * Makes an open directory root's alone: a name in it then stands for one entry until it is opened
 * again. A directory that is about to change its owner belongs to root for that time or, where the
 * rule leaves what is root's alone, to an id that nobody has: what a killed walk leaves is then
 * found by the next one. Its mode stays.
 * @returns whether that worked
 */
export function lockOutOthers(fd: number, stats: Stats, rule: OwnerRule): boolean {
  if (isClosedToOthers(stats)) return true;
  if (!IS_ROOT || (stats.mode & WRITE_OF_OTHERS) !== 0 || keepsRule(rule, toStat(stats))) {
    return false;
  }
  try {
    fchownSync(fd, replacesUser(rule, 0) ? 0 : CLOSING_ID, stats.gid);
  } catch {
    return false;
  }
  return isClosedToOthers(fstatSync(fd));
}

/** Changes the owner of an entry by a rule if it is wrong and has no other name. */
export function chownEntry(directory: number, name: Name, rule: OwnerRule): void {
  withEntry(directory, name, (fd, stats) => {
    chownHeld(fd, stats, String(name), rule);
  });
}

/**
 * Does the same to an entry by its whole path on the machine, as quickly as possible.
 * @returns whether it is surely there; if not, nothing has happened
 */
export function chownAtOnce(path: string, rule: OwnerRule): boolean {
  const fd = openAtOnce(path, O_PATH | constants.O_NOFOLLOW);
  if (fd === undefined) return false;
  try {
    chownHeld(fd, fstatSync(fd), path, rule);
  } finally {
    closeSync(fd);
  }
  return true;
}

function chownHeld(fd: number, stats: Stats, name: string, rule: OwnerRule): void {
  const isHardLinked = stats.isFile() && stats.nlink > 1;
  const stat = toStat(stats);
  if (!isHardLinked && !keepsRule(rule, stat)) chown(fd, ownerBy(rule, stat), name);
}
