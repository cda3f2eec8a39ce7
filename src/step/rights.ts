/** What this process may do with an entry, and the changes that give an entry its mode and owner. */
import type { Change } from '../changes/change.ts';
import { type Facts, hasOwner } from './facts.ts';
import { type Owner, type Present, sameOwner, type Stat } from '../system/entry.ts';
import { clearedBits } from '../system/memory-node.ts';
import type { ReadSystem } from '../system/system.ts';

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

/** The rights that an entry should have; what is absent stays as it is. */
export interface Rights {
  readonly mode?: number | undefined;
  readonly owner?: Owner | undefined;
}

/** Why each part changes. */
export interface RightsReasons {
  readonly mode: string;
  readonly owner: string;
}

/**
 * The changes that give an entry its rights, in an order in which nobody ever has more than both
 * the old and the new rights allow: reduce, own, then set. See chown(2) for the bits that owning
 * clears.
 */
export function rightsChanges(
  path: string,
  entry: Present,
  wanted: Rights,
  why: RightsReasons,
): Change[] {
  const changes: Change[] = [];
  const { uid, gid } = entry.stat;
  const target = wanted.mode ?? entry.stat.mode;
  let mode = entry.stat.mode;
  const setMode = (to: number): void => {
    if (to !== mode) changes.push({ kind: 'mode', path, from: mode, to, why: why.mode });
    mode = to;
  };
  if (wanted.owner !== undefined && !sameOwner(wanted.owner, entry.stat)) {
    setMode(mode & target);
    const clears = clearedBits({ ...entry, stat: { ...entry.stat, mode } });
    changes.push({
      kind: 'owner',
      path,
      from: { uid, gid },
      to: wanted.owner,
      clears,
      why: why.owner,
    });
    mode &= ~clears;
  }
  if (wanted.mode !== undefined) setMode(wanted.mode);
  return changes;
}
