/** Merges the files of a plan into one document, and knows where each of its values was written. */
import type { JsonObject, JsonValue } from '../step/step.ts';
import { counted } from '../text/phrases.ts';
import { at, type PendingDiagnostic } from './diagnostic.ts';
import { isList, isMapping, member, parentPointer, pointerTo, textMember } from './json.ts';
import { droppedBy, listKeyOf, mergeList, type ListKey } from './merge-lists.ts';
import { didYouMean } from './nearest.ts';
import type { ChangedKey, Position, StepEntry } from './plan.ts';
import type { PlanDocument } from './read-yaml.ts';
import type { PlanSourceMap } from './source-map.ts';
import { quote } from './wanted.ts';

/** Several files as one document. */
interface Composed {
  readonly document: PlanDocument;
  /** The entries that define or change each step, by its index. */
  readonly entries: readonly (readonly StepEntry[])[];
  readonly errors: readonly PendingDiagnostic[];
  readonly warnings: readonly PendingDiagnostic[];
}

/** Where a value was written. */
interface Origin {
  readonly sourceMap: PlanSourceMap;
  readonly pointer: string;
}

/** An entry that changes a step, or what it has under `with`. */
interface Changing {
  /** Of what is changed, in the merged document. */
  readonly pointer: string;
  readonly from: Origin;
  /** Takes what it changes. */
  readonly changes: ChangedKey[];
}

interface Step {
  body: JsonValue;
  readonly entries: StepEntry[];
}

/** The keys at the top of a plan besides inputs and steps. */
const TOP = ['version', 'name', 'description', 'home', 'tracker', 'lock-timeout'] as const;

/**
 * Merges files, the first at the bottom. An input replaces one of the same name. A step with `uses`
 * replaces one of the same id; one without it changes the keys that it has, and of `with` the
 * options that it has (null removes one, `x+` adds to the list x, `x-` takes away from it). Any other
 * step is added at the end.
 */
export function compose(documents: readonly PlanDocument[]): Composed {
  const composer = new Composer();
  for (const document of documents) composer.add(document);
  return composer.composed();
}

class Composer {
  readonly #top = new Map<string, JsonValue>();
  readonly #inputs = new Map<string, JsonValue>();
  readonly #steps: Step[] = [];
  /** By pointers into the merged document. */
  readonly #origins = new Map<string, Origin>();
  readonly #errors: PendingDiagnostic[] = [];
  readonly #warnings: PendingDiagnostic[] = [];

