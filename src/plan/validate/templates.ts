import { FACT_TYPES } from '../../step/facts.ts';
import type { JsonValue } from '../../step/step.ts';
import { isList, isMapping, keysOf, pointerTo, textsOf } from '../json.ts';
import { inKey, inText, inValue } from '../mistake.ts';
import type { Mistake } from '../mistake.ts';
import { nearest } from '../nearest.ts';
import { hasTemplate, nameOf, parseTemplate, referencesOf } from '../template.ts';
import type { Reference, TextMistake } from '../template.ts';
import type { Subject } from './subject.ts';

/** Templates that are malformed, stand where none may, or name what there is not. */
export function templateMistakes(subject: Subject): Mistake[] {
  const { draft, document } = subject;
  const { places } = document;
  const mistakes: Mistake[] = [];
  for (const { pointer, text } of textsOf(draft.top)) {
    if (!hasTemplate(text)) continue;
    switch (kindOf(pointer)) {
      case 'options': {
        const template = parseTemplate(text);
        const undefinedNames = referencesOf(template).flatMap((name) =>
          undefinedName(name, draft.inputNames),
        );
        const found = [...template.mistakes, ...undefinedNames];
        mistakes.push(...inText(places, pointer, text, found));
        break;
      }
      case 'literal': {
        const message = 'a template cannot stand here';
        mistakes.push(
          inValue(places, pointer, { message, hint: 'only home and values in with are filled in' }),
        );
        break;
      }
      case 'other':
    }
  }
  for (const step of draft.steps) {
    for (const pointer of templateKeys(step.with, `${step.pointer}/with`)) {
      mistakes.push(inKey(places, pointer, { message: 'a template cannot be a key' }));
    }
  }
  return mistakes;
}

/** The mistake of naming an input or fact that there is not. */
export function undefinedName(reference: Reference, inputs: readonly string[]): TextMistake[] {
  const { kind, name, offset, length } = reference;
  const own = kind === 'input' ? inputs : Object.keys(FACT_TYPES);
  if (own.includes(name)) return [];
  const candidates = [
    ...own.map((known) => nameOf({ kind, name: known })),
    ...inputs.map((known) => `inputs.${known}`),
    ...Object.keys(FACT_TYPES).map((known) => `facts.${known}`),
  ];
  const written = nameOf(reference);
  const near = nearest(name, own);
  const elsewhere = candidates.find((known) => known.endsWith(`s.${name}`));
  const meant = elsewhere ?? (near === undefined ? undefined : nameOf({ kind, name: near }));
  const hint = meant === undefined ? undeclared(kind) : `did you mean ${meant}?`;
  return [{ offset, length, message: `undefined name ${written}`, hint }];
}

function undeclared(kind: Reference['kind']): string {
  return kind === 'input'
    ? 'declare it under inputs'
    : `the facts are ${Object.keys(FACT_TYPES).join(', ')}`;
}

function kindOf(pointer: string): 'options' | 'literal' | 'other' {
  const [top = '', , key] = keysOf(pointer);
  if (top.startsWith('x-')) return 'other';
  if (top === 'home' || (top === 'steps' && key === 'with')) return 'options';
  return top === 'steps' && key === 'when' ? 'other' : 'literal';
}

function templateKeys(value: JsonValue | undefined, pointer: string): string[] {
  if (isList(value)) {
    return value.flatMap((item, index) => templateKeys(item, pointerTo(pointer, index)));
  }
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    ...(hasTemplate(key) ? [pointerTo(pointer, key)] : []),
    ...templateKeys(item, pointerTo(pointer, key)),
  ]);
}
