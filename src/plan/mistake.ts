import type { Diagnostic, Span } from './diagnostic.ts';
import type { PlanPlaces } from './places.ts';
import type { TextMistake } from './template.ts';

/**
 * A diagnostic on its way, with the JSON pointer of the value that it blames. A value is blamed
 * once: the check that knows it best comes first.
 */
export interface Mistake extends Diagnostic {
  readonly pointer: string;
}

/** The parts of a mistake that most have in common are filled in by the functions below. */
export interface MistakeParts {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly related?: readonly { readonly at: Span; readonly message: string }[];
}

/** A mistake in a value. */
export function inValue(places: PlanPlaces, pointer: string, parts: MistakeParts): Mistake {
  return at(places.value(pointer), pointer, parts);
}

/** A mistake in a key, or one that is best shown there. */
export function inKey(places: PlanPlaces, pointer: string, parts: MistakeParts): Mistake {
  return at(places.key(pointer), pointer, parts);
}

/** Mistakes in parts of a text. */
export function inText(
  places: PlanPlaces,
  pointer: string,
  text: string,
  mistakes: readonly TextMistake[],
): Mistake[] {
  return mistakes.map(({ offset, length, message, hint }, index) => {
    const span = places.within(pointer, text, offset, length);
    // The first blames the text, the others must not be taken for the same.
    return at(span, index === 0 ? pointer : `${pointer}/${index}`, { message, hint });
  });
}

/** A mistake at a place that is known already. */
export function at(span: Span, pointer: string, parts: MistakeParts): Mistake {
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