  /** Puts a file on top of those before. */
  add({ value, sourceMap }: PlanDocument): void {
    this.#origins.set('', { sourceMap, pointer: '' });
    for (const key of TOP) {
      const own = member(value, key);
      if (own === undefined) continue;
      this.#top.set(key, own);
      this.#origins.set(`/${key}`, { sourceMap, pointer: `/${key}` });
    }
    const inputs = member(value, 'inputs');
    for (const [name, body = null] of Object.entries(isMapping(inputs) ? inputs : {})) {
      const pointer = pointerTo('/inputs', name);
      this.#inputs.set(name, body);
      this.#origins.set(pointer, { sourceMap, pointer });
    }
    const below = [...this.#steps];
    const steps = member(value, 'steps');
    for (const [index, body] of (isList(steps) ? steps : []).entries()) {
      this.#addStep(body, { sourceMap, pointer: pointerTo('/steps', index) }, below);
    }
  }

  composed(): Composed {
    const value = {
      ...Object.fromEntries(this.#top),
      inputs: Object.fromEntries(this.#inputs),
      steps: this.#steps.map(({ body }) => body),
    };
    return {
      document: { value, sourceMap: composedSourceMap(this.#origins) },
      entries: this.#steps.map(({ entries }) => entries),
      errors: this.#errors,
      warnings: this.#warnings,
    };
  }

  /** @param below the steps of the files below */
  #addStep(body: JsonValue, from: Origin, below: readonly Step[]): void {
    const { file, line, column } = from.sourceMap.value(from.pointer);
    const position: Position = { file, line, column };
    const id = textMember(body, 'id');
    const isWhole = member(body, 'uses') !== undefined;
    const lower = below.find((step) => id !== undefined && idOf(step) === id);
    if (lower === undefined) {
      const pointer = pointerTo('/steps', this.#steps.length);
      this.#origins.set(pointer, from);
      this.#steps.push({ body, entries: [{ at: position, as: 'added' }] });
      if (isWhole || id === undefined || below.length === 0) return;
      const ids = below.flatMap((step) => idOf(step) ?? []);
      const hint = didYouMean(id, ids, 'a new step has uses');
      const message = `no step ${quote(id)} to change`;
      // At the id, but for the missing key, which needs no second error.
      const span = from.sourceMap.value(`${from.pointer}/id`);
      this.#errors.push(at(span, `${pointer}/uses`, { message, hint }));
      return;
    }
    const pointer = pointerTo('/steps', this.#steps.indexOf(lower));
    if (isWhole || !isMapping(lower.body) || !isMapping(body)) {
      this.#setOrigin(pointer, from);
      lower.body = body;
      lower.entries.push({ at: position, as: 'replaced' });
    } else {
      const changes: ChangedKey[] = [];
      lower.body = this.#changed(lower.body, body, { pointer, from, changes });
      lower.entries.push({ at: position, as: 'changed', changes });
    }
  }

  #changed(lower: JsonObject, upper: JsonObject, { pointer, from, changes }: Changing): JsonObject {
    const merged = new Map(Object.entries(lower));
    for (const [key, value = null] of Object.entries(upper)) {
      if (key === 'id') continue;
      const to = pointerTo(pointer, key);
      const origin = { ...from, pointer: pointerTo(from.pointer, key) };
      const below = member(lower, key);
      const keyAt = origin.sourceMap.key(origin.pointer);
      if (key === 'with' && isMapping(below) && isMapping(value)) {
        const options = { pointer: to, from: origin, changes };
        merged.set(key, this.#changed(below, value, options));
        continue;
      }
      const listKey = listKeyOf(key);
      if (listKey !== undefined) {
        changes.push({ key });
        const { name } = listKey;
        if (member(upper, name) !== undefined) {
          const message = `${key} changes the list that ${name} replaces here`;
          this.#errors.push(at(keyAt, to, { message, hint: `remove ${key} or ${name}` }));
          continue;
        }
        const list = this.#changedList(listKey, merged.get(name), value, {
          to: pointerTo(pointer, name),
          origin,
        });
        if (list !== undefined) merged.set(name, list);
        continue;
      }
      const dropped = droppedBy(below, value);
      changes.push({ key, ...(dropped > 0 ? { dropped } : {}) });
      if (dropped > 0) {
        const lost = counted(dropped, 'entry of it is', 'entries of it are');
        const message = `${key} is replaced: ${lost} not in the new list`;
        const hint = `${key}+ adds to them, ${key}- takes some away`;
        this.#warnings.push({ ...at(keyAt, to, { message, hint }), severity: 'warning' });
      }
      // Also where null removes a key: errors about what is missing then belong to this entry.
      this.#setOrigin(to, origin);
      if (value === null && below !== undefined) merged.delete(key);
      else merged.set(key, value);
    }
    return Object.fromEntries(merged);
  }

  /** A list with a change; undefined where it cannot be changed so, which is reported. */
  #changedList(
    key: ListKey,
    below: JsonValue | undefined,
    change: JsonValue,
    { to, origin }: { readonly to: string; readonly origin: Origin },
  ): readonly JsonValue[] | undefined {
    const merged = mergeList(key, below, change);
    if (!('values' in merged)) {
      const { index, ...parts } = merged;
      const own = index === undefined ? origin.pointer : pointerTo(origin.pointer, index);
      this.#errors.push(at(origin.sourceMap.value(own), to, parts));
      return undefined;
    }
    const origins = merged.from.map(({ layer, index }) =>
      layer === 'below'
        ? originOf(this.#origins, pointerTo(to, index))
        : { ...origin, pointer: pointerTo(origin.pointer, index) },
    );
    this.#setOrigin(to, origin);
    for (const [index, own] of origins.entries()) this.#origins.set(pointerTo(to, index), own);
    return merged.values;
  }

  /** Replaces where a value, and all below it, was written. */
  #setOrigin(to: string, origin: Origin): void {
    for (const pointer of [...this.#origins.keys()]) {
      if (pointer.startsWith(`${to}/`)) this.#origins.delete(pointer);
    }
    this.#origins.set(to, origin);
  }
}

function idOf({ body }: Step): string | undefined {
  return textMember(body, 'id');
}

/** Where the value at a pointer into the merged document was written. */
function originOf(origins: ReadonlyMap<string, Origin>, pointer: string): Origin {
  let holder = pointer;
  while (!origins.has(holder) && holder !== '') holder = parentPointer(holder);
  const origin = origins.get(holder);
  if (origin === undefined) throw new Error('a composed plan has a file');
  return { ...origin, pointer: origin.pointer + pointer.slice(holder.length) };
}

function composedSourceMap(origins: ReadonlyMap<string, Origin>): PlanSourceMap {
  const by = <T>(pointer: string, ask: (sourceMap: PlanSourceMap, own: string) => T): T => {
    const { sourceMap, pointer: own } = originOf(origins, pointer);
    return ask(sourceMap, own);
  };
  return {
    value: (pointer) => by(pointer, (map, own) => map.value(own)),
    key: (pointer) => by(pointer, (map, own) => map.key(own)),
    within: (pointer, ...part) => by(pointer, (map, own) => map.within(own, ...part)),
    source: (pointer) => by(pointer, (map, own) => map.source(own)),
  };
}
