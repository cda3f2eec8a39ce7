/** Errors and warnings about a plan: what was found, and where. */
import type { PlanSource, Span } from './plan.ts';
import type { PlanSourceMap } from './source-map.ts';
import type { TextError } from './template.ts';

/** An error or warning about a plan, found without running anything. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** What was found, as a phrase: `unknown step type "owner.path"`. */
  readonly message: string;
  readonly at: Span;
  /** The id of the step that it is in. */
  readonly step?: string;
  /** What was wanted or how to fix it, shown beside the underline: `did you mean owner.paths?`. */
  readonly hint?: string;
  /** Other places that take part, such as the other edges of a cycle of needs. */
  readonly related?: readonly { readonly at: Span; readonly message: string }[];
}

/** What was read from files, or their errors. */
export type Loaded<T> = { readonly sources: readonly PlanSource[] } & (
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }
);

/**
 * A diagnostic that is not reported yet, with the JSON pointer of its value. Of several about the
 * same value only the first is reported: the check that knows most comes first.
 */
export interface PendingDiagnostic extends Diagnostic {
  readonly pointer: string;
}

/** What the functions below complete to a diagnostic. */
export interface DiagnosticParts {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly related?: readonly { readonly at: Span; readonly message: string }[];
}

/** An error in a value. */
export function inValue(
  sourceMap: PlanSourceMap,
  pointer: string,
  parts: DiagnosticParts,
): PendingDiagnostic {
  return at(sourceMap.value(pointer), pointer, parts);
}

/** An error in a key, or one that is best shown there. */
export function inKey(
  sourceMap: PlanSourceMap,
  pointer: string,
  parts: DiagnosticParts,
): PendingDiagnostic {
  return at(sourceMap.key(pointer), pointer, parts);
}

/** Errors in parts of a string. */
export function inText(
  sourceMap: PlanSourceMap,
  pointer: string,
  text: string,
  errors: readonly TextError[],
): PendingDiagnostic[] {
  return errors.map(({ offset, length, message, hint }, index) => {
    const span = sourceMap.within(pointer, text, offset, length);
    // The first is about the whole string, the others must not count as the same.
    return at(span, index === 0 ? pointer : `${pointer}/${index}`, { message, hint });
  });
}

/** An error at a known place. */
export function at(span: Span, pointer: string, parts: DiagnosticParts): PendingDiagnostic {
  const { message, hint, related } = parts;
  return {
    severity: 'error',
    pointer,
    message,
    at: span,
    ...(hint === undefined ? {} : { hint }),
    ...(related === undefined ? {} : { related }),
  };
}
