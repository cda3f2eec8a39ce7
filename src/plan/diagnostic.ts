import type { Position } from './plan.ts';
import type { PlanSource } from './source.ts';

/** A stretch of text on one line of a plan file. */
export interface Span extends Position {
  /** In characters; at least 1. */
  readonly length: number;
}

/** A mistake in a plan, found without running anything. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** What was found, as a phrase: `unknown step type "owner.path"`. */
  readonly message: string;
  readonly at: Span;
  /** The id of the step that it is in. */
  readonly step?: string;
  /** What was wanted or how to mend it, put beside the underline: `did you mean owner.paths?`. */
  readonly hint?: string;
  /** Other places that take part, such as the other edges of a circle of needs. */
  readonly related?: readonly { readonly at: Span; readonly message: string }[];
}

/** Texts and their mistakes, or what became of them when there are none. */
export type Loaded<T> = { readonly sources: readonly PlanSource[] } & (
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }
);
