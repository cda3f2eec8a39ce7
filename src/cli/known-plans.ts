import type { Diagnostic } from '../plan/diagnostic.ts';
import type { Plan } from '../plan/plan.ts';

/** A plan that has been read and checked before. */
export interface KnownPlan {
  readonly plan: Plan;
  readonly warnings: readonly Diagnostic[];
  /** The plans that it extends, directly and further down. */
  readonly extends: readonly string[];
}

/**
 * Plans by their text that have been read and checked already. The build puts the plans of this
 * package here; from the sources, every plan is read.
 */
export const knownPlans = (): ReadonlyMap<string, KnownPlan> => new Map();
