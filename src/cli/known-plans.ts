import type { Diagnostic } from '../plan/diagnostic.ts';
import type { Plan } from '../plan/plan.ts';

/** A plan that can be used. */
export interface LoadedPlan {
  readonly plan: Plan;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Plans by their text that have been read and checked already. The build puts the plans of this
 * package here; from the sources, every plan is read.
 */
export const knownPlans = (): ReadonlyMap<string, LoadedPlan> => new Map();
