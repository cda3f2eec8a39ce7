/** Compares what was in a world before some dry runs with what they would leave, path by path. */
import { Problem, Unanswered } from '../../errors/problem.ts';
import type { Content } from '../../system/content.ts';
import { sameOwner } from '../../system/entry.ts';
import type { OverlayTree } from '../../system/overlay.ts';
import { READ_LIMIT } from '../../system/system.ts';
import type { RawEntry } from '../../system/tree.ts';
import { componentsOf } from '../../system/path.ts';

/** A look that may have failed, or asks for what a facts document does not have. */
export type Unknown = Problem;

/** A path whose entry is another one after than before. */
export interface ChangedPath {
  readonly path: string;
  readonly before: RawEntry | Unknown;
  readonly after: RawEntry;
}

/** A world before and after some dry runs, of which each stands on the one before it. */
export class WorldDifference {
  readonly #first: OverlayTree;
  readonly #last: OverlayTree;
  readonly #all: readonly OverlayTree[];

  /** @param overlays of the dry runs, in their order; at least one */
  constructor(overlays: readonly [OverlayTree, ...OverlayTree[]]) {
    this.#all = overlays;
    [this.#first] = overlays;
    this.#last = overlays.at(-1) ?? this.#first;
  }

  /** What was there before. */
  before(path: string): RawEntry | Unknown {
    return orProblem(() => this.#first.lookBelow(path));
  }

  /** What is there after. */
  after(path: string): RawEntry {
    return this.#last.look(path);
  }

  /** The content of a file before and after, read where it is asked for. */
  contents(path: string): {
    readonly before: () => Content | Unknown;
    readonly after: () => Content | Unknown;
  } {
    return {
      before: () => orProblem(() => this.#first.readBelow(path, READ_LIMIT)),
      after: () => orProblem(() => this.#last.read(path, READ_LIMIT)),
    };
  }

  /** Whether anything may have changed the content of a file. */
  isWritten(path: string): boolean {
    return this.#all.some((overlay) => overlay.hasWritten(path));
  }

  /**
   * The paths whose entries differ, sorted so that what is in a directory follows it.
   * @param isWanted says which are looked at
   */
  changed(isWanted: (path: string) => boolean): ChangedPath[] {
    const paths = new Set(this.#all.flatMap((overlay) => [...overlay.changedPaths()]));
    return [...paths]
      .filter(isWanted)
      .sort(byComponents)
      .map((path) => ({ path, before: this.before(path), after: this.after(path) }))
      .filter(({ path, before, after }) => this.#differs(path, before, after));
  }

  #differs(path: string, before: RawEntry | Unknown, after: RawEntry): boolean {
    if (before instanceof Problem) return true;
    if (before.type === 'missing' || after.type === 'missing') return before.type !== after.type;
    if (before.type !== after.type || !sameOwner(before.stat, after.stat)) return true;
    if (before.stat.mode !== after.stat.mode) return true;
    if (before.type === 'link' && after.type === 'link') return before.target !== after.target;
    return before.type === 'file' && this.#isOther(path, before.stat.size, after.stat);
  }

  #isOther(path: string, size: number, after: { readonly size: number }): boolean {
    if (!this.isWritten(path)) return false;
    if (size !== after.size) return true;
    const [old, now] = [this.contents(path).before(), this.contents(path).after()];
    if (old instanceof Problem || now instanceof Problem) return true;
    const same = orProblem(() => old.equals(now));
    return same !== true;
  }
}

/** What a look finds, or the problem that keeps it from an answer. */
export function orProblem<T>(look: () => T): T | Unknown {
  try {
    return look();
  } catch (error) {
    if (error instanceof Unanswered) return error.problem;
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** Orders paths by their components: what is in a directory comes right behind it. */
export function byComponents(a: string, b: string): number {
  const [left, right] = [componentsOf(a), componentsOf(b)];
  for (const [index, name] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    if (name !== other) return name < other ? -1 : 1;
  }
  return left.length - right.length;
}
