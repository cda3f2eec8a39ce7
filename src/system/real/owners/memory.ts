import { sameOwner, type Owner } from '../../entry.ts';
import { isWithin } from '../../path.ts';
import type { OwnerScan } from '../../tree.ts';
import type { Name } from '../open.ts';

/** What a look at all of a tree that is about to change has left. */
export interface Remembered {
  readonly scan: OwnerScan;
  /** Where the entries are that have to change, below the top. */
  readonly places: readonly Name[];
}

/** What is known of trees that have to change, from a look until they are changed. */
export class OwnerMemory {
  /** By the canonical path of the tree. */
  readonly #trees = new Map<string, { readonly owner: Owner; readonly known: Remembered }>();

  put(tree: string, owner: Owner, known: Remembered): void {
    this.#trees.set(tree, { owner, known });
  }

  /** Hands out what is known, once; undefined when that is nothing, or not about this owner. */
  take(tree: string, owner: Owner): Remembered | undefined {
    const remembered = this.#trees.get(tree);
    this.#trees.delete(tree);
    return remembered && sameOwner(remembered.owner, owner) ? remembered.known : undefined;
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
