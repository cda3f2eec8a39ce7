import { closeSync, constants, openSync } from 'node:fs';
import type { Name } from '../open.ts';
import { OpenPath } from '../open-path.ts';
import { ownBelow } from './own-below.ts';
import { Owning, type Owned, type Reach } from './owning.ts';
import { Pace } from './pace.ts';
import type { ShareReport } from './share-report.ts';

/** Names what a directory holds from inside: only a process of its own may go there. */
const FROM_INSIDE: Reach = {
  go: (directory) => {
    process.chdir(`/proc/self/fd/${directory}`);
    return '.';
  },
  to: (_, name) => name,
};

/**
 * Gives directories of a tree to its owner, with all that lies below them. The working directory
 * is the top of the tree; afterwards it is another one.
 * @param directories the names that lead to each from the top
 */
export async function ownShare(
  tree: Owned,
  directories: readonly (readonly Name[])[],
  signal: AbortSignal,
): Promise<ShareReport> {
  const top = openSync('.', constants.O_RDONLY | constants.O_DIRECTORY);
  const way = new OpenPath(top, 'list');
  try {
    const owning = new Owning(tree, way, FROM_INSIDE);
    await ownBelow(
      owning,
      directories,
      new Pace({ signal }, `setting the owners below ${tree.path}`),
    );
    return { scan: owning.tally.scan(), failures: owning.failures.report() };
  } finally {
    way.close();
    closeSync(top);
  }
}
