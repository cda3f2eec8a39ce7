import type { Change } from '../changes/change.ts';
import { sameOwner, type Owner, type Present } from '../system/entry.ts';
import { clearedBits } from '../system/memory-node.ts';

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
