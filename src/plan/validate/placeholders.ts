import { FACT_TYPES } from '../../step/facts.ts';
import type { DraftInput } from '../draft.ts';
import type { Lookup } from '../fill.ts';

/** Values that stand for inputs and can be told from each other and from anything in a plan. */
interface Placeholders {
  readonly lookup: Lookup;
  /** Puts names in place of placeholders: `${{ inputs.home }}/.env`. */
  readonly readable: (text: string) => string;
}

const FIRST_ID = 65_000;

/** A placeholder that nothing but an input can have brought. */
const MARK = /^(?:\/:input:\d+:|input--\d+--)$/;

/** A placeholder of its type for each input. */
export function placeholders(inputs: readonly DraftInput[]): Placeholders {
  const values = new Map(inputs.map((input, index) => [input.name, placeholder(input, index)]));
  const facts = new Map<string, string>(Object.entries(FACT_TYPES));
  return {
    lookup: ({ kind, name }) =>
      kind === 'input' ? values.get(name) : facts.get(name) === 'id' ? FIRST_ID : true,
    readable: (text) => {
      let readable = text;
      for (const [name, value] of values) {
        if (typeof value === 'string' && MARK.test(value)) {
          readable = readable.replaceAll(value, () => `\${{ inputs.${name} }}`);
        }
      }
      return readable;
    },
  };
}

function placeholder({ type, values }: DraftInput, index: number): string | number | boolean {
  switch (type) {
    case 'path':
      return `/:input:${index}:`;
    case 'id':
      return FIRST_ID + 1 + index;
    case 'boolean':
      return true;
    default:
      // A value that only some options allow stands for itself.
      return values?.[0] ?? `input--${index}--`;
  }
}
