/** Changes the owners of the entries that a scan remembered as wrong, without another walk. */
import { closeSync, readlinkSync } from 'node:fs';
import { ruleKey, type OwnerRule } from '../../owner-rule.ts';
import { componentsOf, isWithin, nameOf, parentOf } from '../../path.ts';
import type { Time } from '../../scan.ts';
import { openDirectory, pathOf, type Name } from '../open.ts';
import { OpenPath } from '../open-path.ts';
import { chownAtOnce, chownEntry } from './chown-entry.ts';
import { ChownFailures } from './chown-failures.ts';
import type { ChownTree } from './directory-chowner.ts';
import { Yielder } from './frontier.ts';
import { placeOf, worldPath } from './tree-paths.ts';

/** Which entries of trees are wrong, from a scan until they are changed. */
export class PendingRepairs {
  /** By the canonical path of the tree; places are below it. */
  readonly #trees = new Map<string, { rule: OwnerRule; places: readonly Name[] }>();

  put(tree: string, rule: OwnerRule, places: readonly Name[]): void {
    this.#trees.set(tree, { rule, places });
  }

  /** Hands out what is known, once; undefined when that is not all, or not about this rule. */
  take(tree: string, rule: OwnerRule): readonly Name[] | undefined {
    const pending = this.#trees.get(tree);
    this.#trees.delete(tree);
    const isAsked = pending !== undefined && ruleKey(pending.rule) === ruleKey(rule);
    return isAsked ? pending.places : undefined;
  }

  /** Forgets what a change at and below `path` may have made untrue. */
  forget(path: string): void {
    for (const tree of this.#trees.keys()) {
      if (isWithin(path, tree) || isWithin(tree, path)) this.#trees.delete(tree);
    }
  }

  clear(): void {
    this.#trees.clear();
  }
}

/**
 * Gives some entries of a tree to its owner, as safely as a walk over it would: the way to each is
 * opened without following links, and it is held before its owner is compared and changed. What
 * lies deeper comes first and the top last, so that an interrupted repair is seen again.
 *
 * @param places where they are, below the top
 * @throws Problem that says how many entries could not be changed, after all were tried
 */
export async function chownListed(
  { root, path, rule }: ChownTree,
  places: readonly Name[],
  time: Time,
): Promise<void> {
  const top = hostPath(root, path);
  const failures = new ChownFailures();
  let done = 0;
  const yielder = new Yielder(time, `setting the owners below ${path}`, () => {
    return { looked: done, changed: done, total: places.length };
  });
  const parent = openDirectory(root, componentsOf(parentOf(path)));
  const way = new OpenPath(parent);
  try {
    for (const below of deepestFirst(places)) {
      if (below.length === 0 && failures.any && rule.topProves === true) continue;
      failures.attempt(worldPath(path, below), () => {
        if (typeof below === 'string' && chownAtOnce(worldPath(top, below), rule)) return;
        const names = [nameOf(path), ...placeOf(below)];
        chownEntry(way.enter(names.slice(0, -1)), names.at(-1) ?? '', rule);
      });
      done += 1;
      if (yielder.passed(1)) await yielder.yield();
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
