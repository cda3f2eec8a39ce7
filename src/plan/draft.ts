/**
 * A plan file as far as it makes sense. Checks read this, so that one error does not hide the
 * others: what is missing or of the wrong kind is undefined here, and reported elsewhere.
 */
import { FACT_TYPES } from '../step/facts.ts';
import type { OptionSchema } from '../step/schema.ts';
import type { AnyStepType, JsonObject, JsonValue } from '../step/step.ts';
import { isList, isMapping, keysOf, member, pointerTo, textMember } from './json.ts';
import { INPUT_KEYS, PLAN_KEYS, childSchema } from './keys.ts';
import type { InputType, Registry } from './plan.ts';
import type { PlanDocument } from './read-yaml.ts';
import type { Reference } from './template.ts';

export interface DraftInput {
  readonly pointer: string;
  readonly name: string;
  readonly type: InputType | undefined;
  readonly fallback: JsonValue | undefined;
  readonly values: readonly string[] | undefined;
  readonly body: JsonObject;
}

/** A string of the file and where it stands. */
export interface DraftText {
  readonly pointer: string;
  readonly text: string;
}

export interface DraftStep {
  readonly pointer: string;
  readonly id: string | undefined;
  readonly uses: string | undefined;
  readonly with: JsonObject;
  /** Its own needs, and those that `before` of other steps puts on it. */
  readonly needs: readonly DraftText[];
  readonly before: readonly DraftText[];
  readonly when: DraftText | undefined;
  readonly body: JsonObject;
}

export interface Draft {
  readonly top: JsonValue;
  readonly inputs: readonly DraftInput[];
  /** The names of all inputs, also of those whose declaration makes no sense. */
  readonly inputNames: readonly string[];
  readonly steps: readonly DraftStep[];
  /** The step at an index of the file's list. */
  stepAt(index: number): DraftStep | undefined;
}

/** Picks out of a file what can be read as a plan. */
export function draftOf(top: JsonValue): Draft {
  const inputs = member(top, 'inputs');
  const steps = member(top, 'steps');
  const list = isList(steps) ? withBefore(steps.map((body, index) => step(index, body))) : [];
  return {
    top,
    inputs: isMapping(inputs)
      ? Object.entries(inputs).flatMap(([name, body]) => (isMapping(body) ? input(name, body) : []))
      : [],
    inputNames: isMapping(inputs) ? Object.keys(inputs) : [],
    steps: list.filter((item) => item !== undefined),
    stepAt: (index) => list[index],
  };
}

/** The strings of a list, or the one string that stands for a list of one. */
export function textsIn(value: JsonValue | undefined): string[] {
  if (typeof value === 'string') return [value];
  return isList(value) ? value.filter((item) => typeof item === 'string') : [];
}

function input(name: string, body: JsonObject): DraftInput {
  const type = member(body, 'type');
  const values = member(body, 'values');
  return {
    pointer: pointerTo('/inputs', name),
    name,
    type: isInputType(type) ? type : undefined,
    fallback: member(body, 'default'),
    values: isList(values) ? textsIn(values) : undefined,
    body,
  };
}

function step(index: number, body: JsonValue): DraftStep | undefined {
  if (!isMapping(body)) return undefined;
  const pointer = pointerTo('/steps', index);
  const options = member(body, 'with');
  const when = textMember(body, 'when');
  return {
    pointer,
    id: textMember(body, 'id'),
    uses: textMember(body, 'uses'),
    with: isMapping(options) ? options : {},
    needs: texts(body, 'needs', pointer),
    before: texts(body, 'before', pointer),
    when: when === undefined ? undefined : { pointer: `${pointer}/when`, text: when },
    body,
  };
}

function texts(body: JsonObject, key: string, pointer: string): DraftText[] {
  const list = member(body, key);
  if (!isList(list)) return [];
  return list.flatMap((text, place) =>
    typeof text === 'string' ? [{ pointer: `${pointer}/${key}/${place}`, text }] : [],
  );
}

/** Turns `before` around: the steps that it names need the step. */
function withBefore(steps: readonly (DraftStep | undefined)[]): (DraftStep | undefined)[] {
  const added = new Map<string, DraftText[]>();
  for (const { id, before } of steps.filter((item) => item !== undefined)) {
    for (const { pointer, text } of before) {
      const known = added.get(text) ?? [];
      if (id !== undefined) added.set(text, [...known, { pointer, text: id }]);
    }
  }
  return steps.map((item) => {
    const more = item?.id === undefined ? undefined : added.get(item.id);
    if (item === undefined || more === undefined) return item;
    const own = new Set(item.needs.map(({ text }) => text));
    return { ...item, needs: [...item.needs, ...more.filter(({ text }) => !own.has(text))] };
  });
}

/** The type of an input or fact; undefined where there is no such name. */
export function typeOfName(
  draft: Draft,
  { kind, name }: Pick<Reference, 'kind' | 'name'>,
): InputType | undefined {
  return kind === 'fact' ? FACTS.get(name) : draft.inputs.find((one) => one.name === name)?.type;
}

const FACTS: ReadonlyMap<string, InputType> = new Map(Object.entries(FACT_TYPES));

function isInputType(value: JsonValue | undefined): value is InputType {
  return value === 'path' || value === 'id' || value === 'string' || value === 'boolean';
}

/** What a check reads. */
export interface Subject extends Registry {
  readonly document: PlanDocument;
  readonly draft: Draft;
}

/** The step type that a step uses; undefined where it does not exist. */
export function typeOf({ types }: Subject, step: DraftStep | undefined): AnyStepType | undefined {
  return types.find(({ uses }) => uses === step?.uses);
}

/** The schema of the value at a pointer; undefined where there is none. */
export function schemaAt(subject: Subject, pointer: string): OptionSchema | undefined {
  const keys = keysOf(pointer);
  const [top, name, key] = keys;
  if (top === 'inputs' && name !== undefined) return walk(INPUT_KEYS, keys.slice(2));
  if (top !== 'steps' || key !== 'with') return walk(PLAN_KEYS, keys);
  return walk(typeOf(subject, subject.draft.stepAt(Number(name)))?.schema, keys.slice(3));
}

function walk(schema: OptionSchema | undefined, keys: readonly string[]): OptionSchema | undefined {
  return keys.reduce(childSchema, schema);
}
