/** Finds options that cannot be right whatever value their inputs have. */
import type { JsonObject } from '../step/step.ts';
import { isOwn } from './check-shape.ts';
import { inValue, type PendingDiagnostic, type DiagnosticParts } from './diagnostic.ts';
import { schemaAt, typeOf, typeOfName, type Draft, type Subject } from './draft.ts';
import { isList, isMapping, member, valueAt } from './json.ts';
import { PLAN_KEYS } from './keys.ts';
import { fillOptions, type Lookup } from './options.ts';
import { hasTemplate, nameOf, parseTemplate, wholeReference } from './template.ts';
import { describe, quote, wantedBy } from './wanted.ts';

const SAMPLES = { path: '/sample', id: 1000, string: 'sample', boolean: true } as const;

const KINDS = {
  path: 'a path',
  id: 'a number',
  string: 'a string',
  boolean: 'true or false',
} as const;

/** Options that cannot be right whatever their inputs hold: a string where a number is wanted. */
export function checkSamples(subject: Subject): PendingDiagnostic[] {
  const { draft, document, validate } = subject;
  const filled = filledDocument(subject, (reference) => {
    const { kind, name } = reference;
    const values = draft.inputs.find((input) => kind === 'input' && input.name === name)?.values;
    const type = typeOfName(draft, reference) ?? (kind === 'fact' ? 'id' : 'string');
    return (type === 'string' ? values?.[0] : undefined) ?? SAMPLES[type];
  });
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
      return [inValue(document.sourceMap, pointer, partsOf(text, sample, wanted, draft))];
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

function partsOf(text: string, sample: string, wanted: string, draft: Draft): DiagnosticParts {
  const whole = wholeReference(parseTemplate(text));
  if (whole === undefined)
    return { message: `with sample values this is ${sample}, wanted ${wanted}` };
  const name = nameOf(whole);
  const hint = wanted === 'an absolute path' ? `declare ${name} with type: path` : undefined;
  return {
    message: `${name} is ${KINDS[typeOfName(draft, whole) ?? 'string']}, wanted ${wanted}`,
    hint,
  };
}
