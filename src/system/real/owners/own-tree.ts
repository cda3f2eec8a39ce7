import { closeSync, constants, openSync } from 'node:fs';
import { componentsOf } from '../../path.ts';
import type { Time } from '../../scan.ts';
import type { OwnerScan } from '../../tree.ts';
import { O_PATH, openDirectory } from '../open.ts';
import { OpenPath } from '../open-path.ts';
import { Frontier } from './frontier.ts';
import type { Means } from './means.ts';
import { ownBelow, ownFromTop } from './own-below.ts';
import { Owning, type Owned } from './owning.ts';
import { Pace } from './pace.ts';
import { worldPath } from './met.ts';
import type { Place } from './places.ts';

/** A tree in which a rule is to be kept, below an open root. */
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
export async function ownTree(tree: OwnedTree, means: Means, time: Time): Promise<OwnerScan> {
  const top = openDirectory(tree.root, componentsOf(tree.path), 'list');
  const way = new OpenPath(top, 'list');
  const home = openSync('.', O_PATH | constants.O_DIRECTORY);
  const owning = new Owning(tree, way, home);
  const pace = new Pace(time, `setting the owners below ${tree.path}`, () => owning.progress);
  try {
    const { program } = means;
    const mayShare = program !== undefined && !tree.isServed && means.processes() > 1;
    let left: readonly Place[] = [[]];
    if (mayShare) {
      const frontier = new Frontier<Place>(left, means.sample);
      left = await ownFromTop(owning, frontier, means.alone.owning, pace);
    }
    if (mayShare && left.length > 0) {
      const { ownInShares } = await import('./shares.ts');
      const sharing = { tree, top, program, processes: means.processes(), time };
      // Other processes do not know of the borders.
      const isCrossed = (place: Place): boolean =>
        tree.borders.isAbove(worldPath(tree.path, place.map(String).join('/')));
      const [crossed, whole] = [[...left], new Array<Place>()];
      for (let next = crossed.pop(); next !== undefined; next = crossed.pop()) {
        if (isCrossed(next)) crossed.push(...owning.directory(next).directories);
        else whole.push(next);
      }
      left = await ownInShares(sharing, owning, whole);
      pace.check();
    }
    await ownBelow(owning, left, pace);
    if (!owning.failures.any || tree.rule.topProves !== true) owning.top(top);
  } finally {
    way.close();
    for (const fd of [top, home]) closeSync(fd);
  }
  owning.failures.throwAny(tree.path);
  return owning.tally.scan();
}
