import type { OwnerScan } from '../../tree.ts';
import type { Means } from './means.ts';
import type { Remembered } from './memory.ts';
import { ownListed } from './own-listed.ts';
import { ownTree, type OwnedTree } from './own-tree.ts';

/** To go to an entry and hold it takes as long as to meet so many of them on a walk. */
const MET_MEANWHILE = 2;

/**
 * Gives a tree to its owner, in the way that takes less.
 * @param known what a look at the whole of it has left
 * @returns what a walk found, if it took one
 * @throws Problem that tells how many entries could not be changed, after all were tried
 */
export async function own(
  tree: OwnedTree,
  known: Remembered | undefined,
  means: Means,
  signal: AbortSignal,
): Promise<OwnerScan | undefined> {
  if (known === undefined) return ownTree(tree, means, signal);
  const { entries, unreadable } = known.scan;
  // A walk fails at what cannot be listed; nothing is known to be wrong there.
  if (unreadable.length === 0 && known.places.length * MET_MEANWHILE > entries) {
    return ownTree(tree, means, signal, entries);
  }
  await ownListed(tree, known.places, signal);
  return undefined;
}
