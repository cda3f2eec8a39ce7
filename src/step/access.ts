import type { Stat } from '../system/entry.ts';
import type { ReadSystem } from '../system/system.ts';
import type { Facts } from './facts.ts';
import { hasOwner } from './ids.ts';

/** Rights to an entry, as in the last octal digit of a mode. */
export const WRITE = 0o2;
/** Of a directory: to make, replace and remove what is in it. */
export const WRITE_IN = 0o3;
/** Of a file: to keep data in it. */
export const READ_AND_WRITE = 0o6;

/**
 * Whether this process has rights to an entry. The kernel is asked where it can be; else the mode
 * tells, as in path_resolution(7).
 */
export function mayUse(system: ReadSystem, facts: Facts, path: string, bits: number): boolean {
  const entry = system.look(path);
  if (!('stat' in entry)) return false;
  const answer = facts.assumed ? undefined : system.ask({ kind: 'permits', path, bits });
  return answer ?? overrides(facts, entry.stat) ?? grants(entry.stat, facts, bits);
}

/** Whether a group is one of this process. */
export function isMember({ gid, groups }: Facts, group: number): boolean {
  return gid === group || groups.includes(group);
}

/** True where root's right to everything covers an entry: only where its ids exist here. */
function overrides({ capabilities, ids }: Facts, stat: Stat): true | undefined {
  return capabilities.has('DAC_OVERRIDE') && hasOwner(ids, stat) ? true : undefined;
}

function grants({ uid, gid, mode }: Stat, facts: Facts, bits: number): boolean {
  const shift = facts.uid === uid ? 6 : isMember(facts, gid) ? 3 : 0;
  return ((mode >> shift) & bits) === bits;
}
