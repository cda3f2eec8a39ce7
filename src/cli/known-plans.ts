/** The plans of this package, read and checked by the build; empty when run from the sources. */
import type { Diagnostic } from '../plan/diagnostic.ts';
import type { Plan } from '../plan/plan.ts';

/** A plan that has been read and checked before. */
export interface KnownPlan {
  readonly plan: Plan;
  readonly warnings: readonly Diagnostic[];
  /** The plans that it extends, directly and further down. */
  readonly extends: readonly string[];
}

/** A plan text that the build has read. */
export interface KnownText {
  /** The name of its plan. */
  readonly name: string;
  load(): KnownPlan;
}

/** The plan of a text, if the build has read it. The build replaces this module. */
export const knownPlan: (text: string) => KnownText | undefined = () => undefined;
