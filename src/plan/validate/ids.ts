import { inValue } from '../mistake.ts';
import type { Mistake } from '../mistake.ts';
import { quote } from '../text.ts';
import type { Subject } from './subject.ts';

/** Steps whose id another step before them has. */
export function idMistakes({ draft, document: { places } }: Subject): Mistake[] {
  const first = new Map<string, string>();
  return draft.steps.flatMap(({ id, pointer }) => {
    if (id === undefined) return [];
    const place = `${pointer}/id`;
    const before = first.get(id);
    if (before === undefined) {
      first.set(id, place);
      return [];
    }
    const related = [{ at: places.value(before), message: 'the first one is here' }];
    return [inValue(places, place, { message: `duplicate step id ${quote(id)}`, related })];
  });
}
