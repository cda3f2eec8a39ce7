import type { Present } from '../../entry.ts';
import type { OwnerRule } from '../../owner-rule.ts';
import { OwnerTally } from '../../scan.ts';
import type { OwnerScan } from '../../tree.ts';
import type { Name } from '../open.ts';
import type { Finding } from './find-output.ts';

/** What the world calls a tree, and who should own what is in it. */
export interface Claimed {
  readonly path: string;
  readonly rule: OwnerRule;
}

/** What a look at a tree has met. */
export class Met implements Finding {
  readonly #tree: Claimed;
  readonly #tally: OwnerTally;
  readonly #places: Name[] | undefined;

  /** @param remembers whether it remembers where the wrong entries are */
  constructor(tree: Claimed, remembers: boolean) {
    this.#tree = tree;
    this.#tally = new OwnerTally(tree.rule);
    this.#places = remembers ? [] : undefined;
  }

  /** How many entries. */
  get entries(): number {
    return this.#tally.entries;
  }

  /** Where the entries are that have to change, below the top; none when it does not remember. */
  get places(): readonly Name[] {
    return this.#places ?? [];
  }

  right(count = 1): void {
    this.#tally.right(count);
  }

  other(count = 1): void {
    this.#tally.other(count);
  }

  wrong(below: Name, entry: Present): void {
    const path = worldPath(this.#tree.path, below);
    const changes = this.#tally.entry(path, entry, typeof below !== 'string');
    if (changes) this.#places?.push(below);
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
    for (const place of other.places) this.#places?.push(place);
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
