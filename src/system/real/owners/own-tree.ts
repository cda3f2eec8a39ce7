import { closeSync } from 'node:fs';
import { componentsOf } from '../../path.ts';
import type { OwnerScan } from '../../tree.ts';
import { openDirectory, pathOf, type Name } from '../open.ts';
import { OpenPath } from '../open-path.ts';
import { Owning, type Owned, type Reach } from './owning.ts';
import { Pace } from './pace.ts';

/** After how many entries the walk lets timers and signals in. */
const ENTRIES_AT_A_STRETCH = 1024;

/** A tree that is given to an owner, below an open root. */
export interface OwnedTree extends Owned {
  readonly root: number;
}

/** Names what a directory holds by its descriptor: the working directory is everybody's here. */
const BY_DESCRIPTOR: Reach = {
  go: (directory) => `/proc/self/fd/${directory}`,
  to: pathOf,
};

/**
 * Gives a whole tree to its owner, in one walk that counts what it changes; see Owning. The top
 * itself comes last, so that an interrupted repair is seen again.
 *
 * @returns what it found, as a scan before it would have
 * @throws Problem that tells how many entries could not be changed, after all were tried
 */
export async function ownTree(tree: OwnedTree, signal: AbortSignal): Promise<OwnerScan> {
  const top = openDirectory(tree.root, componentsOf(tree.path), 'list');
  const way = new OpenPath(top, 'list');
  const owning = new Owning(tree, way, BY_DESCRIPTOR);
  const pace = new Pace(signal, `setting the owners below ${tree.path}`, ENTRIES_AT_A_STRETCH);
  try {
    await ownBelow(owning, [[]], pace);
    owning.top(top);
  } finally {
    way.close();
    closeSync(top);
  }
  owning.failures.report(tree.path);
  return owning.tally.scan();
}

/** Gives directories to their owner, and all that lies below them. */
export async function ownBelow(
  owning: Owning,
  directories: readonly (readonly Name[])[],
  pace: Pace,
): Promise<void> {
  const waiting = [...directories];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { met, directories } = owning.directory(next);
    for (const directory of directories) waiting.push(directory);
    if (pace.passed(met)) await pace.rest();
  }
}
