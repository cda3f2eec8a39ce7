import { draftOf } from '../draft.ts';
import { keysOf, textMember } from '../json.ts';
import { at, inKey, inValue } from '../mistake.ts';
import type { Mistake, MistakeParts } from '../mistake.ts';
import { didYouMean, nearest } from '../nearest.ts';
import type { PlanSource } from '../source.ts';
import { either, quote } from '../text.ts';
import { readYaml } from '../yaml.ts';
import type { PlanDocument } from '../yaml.ts';
import type { Library } from './library.ts';

/** A file that has a say in a plan. */
export interface Layer {
  readonly file: string;
  readonly document: PlanDocument;
}

/** The files of a plan: what it extends first, then itself, then the fragments for it. */
interface Stack {
  /** Empty where the plan itself could not be read. */
  readonly layers: readonly Layer[];
  /** The texts that mistakes can be shown in. */
  readonly sources: readonly PlanSource[];
  readonly mistakes: readonly Mistake[];
}

/** Reads a plan and all that belongs to it. */
export function openStack(top: PlanSource, library: Library): Stack {
  const reader = new Reader();
  const plans = openPlan(top, { reader, library, names: [] });
  const { sources, mistakes } = reader;
  if (plans === undefined) return { layers: [], sources, mistakes };

  const names = plans.flatMap(({ document }) => textMember(document.value, 'name') ?? []).reverse();
  const fragments = library.fragments.flatMap((source) => reader.read(source) ?? []);
  mistakes.push(...fragments.flatMap((fragment) => fragmentMistakes(fragment, names, library)));
  const ours = fragments.filter(({ document }) => {
    const target = textMember(document.value, 'extends');
    return target !== undefined && names.includes(target);
  });
  const layers = [...plans, ...ours];
  return { layers, sources, mistakes: layers.length > 1 ? reader.mistakesOfMany() : mistakes };
}

/** Reads files, and keeps what there is to say about them. */
class Reader {
  readonly sources: PlanSource[] = [];
  readonly mistakes: Mistake[] = [];
  readonly #documents = new Map<string, PlanDocument>();

  /** The mistakes with the names of their steps, which in the plan as a whole have other places. */
  mistakesOfMany(): readonly Mistake[] {
    return this.mistakes.map((mistake) => withStep(mistake, this.#documents.get(mistake.at.file)));
  }

  read(source: PlanSource): Layer | undefined {
    this.sources.push(source);
    const { document, mistakes } = readYaml(source);
    this.mistakes.push(...mistakes);
    if (document !== undefined) this.#documents.set(source.file, document);
    return document === undefined ? undefined : { file: source.file, document };
  }
}

function withStep(mistake: Mistake, document: PlanDocument | undefined): Mistake {
  const [top, index] = keysOf(mistake.pointer);
  if (top !== 'steps' || document === undefined) return mistake;
  const step = draftOf(document.value).stepAt(Number(index))?.id;
  const pointer = `/read${mistake.pointer}`;
  return { ...mistake, pointer, ...(step === undefined ? {} : { step }) };
}

/** What is known on the way down from a plan to those that it extends. */
interface Descent {
  readonly reader: Reader;
  readonly library: Library;
  /** The names of the plans above. */
  readonly names: readonly string[];
}

/** A plan on top of those that it extends; undefined where one of them cannot be read. */
function openPlan(
  source: PlanSource,
  { reader, library, names }: Descent,
): readonly Layer[] | undefined {
  const layer = reader.read(source);
  if (layer === undefined) return undefined;
  const { value, places } = layer.document;
  const base = textMember(value, 'extends');
  if (base === undefined) return [layer];

  const own = textMember(value, 'name');
  const above = own === undefined || names.includes(own) ? names : [...names, own];
  const below = above.includes(base) ? undefined : library.read(base);
  if (below === undefined) {
    const message = `plans extend each other in a circle: ${[...above, base].join(' -> ')}`;
    const parts = above.includes(base) ? { message } : unknownPlan(base, library);
    reader.mistakes.push(inValue(places, '/extends', parts));
    return undefined;
  }
  // By the name that it goes by, in case it has none of its own.
  const lower = openPlan(below, { reader, library, names: [...above, base] });
  return lower && [...lower, layer];
}

function unknownPlan(name: string, { names }: Library): MistakeParts {
  const known = names.length === 0 ? undefined : `known: ${names.join(', ')}`;
  return {
    message: `no plan ${quote(name)} to extend`,
    hint: didYouMean(name, names, known),
  };
}

/** What is wrong with a file as a fragment, whatever it says. */
function fragmentMistakes(
  { document: { value, places } }: Layer,
  names: readonly string[],
  library: Library,
): Mistake[] {
  const own = (['name', 'home'] as const)
    .filter((key) => textMember(value, key) !== undefined)
    .map((key) => {
      const message = `a fragment has no ${key} of its own`;
      return inKey(places, `/${key}`, { message, hint: 'remove it' });
    });
  const target = textMember(value, 'extends');
  if (target === undefined) {
    const hint = `the plan that it changes, such as ${either(names.slice(0, 1))}`;
    return [...own, at(places.key(''), '/extends', { message: 'missing key "extends"', hint })];
  }
  const near = nearest(target, [...names, ...library.names]);
  // Any other name may be that of a plan elsewhere; one letter off is a slip.
  if (near === undefined || near === target) return own;
  return [...own, inValue(places, '/extends', unknownPlan(target, library))];
}
