import type { DraftText } from '../draft.ts';
import { inValue } from '../mistake.ts';
import type { Mistake } from '../mistake.ts';
import { didYouMean } from '../nearest.ts';
import { quote } from '../text.ts';
import type { Subject } from './subject.ts';

/** Needs of steps that there are not, and of a step by itself; the same of `before`. */
export function needMistakes({ draft, document: { places } }: Subject): Mistake[] {
  const ids = new Set(draft.steps.flatMap(({ id }) => id ?? []));
  const mistakesIn = (
    key: 'needs' | 'before',
    id: string | undefined,
    { pointer, text }: DraftText,
  ): Mistake[] => {
    if (text === id) {
      const message = key === 'needs' ? 'needs itself' : 'comes before itself';
      return [inValue(places, pointer, { message, hint: 'remove it' })];
    }
    if (ids.has(text)) return [];
    const others = [...ids].filter((known) => known !== id);
    const message = `unknown step ${quote(text)} in ${key}`;
    return [inValue(places, pointer, { message, hint: didYouMean(text, others) })];
  };
  return draft.steps.flatMap(({ id, needs, before }) => [
    ...before.flatMap((text) => mistakesIn('before', id, text)),
    ...needs.flatMap((text) => mistakesIn('needs', id, text)),
  ]);
}
