/** Counts what a scan of owners meets, and stops it when its time is up. */
import { Problem } from '../errors/problem.ts';
import type { Owner, Present } from './entry.ts';
import { clearedBits } from './memory-node.ts';
import { isForeign, keepsRule, ownerBy, type OwnerRule } from './owner-rule.ts';
import { SAMPLE_SIZE, type Misowned, type OwnerScan } from './tree.ts';

/** How many distinct owners a scan names. */
const OWNERS_SIZE = 4;

/** Collects what a walk meets into an OwnerScan, the same one in whatever order it meets it. */
export class OwnerTally {
  readonly #rule: OwnerRule;
  #entries = 0;
  #wrong = 0;
  #others = 0;
  #linked = 0;
  #clears = false;
  readonly #sample = new First<Misowned>(SAMPLE_SIZE, (a, b) => compare(a.path, b.path));
  readonly #owners = new First<Owner>(OWNERS_SIZE, (a, b) => a.uid - b.uid || a.gid - b.gid);
  readonly #linkedSample = new First<string>(SAMPLE_SIZE, compare);
  readonly #mounts: string[] = [];
  readonly #unreadable: string[] = [];

  constructor(rule: OwnerRule) {
    this.#rule = rule;
  }

  /** How many entries have been counted so far. */
  get entries(): number {
    return this.#entries;
  }

  /** How many of them have to change. */
  get wrong(): number {
    return this.#wrong;
  }

  /** Counts entries that are right, without a look at their parts. */
  right(count = 1): void {
    this.#entries += count;
  }

  /** Counts entries of users that the rule does not speak of. */
  other(count = 1): void {
    this.#entries += count;
    this.#others += count;
  }

  /**
   * Counts an entry.
   * @param unnamed its path is not valid UTF-8, so that it cannot be named one by one
   * @returns whether it is wrong and has to change
   */
  entry(path: string, entry: Present, unnamed = false): boolean {
    this.#entries += 1;
    if (keepsRule(this.#rule, entry.stat)) {
      if (isForeign(this.#rule, entry.stat)) this.#others += 1;
      return false;
    }
    if (isHardLinked(entry)) {
      this.#linked += 1;
      this.#linkedSample.add(path);
      return false;
    }
    this.#wrong += 1;
    const { uid, gid } = entry.stat;
    const clears = clearedBits(entry);
    this.#clears ||= clears !== 0;
    if (!unnamed) {
      const to = ownerBy(this.#rule, entry.stat);
      this.#sample.add({ path, owner: { uid, gid }, to, clears });
    }
    this.#owners.add({ uid, gid });
    return true;
  }

  /** Notes a mount point that was not entered. */
  mount(path: string): void {
    this.#mounts.push(path);
  }

  /** Notes a directory that could not be listed. */
  unreadable(path: string): void {
    this.#unreadable.push(path);
  }

  /** Adds what another walk has met elsewhere in the tree. */
  add(scan: OwnerScan): void {
    this.#entries += scan.entries;
    this.#wrong += scan.wrong;
    this.#others += scan.others;
    this.#linked += scan.hardLinked.count;
    this.#clears ||= scan.clears;
    for (const misowned of scan.sample) this.#sample.add(misowned);
    for (const owner of scan.owners) this.#owners.add(owner);
    for (const path of scan.hardLinked.sample) this.#linkedSample.add(path);
    for (const path of scan.mounts) this.#mounts.push(path);
    for (const path of scan.unreadable) this.#unreadable.push(path);
  }

  /** The result of the walk. */
  scan(): OwnerScan {
    return {
      entries: this.#entries,
      wrong: this.#wrong,
      others: this.#others,
      sample: this.#sample.items,
      owners: this.#owners.items,
      clears: this.#clears,
      hardLinked: { count: this.#linked, sample: this.#linkedSample.items },
      mounts: this.#mounts.toSorted(compare),
      unreadable: this.#unreadable.toSorted(compare),
    };
  }
}

/** The first few distinct items of many, in order. */
class First<T> {
  readonly #items: T[] = [];
  readonly #size: number;
  readonly #compare: (a: T, b: T) => number;

  constructor(size: number, compare: (a: T, b: T) => number) {
    this.#size = size;
    this.#compare = compare;
  }

  get items(): readonly T[] {
    return this.#items;
  }

  add(item: T): void {
    const last = this.#items.at(-1);
    const isFull = this.#items.length === this.#size;
    if (isFull && last !== undefined && this.#compare(item, last) >= 0) return;
    const place = this.#items.findIndex((other) => this.#compare(item, other) <= 0);
    const there = this.#items[place];
    if (there !== undefined && this.#compare(item, there) === 0) return;
    this.#items.splice(place === -1 ? this.#items.length : place, 0, item);
    if (this.#items.length > this.#size) this.#items.pop();
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Whether another name of this file may lie where nobody listed it. */
export function isHardLinked(entry: Present): boolean {
  return entry.type === 'file' && entry.stat.nlink > 1;
}

/** How far a walk has come. */
export interface Progress {
  /** How many entries it has looked at. */
  readonly looked: number;
  /** How many of them it has changed. */
  readonly changed: number;
  /** How many there are in all, where that is known. */
  readonly total?: number;
  /** Set where that is estimated from a part of them. */
  readonly estimated?: true;
}

/** The time that something may take. A signal takes its own to make, and is made when it is read. */
export interface Time {
  readonly signal: AbortSignal;
  /** Takes how far it has come, again and again where it takes long. */
  readonly progress?: ((done: Progress) => void) | undefined;
}

/**
 * Stops a walk whose time is up.
 * @throws Problem of code `timeout`, or the reason that the signal was given
 */
export function checkTime(signal: AbortSignal, doing: string): void {
  if (!signal.aborted) return;
  if (signal.reason instanceof Problem) throw signal.reason;
  throw new Problem({ code: 'timeout', found: `time ran out while ${doing}` });
}
