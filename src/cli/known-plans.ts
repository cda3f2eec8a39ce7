import type { Diagnostic } from '../plan/diagnostic.ts';
import type { Plan } from '../plan/plan.ts';

/** A plan that has been read and checked before. */
export interface KnownPlan {
  readonly plan: Plan;
  readonly warnings: readonly Diagnostic[];
  /** The plans that it extends, directly and further down. */
  readonly extends: readonly string[];
}

/** A text that is known to be a plan. */
export interface KnownText {
  /** The name of its plan. */
  readonly name: string;
  load(): KnownPlan;
}

/**
 * The plan of a text, where it has been read and checked already. The build puts the plans of this
 * package here; from the sources, every plan is read.
 */
export const knownPlan: (text: string) => KnownText | undefined = () => undefined;
