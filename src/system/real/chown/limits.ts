/**
 * Limits of the owner scan and repair: when to start find(1) and chown(1), and how many wrong
 * entries to remember. Measured in the benchmarks; tests shrink them.
 */
import { availableParallelism } from 'node:os';

/** When other programs are started for the owners of a tree, and how much is remembered. */
export interface Limits {
  /**
   * Starting other programs has to pay: how many entries of a tree this process scans before it
   * starts find(1), and how many it expects to have left when it starts chown(1).
   */
  readonly alone: { readonly scan: number; readonly chown: number };
  /** From how many of its directories the size of a tree is estimated. */
  readonly sample: number;
  /** GNU find, as a name or a path. */
  readonly find: string;
  /** GNU chown, as a name or a path. */
  readonly chown: string;
  /**
   * How many wrong entries a scan remembers for the repair; beyond `least` it stops where most
   * entries are wrong, beyond `most` in any case.
   */
  readonly remembered: { readonly least: number; readonly most: number };
  /** How many processes work on one tree at the same time. */
  readonly processes: () => number;
}

/** More processes than this wait for the same disk. */
const MAX_PROCESSES = 4;

/** The limits of a boot. */
export const LIMITS: Limits = {
  alone: { scan: 4096, chown: 20_000 },
  sample: 8,
  find: 'find',
  chown: 'chown',
  remembered: { least: 256, most: 16_000 },
  processes: () => Math.min(availableParallelism(), MAX_PROCESSES),
};
