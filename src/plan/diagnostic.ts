/** The errors of a plan, with their sourceMap; pending ones also know the value that they blame. */
import type { PlanSource, Span } from './plan.ts';
import type { PlanSourceMap } from './source-map.ts';
import type { TextError } from './template.ts';

/** A error in a plan, found without running anything. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** What was found, as a phrase: `unknown step type "owner.path"`. */
  readonly message: string;
  readonly at: Span;
  /** The id of the step that it is in. */
  readonly step?: string;
  /** What was wanted or how to mend it, put beside the underline: `did you mean owner.paths?`. */
  readonly hint?: string;
  /** Other sourceMap that take part, such as the other edges of a cycle of needs. */
  readonly related?: readonly { readonly at: Span; readonly message: string }[];
}

/** Texts and their errors, or what became of them when there are none. */
export type Loaded<T> = { readonly sources: readonly PlanSource[] } & (
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }
);

/**
 * A diagnostic on its way, with the JSON pointer of the value that it blames. A value is blamed
 * once: the check that knows it best comes first.
 */
export interface PendingDiagnostic extends Diagnostic {
  readonly pointer: string;
}

/** The parts of a error that most have in common are filled in by the functions below. */
export interface DiagnosticParts {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly related?: readonly { readonly at: Span; readonly message: string }[];
}

/** A error in a value. */
export function inValue(
  sourceMap: PlanSourceMap,
  pointer: string,
  parts: DiagnosticParts,
): PendingDiagnostic {
  return at(sourceMap.value(pointer), pointer, parts);
}

/** A error in a key, or one that is best shown there. */
export function inKey(
  sourceMap: PlanSourceMap,
  pointer: string,
  parts: DiagnosticParts,
): PendingDiagnostic {
  return at(sourceMap.key(pointer), pointer, parts);
}

/** Mistakes in parts of a text. */
export function inText(
  sourceMap: PlanSourceMap,
  pointer: string,
  text: string,
  errors: readonly TextError[],
): PendingDiagnostic[] {
  return errors.map(({ offset, length, message, hint }, index) => {
    const span = sourceMap.within(pointer, text, offset, length);
    // The first blames the text, the others must not be taken for the same.
    return at(span, index === 0 ? pointer : `${pointer}/${index}`, { message, hint });
  });
}

/** A error at a place that is known already. */
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
