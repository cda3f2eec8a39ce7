import type { Name } from '../open.ts';
import type { Owning } from './owning.ts';
import type { Pace } from './pace.ts';

/** The names that lead to a directory from the top of its tree. */
export type Place = readonly Name[];

/** Gives directories to their owner, with all that lies below them. */
export async function ownBelow(
  owning: Owning,
  directories: readonly Place[],
  pace: Pace,
): Promise<void> {
  const waiting = [...directories];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { met, directories: found } = owning.directory(next);
    for (const directory of found) waiting.push(directory);
    if (pace.passed(met)) await pace.rest();
  }
}

/**
 * Gives a tree to its owner from its top on, directories that are higher up first.
 * @param most after how many entries it stops
 * @returns the directories that are left
 */
export async function ownFromTop(
  owning: Owning,
  most: number,
  pace: Pace,
): Promise<readonly Place[]> {
  const waiting: Place[] = [[]];
  let done = 0;
  let met = 0;
  for (let next = waiting[0]; next !== undefined && met < most; next = waiting[done]) {
    const held = owning.directory(next);
    for (const directory of held.directories) waiting.push(directory);
    done += 1;
    met += held.met;
    if (pace.passed(held.met)) await pace.rest();
  }
  return waiting.slice(done);
}
