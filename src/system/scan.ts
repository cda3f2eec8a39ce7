import { Problem } from '../errors/problem.ts';
import { sameOwner, type Owner, type Present } from './entry.ts';
import { clearedBits } from './node.ts';
import { SAMPLE_SIZE, type Misowned, type OwnerScan } from './tree.ts';

/** How many distinct owners a scan names. */
const OWNERS_SIZE = 4;

/** Collects what a walk meets into an OwnerScan. The walk decides the order. */
export class OwnerTally {
  readonly #wanted: Owner;
  #entries = 0;
  #wrong = 0;
  #linked = 0;
  #clears = false;
  readonly #sample: Misowned[] = [];
  readonly #owners: Owner[] = [];
  readonly #linkedSample: string[] = [];
  readonly #mounts: string[] = [];
  readonly #unreadable: string[] = [];

  constructor(wanted: Owner) {
    this.#wanted = wanted;
  }

  /** Counts an entry that is right, without a look at its parts. */
  right(): void {
    this.#entries += 1;
  }

  /**
   * Counts an entry.
   * @param unnamed its name is not valid UTF-8, so that it cannot be named one by one
   */
  entry(path: string, entry: Present, unnamed = false): void {
    this.#entries += 1;
    if (sameOwner(entry.stat, this.#wanted)) return;
    if (isHardLinked(entry)) {
      this.#linked += 1;
      if (this.#linkedSample.length < SAMPLE_SIZE) this.#linkedSample.push(path);
      return;
    }
    this.#wrong += 1;
    const { uid, gid } = entry.stat;
    const clears = clearedBits(entry);
    this.#clears ||= clears !== 0;
    if (!unnamed && this.#sample.length < SAMPLE_SIZE) {
      this.#sample.push({ path, owner: { uid, gid }, clears });
    }
    const known = this.#owners.some((owner) => owner.uid === uid && owner.gid === gid);
    if (!known && this.#owners.length < OWNERS_SIZE) this.#owners.push({ uid, gid });
  }

  /** Notes a mount point that was not entered. */
  mount(path: string): void {
    this.#mounts.push(path);
  }

  /** Notes a directory that could not be listed. */
  unreadable(path: string): void {
    this.#unreadable.push(path);
  }

  /** The result of the walk. */
  scan(): OwnerScan {
    return {
      entries: this.#entries,
      wrong: this.#wrong,
      sample: this.#sample.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
      owners: this.#owners,
      clears: this.#clears,
      hardLinked: { count: this.#linked, sample: this.#linkedSample },
      mounts: this.#mounts,
      unreadable: this.#unreadable,
    };
  }
}

/** Whether another name of this file may lie where nobody listed it. */
export function isHardLinked(entry: Present): boolean {
  return entry.type === 'file' && entry.stat.nlink > 1;
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
