import type { Frontier } from './frontier.ts';
import type { Owning } from './owning.ts';
import type { Pace } from './pace.ts';
import type { Place } from './places.ts';

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
 * Gives a tree to its owner from its top on.
 * @param frontier with the top alone
 * @param most it stops where it expects more entries than that to be left
 * @returns the directories that are left
 */
export async function ownFromTop(
  owning: Owning,
  frontier: Frontier<Place>,
  most: number,
  pace: Pace,
): Promise<readonly Place[]> {
  for (let next = frontier.next(); next !== undefined; next = frontier.next()) {
    const { met, directories } = owning.directory(next);
    frontier.read(met, directories);
    if (frontier.expected > most) break;
    if (pace.passed(met)) await pace.rest();
  }
  return frontier.rest();
}
