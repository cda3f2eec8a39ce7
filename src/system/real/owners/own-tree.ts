import { closeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { errnoOf, Problem } from '../../../errors/problem.ts';
import { sameOwner, type Owner } from '../../entry.ts';
import { componentsOf, nameOf, parentOf } from '../../path.ts';
import { checkTime } from '../../scan.ts';
import type { Mounts } from '../../mounts.ts';
import { systemProblem } from '../errno.ts';
import { namesIn, openDirectory, pathOf, statOf, withEntry, type Name } from '../open.ts';
import { OpenPath } from '../open-path.ts';
import { chown } from '../write.ts';

/** After how many entries the walk lets timers and signals in. */
const ENTRIES_AT_A_STRETCH = 1024;

/** How many failures are told one by one. */
const TOLD_FAILURES = 3;

/**
 * Gives a whole tree to `owner`, safely while somebody else changes it: each directory is opened
 * component by component without following links, and each entry is held before its owner is
 * compared and changed. Regular files with several hard links and other mounts are left alone, as
 * a scan says. The top itself comes last, so that an interrupted repair is seen again.
 *
 * @param root the open root of the world; @param path the tree, as a canonical path
 * @throws Problem that tells how many entries could not be changed, after all were tried
 */
export async function ownTree(
  root: number,
  path: string,
  owner: Owner,
  mounts: Mounts,
  signal: AbortSignal,
): Promise<void> {
  const failures = new Failures();
  const parent = openDirectory(root, componentsOf(parentOf(path)));
  const way = new OpenPath(parent);
  try {
    const waiting: (readonly Name[])[] = [[nameOf(path)]];
    let stretch = 0;
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { met, directories } = ownChildren(way, path, next, owner, mounts, failures);
      waiting.push(...directories);
      stretch += met;
      if (stretch < ENTRIES_AT_A_STRETCH) continue;
      stretch = 0;
      await setImmediate();
      checkTime(signal, `setting the owners below ${path}`);
    }
    failures.attempt(path, () => ownEntry(parent, nameOf(path), owner));
  } finally {
    way.close();
    closeSync(parent);
  }
  failures.report(path);
}

/** Changes the owners of what one directory holds; returns the directories among it. */
function ownChildren(
  way: OpenPath,
  top: string,
  components: readonly Name[],
  owner: Owner,
  mounts: Mounts,
  failures: Failures,
): { met: number; directories: (readonly Name[])[] } {
  const directories: (readonly Name[])[] = [];
  const path = [top, ...components.slice(1).map(String)].join('/');
  const met = failures.attempt(path, () => {
    const directory = way.enter(components);
    const names = namesIn(pathOf(directory));
    for (const name of names) {
      const child = `${path}/${String(name)}`;
      if (mounts.has(child)) continue;
      const isDirectory = failures.attempt(child, () => ownEntry(directory, name, owner));
      if (isDirectory === true) directories.push([...components, name]);
    }
    return names.length;
  });
  return { met: met ?? 0, directories };
}

/** Changes the owner of one entry if it is wrong; tells whether it is a directory. */
function ownEntry(directory: number, name: Name, owner: Owner): boolean {
  const glance = statOf(pathOf(directory, name));
  if (glance === undefined) return false;
  if (sameOwner(glance, owner)) return glance.isDirectory();
  return withEntry(directory, name, (fd, stats) => {
    const hardLinked = stats.isFile() && stats.nlink > 1;
    if (!hardLinked && !sameOwner(stats, owner)) chown(fd, owner, String(name));
    return stats.isDirectory();
  });
}

/** Collects failures, so that one entry does not keep the others from being repaired. */
class Failures {
  #count = 0;
  #first: Problem | undefined;
  readonly #told: string[] = [];

  attempt<T>(path: string, act: () => T): T | undefined {
    try {
      return act();
    } catch (error) {
      // What vanishes or turns into something else while we walk is somebody else's doing.
      if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errnoOf(error) ?? '')) return undefined;
      const problem = systemProblem(error, `setting the owner of ${path}`);
      this.#count += 1;
      this.#first ??= problem;
      if (this.#told.length < TOLD_FAILURES) this.#told.push(problem.found);
      return undefined;
    }
  }

  report(path: string): void {
    if (this.#first === undefined) return;
    const more = this.#count - this.#told.length;
    throw new Problem({
      code: this.#first.code,
      found: `${this.#told.join('; ')}${more > 0 ? `; and ${more} more below ${path}` : ''}`,
      mend: this.#first.mend,
      cause: this.#first.sharedCause,
      errno: this.#first.errno,
    });
  }
}
