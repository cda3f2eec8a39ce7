import type { Owner, Present } from '../../entry.ts';
import { OwnerTally } from '../../scan.ts';
import type { OwnerScan } from '../../tree.ts';
import type { Name } from '../open.ts';
import type { Finding } from './find-output.ts';

/** What the world calls a tree, and who should own what is in it. */
export interface Claimed {
  readonly path: string;
  readonly owner: Owner;
}

/** What a look at a tree has met. */
export class Met implements Finding {
  readonly #tree: Claimed;
  readonly #tally: OwnerTally;

  constructor(tree: Claimed) {
    this.#tree = tree;
    this.#tally = new OwnerTally(tree.owner);
  }

  /** How many entries. */
  get entries(): number {
    return this.#tally.entries;
  }

  right(count = 1): void {
    this.#tally.right(count);
  }

  wrong(below: Name, entry: Present): void {
    this.#tally.entry(worldPath(this.#tree.path, below), entry, typeof below !== 'string');
  }

  /** A mount point, which is not entered. */
  mount(path: string): void {
    this.#tally.mount(path);
  }

  /** A directory that cannot be listed, or an entry that cannot be looked at. */
  unreadable(path: string): void {
    this.#tally.unreadable(path);
  }

  /** Adds what another look has met elsewhere in the tree. */
  add(other: Met): void {
    this.#tally.add(other.scan());
  }

  scan(): OwnerScan {
    return this.#tally.scan();
  }
}

/** What the world calls something in a tree; of a name that is no text, as much as can be shown. */
export function worldPath(top: string, below: Name): string {
  if (below.length === 0) return top;
  return `${top === '/' ? '' : top}/${String(below)}`;
}
