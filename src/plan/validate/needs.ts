import { inValue } from '../mistake.ts';
import type { Mistake } from '../mistake.ts';
import { didYouMean } from '../nearest.ts';
import { quote } from '../text.ts';
import type { Subject } from './subject.ts';

/** Needs of steps that there are not, and of a step by itself. */
export function needMistakes({ draft, document: { places } }: Subject): Mistake[] {
  const ids = new Set(draft.steps.flatMap(({ id }) => id ?? []));
  return draft.steps.flatMap(({ id, needs }) =>
    needs.flatMap(({ pointer, text }) => {
      if (text === id) {
        const hint = 'remove it';
        return [inValue(places, pointer, { message: 'needs itself', hint })];
      }
      if (ids.has(text)) return [];
      const hint = didYouMean(
        text,
        [...ids].filter((known) => known !== id),
      );
      return [inValue(places, pointer, { message: `unknown step ${quote(text)} in needs`, hint })];
    }),
  );
}
