import { inText } from '../mistake.ts';
import type { Mistake } from '../mistake.ts';
import { checkWhen } from '../when/check.ts';
import { parseWhen } from '../when/parse.ts';
import { undefinedName } from './templates.ts';
import type { Subject } from './subject.ts';

/** Conditions that cannot be read, name what there is not, or compare what can never be equal. */
export function whenMistakes({ draft, document: { places } }: Subject): Mistake[] {
  const inputs = new Map(draft.inputs.map((input) => [input.name, input]));
  return draft.steps.flatMap(({ when }) => {
    if (when === undefined || when.text === '') return [];
    const parsed = parseWhen(when.text);
    const mistakes =
      'condition' in parsed
        ? checkWhen(parsed, inputs, (reference) => undefinedName(reference, draft.inputNames))
        : [parsed];
    return inText(places, when.pointer, when.text, mistakes);
  });
}
