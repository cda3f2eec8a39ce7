/** Merges the files of a plan into one document, and knows where each of its values was written. */
import type { JsonObject, JsonValue } from '../step/step.ts';
import { at, type PendingDiagnostic } from './diagnostic.ts';
import { isList, isMapping, member, parentPointer, pointerTo, textMember } from './json.ts';
import { didYouMean } from './nearest.ts';
import type { Layer } from './open-layers.ts';
import type { Span, StepEntry } from './plan.ts';
import type { PlanDocument } from './read-yaml.ts';
import type { PlanSourceMap } from './source-map.ts';
import { quote } from './wanted.ts';

/** Several files as one document. */
interface Composed {
  readonly document: PlanDocument;
  /** The entries that define or change each step, by its index. */
  readonly entries: readonly (readonly StepEntry[])[];
  readonly errors: readonly PendingDiagnostic[];
}

/** Where a value of the document was written. */
interface Origin {
  readonly sourceMap: PlanSourceMap;
  readonly pointer: string;
}

interface Step {
  body: JsonValue;
  readonly entries: StepEntry[];
}

/** The keys at the top of a plan besides inputs and steps. */
const TOP = ['version', 'name', 'description', 'home', 'lock-timeout'] as const;

/**
 * Merges files, the first at the bottom. An input replaces one of the same name. A step with `uses`
 * replaces one of the same id; one without it changes the keys that it has, and of `with` the
 * options that it has (null removes one). Any other step is added at the end.
 */
export function compose(layers: readonly Layer[]): Composed {
  const top = new Map<string, JsonValue>();
  const inputs = new Map<string, JsonValue>();
  const steps: Step[] = [];
  const origins = new Map<string, Origin>();
  const errors: PendingDiagnostic[] = [];
  for (const { document } of layers) {
    const { value, sourceMap } = document;
    origins.set('', { sourceMap, pointer: '' });
    for (const key of TOP) {
      const own = member(value, key);
      if (own === undefined) continue;
      top.set(key, own);
      origins.set(`/${key}`, { sourceMap, pointer: `/${key}` });
    }
    const declared = member(value, 'inputs');
    for (const [name, body] of Object.entries(isMapping(declared) ? declared : {})) {
      inputs.set(name, body ?? null);
      origins.set(pointerTo('/inputs', name), { sourceMap, pointer: pointerTo('/inputs', name) });
    }
    const below = [...steps];
    const list = member(value, 'steps');
    for (const [index, body] of (isList(list) ? list : []).entries()) {
      const from = { sourceMap, pointer: pointerTo('/steps', index) };
      errors.push(...orphan(body, from, { below, place: pointerTo('/steps', steps.length) }));
      layStep(body, from, { below, steps, origins });
    }
  }
  return {
    document: {
      value: {
        ...Object.fromEntries(top),
        inputs: Object.fromEntries(inputs),
        steps: steps.map(({ body }) => body),
      },
      sourceMap: new ComposedSourceMap(origins),
    },
    entries: steps.map(({ entries }) => entries),
    errors,
  };
}

/** The error of a step that changes one that no file below has. */
function orphan(
  body: JsonValue,
  { sourceMap, pointer }: Origin,
  { below, place }: { readonly below: readonly Step[]; readonly place: string },
): PendingDiagnostic[] {
  const id = textMember(body, 'id');
  if (below.length === 0 || id === undefined || member(body, 'uses') !== undefined) return [];
  const ids = below.flatMap((step) => idOf(step) ?? []);
  if (ids.includes(id)) return [];
  const hint = didYouMean(id, ids, 'a new step has uses');
  const message = `no step ${quote(id)} to change`;
  // At the id, but for the missing key, which needs no second error.
  return [at(sourceMap.value(`${pointer}/id`), `${place}/uses`, { message, hint })];
}

/** What a step is merged into. */
interface Base {
  /** The steps of the files below. */
  readonly below: readonly Step[];
  /** All steps so far. */
  readonly steps: Step[];
  readonly origins: Map<string, Origin>;
}

function layStep(body: JsonValue, from: Origin, { below, steps, origins }: Base): void {
  const { file, line, column } = from.sourceMap.value(from.pointer);
  const entry = (as: StepEntry['as']): StepEntry => ({ at: { file, line, column }, as });
  const id = textMember(body, 'id');
  const lower = id === undefined ? undefined : below.find((step) => idOf(step) === id);
  if (lower === undefined) {
    origins.set(pointerTo('/steps', steps.length), from);
    steps.push({ body, entries: [entry('added')] });
    return;
  }
  const place = pointerTo('/steps', steps.indexOf(lower));
  if (member(body, 'uses') !== undefined || !isMapping(lower.body) || !isMapping(body)) {
    forget(origins, place);
    origins.set(place, from);
    lower.body = body;
    lower.entries.push(entry('replaced'));
    return;
  }
  lower.body = changed(lower.body, body, { place, from, origins });
  lower.entries.push(entry('changed'));
}

function idOf({ body }: Step): string | undefined {
  return textMember(body, 'id');
}

/** Where the keys of a change go. */
interface Move {
  readonly place: string;
  readonly from: Origin;
  readonly origins: Map<string, Origin>;
}

function changed(lower: JsonObject, upper: JsonObject, { place, from, origins }: Move): JsonObject {
  const merged = new Map(Object.entries(lower));
  for (const [key, value = null] of Object.entries(upper)) {
    if (key === 'id') continue;
    const to = pointerTo(place, key);
    const source = { ...from, pointer: pointerTo(from.pointer, key) };
    const below = member(lower, key);
    if (key === 'with' && isMapping(below) && isMapping(value)) {
      merged.set(key, changed(below, value, { place: to, from: source, origins }));
      continue;
    }
    forget(origins, to);
    // Errors about what is missing then belong to this entry.
    origins.set(to, source);
    // Null removes a key.
    if (value === null && below !== undefined) merged.delete(key);
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

/** Forgets where the values below a replaced one were written. */
function forget(origins: Map<string, Origin>, place: string): void {
  for (const pointer of [...origins.keys()]) {
    if (pointer.startsWith(`${place}/`)) origins.delete(pointer);
  }
}

/** The source map of a document from several files. */
class ComposedSourceMap implements PlanSourceMap {
  readonly #origins: ReadonlyMap<string, Origin>;

  constructor(origins: ReadonlyMap<string, Origin>) {
    this.#origins = origins;
  }

  value(pointer: string): Span {
    const { sourceMap, pointer: own } = this.#find(pointer);
    return sourceMap.value(own);
  }

  key(pointer: string): Span {
    const { sourceMap, pointer: own } = this.#find(pointer);
    return sourceMap.key(own);
  }

  within(pointer: string, text: string, offset: number, length: number): Span {
    const { sourceMap, pointer: own } = this.#find(pointer);
    return sourceMap.within(own, text, offset, length);
  }

  source(pointer: string): string {
    const { sourceMap, pointer: own } = this.#find(pointer);
    return sourceMap.source(own);
  }

  #find(pointer: string): Origin {
    let holder = pointer;
    let origin = this.#origins.get(holder);
    while (origin === undefined && holder !== '') {
      holder = parentPointer(holder);
      origin = this.#origins.get(holder);
    }
    if (origin === undefined) throw new Error('a composed plan has a file');
    return { ...origin, pointer: origin.pointer + pointer.slice(holder.length) };
  }
}
