import type { Time } from '../../scan.ts';
import type { OwnerLook, OwnerScan } from '../../tree.ts';
import type { Name } from '../open.ts';
import type { Means } from './means.ts';
import { Look, type Looked } from './one-look.ts';

/** What a look at a tree that is about to change found. */
interface Found {
  readonly scan: OwnerLook;
  /** Where the entries are that have to change, below the top. */
  readonly places: readonly Name[];
}

/**
 * Compares the owners of a real tree with a rule. Looking is plain and fast: it goes by
 * path, and a tree changed under it can at worst be misreported. What is then changed is changed
 * safely. Where there is much to look at, find(1) helps: it is quicker than this process, and
 * several of them look at the same time.
 */
export async function lookAtOwners(tree: Looked, means: Means, time: Time): Promise<OwnerScan> {
  const look = new Look(tree, means, time, false);
  await look.everywhere();
  return look.met.scan();
}

/**
 * The same for a tree that is about to change: it remembers what has to change, and
 * stops where that is so much that a walk which changes it finds it as quickly.
 */
export async function lookToOwn(tree: Looked, means: Means, time: Time): Promise<Found> {
  const look = new Look(tree, means, time, true);
  await look.everywhere();
  return { scan: { ...look.met.scan(), complete: !look.isEnough }, places: look.met.places };
}
