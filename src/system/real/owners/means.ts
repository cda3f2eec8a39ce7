import { availableParallelism } from 'node:os';

/** What looks at owners, and changes them, work with. */
export interface Means {
  /**
   * Starting others to help has to pay: so many entries of a tree this process looks at before it
   * calls them, and so many it expects to have left when it calls them to change owners.
   */
  readonly alone: { readonly looking: number; readonly owning: number };
  /** From how many of its directories the size of a tree is guessed. */
  readonly sample: number;
  /** The program that looks at the rest: find(1) of GNU. */
  readonly find: string;
  /**
   * How many wrong entries a look remembers for those who change them; beyond the least of them it
   * gives up where most entries are wrong, beyond the most in any case.
   */
  readonly remembered: { readonly least: number; readonly most: number };
  /** What other processes run that change owners, share-main.ts as a file; without it, none do. */
  readonly program?: string;
  /** How many processes work on one tree at the same time. */
  readonly processes: () => number;
}

/** More of them than this wait for the same disk. */
const MOST_PROCESSES = 4;

/** What a boot works with. */
export const MEANS: Means = {
  alone: { looking: 4096, owning: 20_000 },
  sample: 8,
  find: 'find',
  remembered: { least: 256, most: 16_000 },
  processes: () => Math.min(availableParallelism(), MOST_PROCESSES),
};
