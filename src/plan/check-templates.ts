/** Checks templates: their syntax, place and names, and inputs that may be unset. */
import { unreachable } from '../errors/problem.ts';
import { FACT_TYPES } from '../step/facts.ts';
import type { JsonValue } from '../step/step.ts';
import { inKey, inText, inValue, type PendingDiagnostic } from './diagnostic.ts';
import { schemaAt, type DraftStep, type DraftText, type Subject } from './draft.ts';
import {
  isList,
  isMapping,
  keysOf,
  parentPointer,
  pointerTo,
  textMember,
  textsOf,
  valueAt,
} from './json.ts';
import { nearest } from './nearest.ts';
import { parseWhen } from './parse-when.ts';
import type { Condition } from './plan.ts';
import {
  hasTemplate,
  nameOf,
  parseTemplate,
  referencesOf,
  wholeReference,
  type Reference,
  type TextError,
} from './template.ts';

/** Templates with syntax errors, undefined names, or in a place where none may be. */
export function checkTemplates(subject: Subject): PendingDiagnostic[] {
  const { draft, document } = subject;
  const { sourceMap } = document;
  const errors: PendingDiagnostic[] = [];
  for (const { pointer, text } of textsOf(draft.top)) {
    if (!hasTemplate(text)) continue;
    const kind = kindOf(pointer);
    if (kind === 'option') {
      const template = parseTemplate(text);
      const names = referencesOf(template);
      const unknown = names.flatMap((name) => undefinedName(name, draft.inputNames));
      errors.push(...inText(sourceMap, pointer, text, [...template.errors, ...unknown]));
    } else if (kind === 'literal') {
      const message = 'a template is not allowed here';
      const hint = 'only home and values in with are filled in';
      errors.push(inValue(sourceMap, pointer, { message, hint }));
    }
  }
  for (const step of draft.steps) {
    for (const pointer of templateKeys(step.with, `${step.pointer}/with`)) {
      errors.push(inKey(sourceMap, pointer, { message: 'a template is not allowed in a key' }));
    }
  }
  return errors;
}

/** The error of a name that is not an input or fact. */
export function undefinedName(reference: Reference, inputs: readonly string[]): TextError[] {
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

function kindOf(pointer: string): 'option' | 'literal' | 'other' {
  const [top = '', , key] = keysOf(pointer);
  if (top.startsWith('x-')) return 'other';
  if (top === 'home' || (top === 'steps' && key === 'with')) return 'option';
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

/** Inputs that may be unset where a value is required, in steps that run without them, too. */
export function checkUnset(subject: Subject): PendingDiagnostic[] {
  const { draft, document } = subject;
  const optional = new Set(
    draft.inputs.flatMap(({ name, fallback }) => (fallback === undefined ? name : [])),
  );
  const unsetIn = (at: DraftText, certain: ReadonlySet<string>): PendingDiagnostic[] => {
    const { pointer, text } = at;
    if (!hasTemplate(text)) return [];
    const template = parseTemplate(text);
    if (wholeReference(template) !== undefined && mayBeLeftOut(subject, pointer)) return [];
    const unset = referencesOf(template)
      .filter(({ kind, name }) => kind === 'input' && optional.has(name) && !certain.has(name))
      .map(({ name, offset, length }) => {
        const message = `inputs.${name} may be unset; give it a default`;
        const inStep = keysOf(pointer)[0] === 'steps';
        const hint = inStep ? { hint: `or skip the step: when: inputs.${name}` } : {};
        return { offset, length, message, ...hint };
      });
    return inText(document.sourceMap, pointer, text, unset);
  };
  const home = textMember(draft.top, 'home') ?? '';
  return [
    ...unsetIn({ pointer: '/home', text: home }, new Set()),
    ...draft.steps.flatMap((step) => {
      const certain = impliedBy(step);
      const texts = [...textsOf(step.with, `${step.pointer}/with`)];
      return texts.flatMap((text) => unsetIn(text, certain));
    }),
  ];
}

function mayBeLeftOut(subject: Subject, pointer: string): boolean {
  const holder = schemaAt(subject, parentPointer(pointer));
  if (holder?.type === 'object' && 'properties' in holder) {
    return !holder.required.includes(keysOf(pointer).at(-1) ?? '');
  }
  if (holder?.type !== 'array') return true;
  const items = valueAt(subject.draft.top, parentPointer(pointer));
  const sure = isList(items) ? items.filter((item) => !isTemplate(item)) : [];
  return sure.length >= (holder.minItems ?? 0);
}

function isTemplate(value: unknown): boolean {
  return typeof value === 'string' && hasTemplate(value);
}

/** The inputs that are set whenever a step's `when` holds. */
function impliedBy({ when }: DraftStep): ReadonlySet<string> {
  const parsed = when === undefined ? undefined : parseWhen(when.text);
  return parsed !== undefined && 'condition' in parsed ? setWhere(parsed.condition) : new Set();
}

function setWhere(condition: Condition): ReadonlySet<string> {
  switch (condition.op) {
    case 'input':
      return new Set([condition.name]);
    case 'and':
      return new Set([...setWhere(condition.left), ...setWhere(condition.right)]);
    case 'or': {
      const right = setWhere(condition.right);
      return new Set([...setWhere(condition.left)].filter((name) => right.has(name)));
    }
    case 'eq': {
      const parts = [condition.left, condition.right];
      const isSet = parts.some(({ op }) => op === 'literal' || op === 'fact');
      return new Set(parts.flatMap((part) => (isSet && part.op === 'input' ? part.name : [])));
    }
    case 'literal':
    case 'fact':
    case 'not':
    case 'ne':
      return new Set();
    default:
      return unreachable(condition);
  }
}
