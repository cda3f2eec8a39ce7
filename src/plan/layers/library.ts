import type { PlanSource } from '../source.ts';

/** What a plan can be combined with. */
export interface Library {
  /** The plans that `extends` can name. */
  readonly names: readonly string[];
  /** Reads one of them; undefined where there is none. */
  read(name: string): PlanSource | undefined;
  /** Fragments for any plan, in the order in which they apply. */
  readonly fragments: readonly PlanSource[];
}

/** Where a plan stands for itself. */
export const NO_LIBRARY: Library = { names: [], read: () => undefined, fragments: [] };
