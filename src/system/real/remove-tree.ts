import { rmdirSync, unlinkSync } from 'node:fs';
import { Problem } from '../../errors/problem.ts';
import { namesIn, pathOf, statOf, type Name } from './open.ts';
import { OpenPath } from './open-path.ts';

/** A service directory has a few dozen entries: with so many, something else is going on. */
const MAX_ENTRIES = 10_000;

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
  for (let steps = 0; at.length > 0; steps += 1) {
    if (steps > MAX_ENTRIES) {
      throw new Problem({ found: `${name} has more than ${MAX_ENTRIES} directories in it` });
    }
    const inner = removeFiles(way.enter(at));
    if (inner !== undefined) {
      at.push(inner);
      continue;
    }
    const emptied = at.pop();
    if (at.length > 0 && emptied !== undefined) rmdirSync(pathOf(way.enter(at), emptied));
  }
}

/** Removes what is no directory from an open one; returns a directory in it, if there is any. */
function removeFiles(directory: number): Name | undefined {
  let inner: Name | undefined;
  for (const name of namesIn(pathOf(directory))) {
    if (statOf(pathOf(directory, name))?.isDirectory() === true) inner = name;
    else unlinkSync(pathOf(directory, name));
  }
  return inner;
}
