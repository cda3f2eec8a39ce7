import { fchownSync, fstatSync, type Stats } from 'node:fs';
import { CLOSING_ID, keepsRule, replacesUser, type OwnerRule } from '../../owner-rule.ts';
import { toStat } from '../open.ts';

const IS_ROOT = process.geteuid?.() === 0;

/** The write bits of group and others. What an access list grants beyond them shows in the first. */
const WRITE_OF_OTHERS = 0o022;

/**
 * Sees to it that nobody but root can put another name into an open directory or take one away: a
 * name in it then stands for one entry until it is opened again. A directory that is about to
 * change its owner belongs to root for that time or, where the rule leaves what is root's alone, to
 * an id that nobody has: what a killed walk leaves is then found by the next one. Its mode stays.
 * @returns whether it is closed
 */
export function closeDirectory(fd: number, stats: Stats, rule: OwnerRule): boolean {
  if (!IS_ROOT || (stats.mode & WRITE_OF_OTHERS) !== 0) return false;
  if (stats.uid === 0 || stats.uid === CLOSING_ID) return true;
  if (keepsRule(rule, toStat(stats))) return false;
  const holder = replacesUser(rule, 0) ? 0 : CLOSING_ID;
  try {
    fchownSync(fd, holder, stats.gid);
  } catch {
    return false;
  }
  const now = fstatSync(fd);
  return now.uid === holder && (now.mode & WRITE_OF_OTHERS) === 0;
}
