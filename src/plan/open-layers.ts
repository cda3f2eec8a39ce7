/** Opens the files of a plan: what it extends, itself, and the fragments for it. */
import { at, inKey, inValue, type DiagnosticParts, type PendingDiagnostic } from './diagnostic.ts';
import { draftOf } from './draft.ts';
import { keysOf, textMember } from './json.ts';
import { didYouMean, nearest } from './nearest.ts';
import type { PlanSource } from './plan.ts';
import { readYaml, type PlanDocument } from './read-yaml.ts';
import { either, quote } from './wanted.ts';

/** What a plan can be combined with. */
export interface Library {
  /** The plans that `extends` can name. */
  readonly names: readonly string[];
  /** Reads one of them; undefined where it does not exist. */
  read(name: string): PlanSource | undefined;
  /** Fragments for any plan, in the order in which they apply. */
  readonly fragments: readonly PlanSource[];
}

/** For a plan that is not combined with others. */
export const NO_LIBRARY: Library = { names: [], read: () => undefined, fragments: [] };

/** A file of a plan. */
export interface Layer {
  readonly file: string;
  readonly document: PlanDocument;
}

/** The files of a plan: what it extends first, then itself, then the fragments for it. */
interface Layers {
  /** Empty where the plan itself could not be read. */
  readonly layers: readonly Layer[];
  /** The files that were read, to show errors in. */
  readonly sources: readonly PlanSource[];
  readonly errors: readonly PendingDiagnostic[];
}

/** The plan that a fragment changes; undefined where it does not say so. */
export function targetOf(fragment: PlanSource): string | undefined {
  const { document } = readYaml(fragment);
  return document === undefined ? undefined : textMember(document.value, 'extends');
}

/** Reads a plan and all files that belong to it. */
export function openLayers(top: PlanSource, library: Library): Layers {
  const opener = new Opener(library);
  const plans = opener.open(top, []);
  const { sources, errors } = opener;
  if (plans === undefined) return { layers: [], sources, errors };

  const names = plans.flatMap(({ document }) => textMember(document.value, 'name') ?? []).reverse();
  const fragments = library.fragments.flatMap((source) => opener.read(source) ?? []);
  errors.push(...fragments.flatMap((fragment) => checkFragment(fragment, names, library)));
  const ours = fragments.filter(({ document }) =>
    names.includes(textMember(document.value, 'extends') ?? ''),
  );
  const layers = [...plans, ...ours];
  return { layers, sources, errors: layers.length > 1 ? opener.errorsOfSteps() : errors };
}

/** Reads files, and keeps their texts and errors. */
class Opener {
  readonly sources: PlanSource[] = [];
  readonly errors: PendingDiagnostic[] = [];
  readonly #documents = new Map<string, PlanDocument>();
  readonly #library: Library;

  constructor(library: Library) {
    this.#library = library;
  }

  read(source: PlanSource): Layer | undefined {
    const { file } = source;
    this.sources.push(source);
    const { document, errors } = readYaml(source);
    this.errors.push(...errors);
    if (document === undefined) return undefined;
    this.#documents.set(file, document);
    return { file, document };
  }

  /**
   * A plan on top of those that it extends; undefined where one of them cannot be read.
   * @param names of the plans that extend it
   */
  open(source: PlanSource, names: readonly string[]): readonly Layer[] | undefined {
    const layer = this.read(source);
    if (layer === undefined) return undefined;
    const { value, sourceMap } = layer.document;
    const base = textMember(value, 'extends');
    if (base === undefined) return [layer];

    const own = textMember(value, 'name');
    const above = own === undefined || names.includes(own) ? names : [...names, own];
    const below = above.includes(base) ? undefined : this.#library.read(base);
    if (below === undefined) {
      const message = `plans extend each other in a cycle: ${[...above, base].join(' -> ')}`;
      const parts = above.includes(base) ? { message } : unknownPlan(base, this.#library);
      this.errors.push(inValue(sourceMap, '/extends', parts));
      return undefined;
    }
    // By the name that `extends` uses, in case it has none of its own.
    const lower = this.open(below, [...above, base]);
    return lower && [...lower, layer];
  }

  /** The errors with the ids of their steps, which have other pointers in the merged plan. */
  errorsOfSteps(): PendingDiagnostic[] {
    return this.errors.map((error) => {
      const document = this.#documents.get(error.at.file);
      const [top, index] = keysOf(error.pointer);
      if (top !== 'steps' || document === undefined) return error;
      const step = draftOf(document.value).stepAt(Number(index))?.id;
      const pointer = `/read${error.pointer}`;
      return { ...error, pointer, ...(step === undefined ? {} : { step }) };
    });
  }
}

function unknownPlan(name: string, { names }: Library): DiagnosticParts {
  const known = names.length === 0 ? undefined : `known: ${names.join(', ')}`;
  return { message: `no plan ${quote(name)} to extend`, hint: didYouMean(name, names, known) };
}

/** What is wrong with a file as a fragment. */
function checkFragment(
  { document: { value, sourceMap } }: Layer,
  names: readonly string[],
  library: Library,
): PendingDiagnostic[] {
  const own = (['name', 'home'] as const)
    .filter((key) => textMember(value, key) !== undefined)
    .map((key) => {
      const message = `a fragment cannot have a ${key}`;
      return inKey(sourceMap, `/${key}`, { message, hint: 'remove it' });
    });
  const target = textMember(value, 'extends');
  if (target === undefined) {
    const hint = `the plan that it changes, such as ${either(names.slice(0, 1))}`;
    return [...own, at(sourceMap.key(''), '/extends', { message: 'missing key "extends"', hint })];
  }
  const near = nearest(target, [...names, ...library.names]);
  // Another name may be a plan elsewhere; one letter off is a typo.
  if (near === undefined || near === target) return own;
  return [...own, inValue(sourceMap, '/extends', unknownPlan(target, library))];
}
