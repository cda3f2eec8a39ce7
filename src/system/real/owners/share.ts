import { closeSync, constants, openSync } from 'node:fs';
import type { Time } from '../../scan.ts';
import { OpenPath } from '../open-path.ts';
import { ownBelow } from './own-below.ts';
import { Owning, type Owned } from './owning.ts';
import { Pace } from './pace.ts';
import type { Place } from './places.ts';
import type { ShareReport } from './share-report.ts';

/**
 * Gives directories of a tree to its owner, with all that lies below them. The working directory
 * is the top of the tree.
 * @param directories the names that lead to each from the top
 */
export async function ownShare(
  tree: Owned,
  directories: readonly Place[],
  time: Time,
): Promise<ShareReport> {
  const top = openSync('.', constants.O_RDONLY | constants.O_DIRECTORY);
  const way = new OpenPath(top, 'list');
  try {
    const owning = new Owning(tree, way, top);
    await ownBelow(
      owning,
      directories,
      new Pace(time, `setting the owners below ${tree.path}`, () => owning.progress),
    );
    return { scan: owning.tally.scan(), failures: owning.failures.report() };
  } finally {
    way.close();
    closeSync(top);
  }
}
