/** Removes an entry with everything in it, never through a link. */
import { rmdirSync, unlinkSync } from 'node:fs';
import { Problem } from '../../errors/problem.ts';
import { namesIn, pathOf, statOf, type Name } from './open.ts';
import { OpenPath } from './open-path.ts';

/** A service directory has a handful of them: with so many, something else is going on. */
const MAX_DIRECTORIES = 10_000;

/**
 * Removes an entry with everything in it; none is fine. Each directory is opened without following
 * links and emptied through its descriptor, so that a link swapped in is itself removed and
 * nothing behind it.
 *
 * @param directory the open directory that holds it
 */
export function removeTree(directory: number, name: string): void {
  const stats = statOf(pathOf(directory, name));
  if (stats === undefined) return;
  if (!stats.isDirectory()) {
    unlinkSync(pathOf(directory, name));
    return;
  }
  const way = new OpenPath(directory);
  try {
    empty(way, name);
    rmdirSync(pathOf(directory, name));
  } finally {
    way.close();
  }
}

function empty(way: OpenPath, name: string): void {
  const at: Name[] = [name];
  /** Of each directory that is gone into, those in it that are still to be emptied. */
  const left: Name[][] = [removeFiles(way.enter(at))];
  for (let directories = 1; at.length > 0;) {
    const inner = left.at(-1)?.pop();
    if (inner !== undefined) {
      directories += 1;
      if (directories > MAX_DIRECTORIES) {
        throw new Problem({ found: `${name} has more than ${MAX_DIRECTORIES} directories in it` });
      }
      at.push(inner);
      left.push(removeFiles(way.enter(at)));
      continue;
    }
    left.pop();
    const emptied = at.pop();
    if (at.length > 0 && emptied !== undefined) rmdirSync(pathOf(way.enter(at), emptied));
  }
}

/** Removes what is no directory from an open one; returns the directories in it. */
function removeFiles(directory: number): Name[] {
  return namesIn(pathOf(directory)).filter((name) => {
    if (statOf(pathOf(directory, name))?.isDirectory() === true) return true;
    unlinkSync(pathOf(directory, name));
    return false;
  });
}
