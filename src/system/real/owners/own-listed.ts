import { closeSync, readlinkSync } from 'node:fs';
import { componentsOf, nameOf, parentOf } from '../../path.ts';
import { openDirectory, pathOf, type Name } from '../open.ts';
import { OpenPath } from '../open-path.ts';
import { Failures } from './failures.ts';
import { worldPath } from './met.ts';
import { ownAtOnce, ownEntry } from './own-entry.ts';
import type { Time } from '../../scan.ts';
import type { OwnedTree } from './own-tree.ts';
import { Pace } from './pace.ts';
import { namesOf } from './places.ts';

/**
 * Gives some entries of a tree to its owner, as safely as a walk over it would: the way to each is
 * opened without following links, and it is held before its owner is compared and changed. What
 * lies deeper comes first and the top last, so that an interrupted repair is seen again.
 *
 * @param places where they are, below the top
 * @throws Problem that tells how many entries could not be changed, after all were tried
 */
export async function ownListed(
  { root, path, rule }: OwnedTree,
  places: readonly Name[],
  time: Time,
): Promise<void> {
  const top = hostPath(root, path);
  const failures = new Failures();
  let done = 0;
  const pace = new Pace(time, `setting the owners below ${path}`, () => {
    return { looked: done, changed: done };
  });
  const parent = openDirectory(root, componentsOf(parentOf(path)));
  const way = new OpenPath(parent);
  try {
    for (const place of deepestFirst(places)) {
      if (place.length === 0 && failures.any && rule.topProves === true) continue;
      failures.attempt(worldPath(path, place), () => {
        if (typeof place === 'string' && ownAtOnce(worldPath(top, place), rule)) return;
        const names = [nameOf(path), ...namesOf(place)];
        ownEntry(way.enter(names.slice(0, -1)), names.at(-1) ?? '', rule);
      });
      done += 1;
      if (pace.passed(1)) await pace.rest();
    }
  } finally {
    way.close();
    closeSync(parent);
  }
  failures.throwAny(path);
}

/** A canonical path below an open root, as the machine names it. */
function hostPath(root: number, path: string): string {
  const prefix = readlinkSync(pathOf(root));
  return prefix === '/' ? path : prefix + path;
}

/** What a path starts with comes after it, and what one directory holds stays together. */
function deepestFirst(places: readonly Name[]): readonly Name[] {
  const texts = places.map((place) => [String(place), place] as const);
  return texts.sort(([a], [b]) => (a < b ? 1 : -1)).map(([, place]) => place);
}
