import { closeSync, constants, openSync } from 'node:fs';
import { componentsOf } from '../../path.ts';
import type { OwnerScan } from '../../tree.ts';
import { O_PATH, openDirectory } from '../open.ts';
import { OpenPath } from '../open-path.ts';
import { Frontier } from './frontier.ts';
import type { Means } from './means.ts';
import { ownBelow, ownFromTop } from './own-below.ts';
import { Owning, type Owned } from './owning.ts';
import { Pace } from './pace.ts';
import type { Place } from './places.ts';

/** A tree that is given to an owner, below an open root. */
export interface OwnedTree extends Owned {
  readonly root: number;
}

/**
 * Gives a whole tree to its owner, in one walk that counts what it changes; see Owning. Of a large
 * one other processes take a share each. The top itself comes last, so that an interrupted repair
 * is seen again.
 *
 * @returns what it found, as a scan before it would have
 * @throws Problem that tells how many entries could not be changed, after all were tried
 */
export async function ownTree(
  tree: OwnedTree,
  means: Means,
  signal: AbortSignal,
): Promise<OwnerScan> {
  const top = openDirectory(tree.root, componentsOf(tree.path), 'list');
  const way = new OpenPath(top, 'list');
  const home = openSync('.', O_PATH | constants.O_DIRECTORY);
  const owning = new Owning(tree, way, home);
  const pace = new Pace({ signal }, `setting the owners below ${tree.path}`);
  try {
    const { program } = means;
    // Other processes do not know of the mounts of the world.
    const isPlain = tree.mounts.size === 0 && !tree.isServed;
    const mayShare = program !== undefined && isPlain && means.processes() > 1;
    let left: readonly Place[] = [[]];
    if (mayShare) {
      const frontier = new Frontier<Place>(left, means.sample);
      left = await ownFromTop(owning, frontier, means.alone.owning, pace);
    }
    if (mayShare && left.length > 0) {
      const { ownInShares } = await import('./shares.ts');
      const sharing = { tree, top, program, processes: means.processes(), signal };
      left = await ownInShares(sharing, owning, left);
      pace.check();
    }
    await ownBelow(owning, left, pace);
    owning.top(top);
  } finally {
    way.close();
    for (const fd of [top, home]) closeSync(fd);
  }
  owning.failures.throwAny(tree.path);
  return owning.tally.scan();
}
