/** Finds options that cannot be right whatever value their inputs have. */
import type { OptionSchema } from '../step/schema.ts';
import type { JsonObject } from '../step/step.ts';
import { inValue, type DiagnosticParts, type PendingDiagnostic } from './diagnostic.ts';
import { typeOf, typeOfName, type Draft, type DraftInput, type Subject } from './draft.ts';
import { member, pointerTo, valueAt } from './json.ts';
import { PLAN_KEYS } from './keys.ts';
import { fillOptions, unfitOptions, type Lookup, type Unfit } from './fill-options.ts';
import { hasTemplate, nameOf, parseTemplate, wholeReference } from './template.ts';

const KINDS = {
  path: 'a path',
  id: 'a number',
  string: 'a string',
  boolean: 'true or false',
} as const;

/** Options that cannot be right whatever their inputs hold: a string where a number is wanted. */
export function checkSamples(subject: Subject): PendingDiagnostic[] {
  const { draft, document } = subject;
  const samples = samplesFor(draft);
  const check = (options: JsonObject, schema: OptionSchema, at: string): PendingDiagnostic[] =>
    unfitOptions(fillOptions(options, schema, samples.lookup), schema).flatMap((unfit) => {
      const pointer = unfit.path.reduce(pointerTo, at);
      const text = valueAt(draft.top, pointer);
      if (typeof text !== 'string' || !hasTemplate(text)) return [];
      const found = samples.readable(unfit.found);
      return [inValue(document.sourceMap, pointer, partsOf(text, { ...unfit, found }, draft))];
    });
  const home = member(draft.top, 'home');
  return [
    ...(home === undefined ? [] : check({ home }, PLAN_KEYS, '')),
    ...draft.steps.flatMap((step) => {
      const type = typeOf(subject, step);
      return type === undefined ? [] : check(step.with, type.schema, `${step.pointer}/with`);
    }),
  ];
}

function partsOf(text: string, { found, wanted }: Unfit, draft: Draft): DiagnosticParts {
  const whole = wholeReference(parseTemplate(text));
  if (whole === undefined) return { message: `found ${found}, wanted ${wanted}` };
  const name = nameOf(whole);
  const kind = KINDS[typeOfName(draft, whole) ?? 'string'];
  const hint = wanted === 'an absolute path' ? `declare ${name} with type: path` : undefined;
  return { message: `${name} is ${kind}, wanted ${wanted}`, hint };
}

const FIRST_ID = 65_000;

/** Sample values for the inputs and facts of a plan, unlike each other and anything in the plan. */
export function samplesFor(draft: Draft): {
  readonly lookup: Lookup;
  /** Puts names in place of samples: `${{ inputs.home }}/.env`. */
  readonly readable: (text: string) => string;
} {
  const samples = new Map(draft.inputs.map((input, index) => [input.name, sample(input, index)]));
  return {
    lookup: (reference) => {
      if (reference.kind === 'input') return samples.get(reference.name) ?? 'sample';
      return sample({ type: typeOfName(draft, reference) ?? 'id' }, -1);
    },
    readable: (text) =>
      draft.inputs.reduce((shown, { name, values }) => {
        const value = samples.get(name);
        const isOwn = typeof value === 'string' && value !== values?.[0];
        return isOwn ? shown.replaceAll(value, () => `\${{ inputs.${name} }}`) : shown;
      }, text),
  };
}

function sample(
  { type, values }: Partial<Pick<DraftInput, 'type' | 'values'>>,
  index: number,
): string | number | boolean {
  switch (type) {
    case 'path':
      return `/:input:${index}:`;
    case 'id':
      return FIRST_ID + 1 + index;
    case 'boolean':
      return true;
    default:
      // A value that only some options allow stands for itself.
      return values?.[0] ?? `inputsample${index}x`;
  }
}
