import type { DraftInput } from '../draft.ts';
import { WANTED, readInput } from '../input-types.ts';
import { inKey, inValue } from '../mistake.ts';
import type { Mistake } from '../mistake.ts';
import { describe } from '../phrases.ts';
import { plainBoolean } from './scalars.ts';
import type { Subject } from './subject.ts';

/** Defaults that their own input would refuse, and `values` where they mean nothing. */
export function inputMistakes({ draft, document: { places } }: Subject): Mistake[] {
  return draft.inputs.flatMap((input) => {
    const { pointer, type, values } = input;
    const found: Mistake[] = [];
    if (values !== undefined && type !== undefined && type !== 'string') {
      const hint = `${type} has its own`;
      const message = 'values are for inputs of type string';
      found.push(inKey(places, `${pointer}/values`, { message, hint }));
    }
    const wanted = wantedDefault(input);
    if (wanted !== undefined) {
      const source = places.source(`${pointer}/default`);
      const unquoted = type === 'string' && typeof input.fallback !== 'string';
      const hint = unquoted
        ? `write it quoted: "${source}"`
        : type === 'boolean'
          ? plainBoolean(source)
          : undefined;
      const message = `found ${describe(input.fallback)}, wanted ${wanted}`;
      found.push(inValue(places, `${pointer}/default`, { message, hint }));
    }
    return found;
  });
}

/** What the default should be; undefined where it is right or there is none. */
function wantedDefault({ type, fallback, values }: DraftInput): string | undefined {
  if (type === undefined || fallback === undefined) return undefined;
  switch (type) {
    case 'id':
      if (typeof fallback !== 'number') return WANTED.id;
      break;
    case 'boolean':
      return typeof fallback === 'boolean' ? undefined : 'true or false';
    case 'path':
    case 'string':
      if (typeof fallback !== 'string') return WANTED[type];
  }
  const reading = readInput(
    { type, ...(values === undefined ? {} : { values }) },
    String(fallback),
  );
  return reading.ok ? undefined : reading.wanted;
}
