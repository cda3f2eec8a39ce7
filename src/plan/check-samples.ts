/** Finds options that cannot be right whatever value their inputs have. */
import { FACT_TYPES } from '../step/facts.ts';
import type { JsonObject } from '../step/step.ts';
import { isOwn } from './check-shape.ts';
import { inValue, type PendingDiagnostic, type DiagnosticParts } from './diagnostic.ts';
import { schemaAt, typeOf, type DraftInput, type Subject } from './draft.ts';
import { isList, isMapping, member, valueAt } from './json.ts';
import { PLAN_KEYS } from './keys.ts';
import { fillOptions, type Lookup } from './options.ts';
import type { InputType } from './plan.ts';
import { hasTemplate, nameOf, parseTemplate, wholeReference } from './template.ts';
import { describe, quote, wantedBy } from './wanted.ts';

const SAMPLES = { path: '/sample', id: 1000, string: 'sample', boolean: true } as const;

const KINDS = {
  path: 'a path',
  id: 'a number',
  string: 'a text',
  boolean: 'true or false',
} as const;

/** Options that cannot be right whatever their inputs hold: a text where a number is wanted. */
export function checkSamples(subject: Subject): PendingDiagnostic[] {
  const { draft, document, validate } = subject;
  const inputs = new Map(draft.inputs.map((input) => [input.name, input]));
  const filled = filledDocument(subject, (reference) =>
    reference.kind === 'fact'
      ? factSample(reference.name)
      : inputSample(inputs.get(reference.name)),
  );
  if (filled === undefined) return [];
  return validate(filled)
    .filter((error) => isOwn(error, filled))
    .flatMap(({ instancePath: pointer }) => {
      const text = valueAt(draft.top, pointer);
      const schema = schemaAt(subject, pointer);
      if (typeof text !== 'string' || !hasTemplate(text) || schema === undefined) return [];
      const wanted = wantedBy(schema);
      const found = valueAt(filled, pointer);
      const sample = typeof found === 'string' ? quote(found) : describe(found);
      return [inValue(document.sourceMap, pointer, partsOf(text, sample, wanted, inputs))];
    });
}

/** The document with sample values; undefined where nothing is to be filled in. */
function filledDocument({ draft, ...rest }: Subject, lookup: Lookup): JsonObject | undefined {
  const steps = member(draft.top, 'steps');
  if (!isMapping(draft.top) || !isList(steps)) return undefined;
  const home = member(draft.top, 'home');
  return {
    ...draft.top,
    ...(home === undefined ? {} : fillOptions({ home }, PLAN_KEYS, lookup)),
    steps: steps.map((body, index) => {
      const step = draft.stepAt(index);
      const type = typeOf({ draft, ...rest }, step);
      if (step === undefined || type === undefined || !isMapping(body)) return body;
      if (!isMapping(member(body, 'with'))) return body;
      return { ...body, with: fillOptions(step.with, type.schema, lookup) };
    }),
  };
}

function inputSample(input: DraftInput | undefined): string | number | boolean {
  const type = input?.type ?? 'string';
  return type === 'string' ? (input?.values?.[0] ?? SAMPLES.string) : SAMPLES[type];
}

function factSample(name: string): number | boolean {
  return factType(name) === 'boolean' ? SAMPLES.boolean : SAMPLES.id;
}

function factType(name: string): InputType | undefined {
  return new Map<string, InputType>(Object.entries(FACT_TYPES)).get(name);
}

function partsOf(
  text: string,
  sample: string,
  wanted: string,
  inputs: ReadonlyMap<string, DraftInput>,
): DiagnosticParts {
  const whole = wholeReference(parseTemplate(text));
  if (whole === undefined) return { message: `filled in, this reads ${sample}, wanted ${wanted}` };
  const type = whole.kind === 'fact' ? factType(whole.name) : inputs.get(whole.name)?.type;
  const name = nameOf(whole);
  const hint = wanted === 'an absolute path' ? `declare ${name} with type: path` : undefined;
  return { message: `${name} is ${KINDS[type ?? 'string']}, wanted ${wanted}`, hint };
}
