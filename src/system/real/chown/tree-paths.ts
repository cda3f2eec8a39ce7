/**
 * Paths of entries below the top of a tree, whose names may not be valid UTF-8, and the borders at
 * which a walk turns back: mounts, and what a rule is not about.
 */
import { parentOf } from '../../path.ts';
import { asName, type Name } from '../open.ts';

/** The names that lead to an entry from the top of its tree; none for the top itself. */
export type Place = readonly Name[];

const SLASH = '/'.charCodeAt(0);

/** Splits a path below the top of a tree into its names. */
export function placeOf(below: Name): Place {
  if (typeof below === 'string') return below === '' ? [] : below.split('/');
  const names: Name[] = [];
  let start = 0;
  for (let end = 0; end !== -1; start = end + 1) {
    end = below.indexOf(SLASH, start);
    names.push(asName(below.subarray(start, end === -1 ? undefined : end)));
  }
  return names;
}

/** The path of a name in a directory. */
export function joined(directory: Name, name: Name): Name {
  if (typeof name === 'string' && typeof directory === 'string') return `${directory}/${name}`;
  return Buffer.concat([Buffer.from(directory), Buffer.from('/'), Buffer.from(name)]);
}

/** The path in the world of an entry of a tree; of bytes that are not text, what can be shown. */
export function worldPath(top: string, below: Name): string {
  if (below.length === 0) return top;
  return `${top === '/' ? '' : top}/${String(below)}`;
}

/** Why a walk does not enter something: it is a mount of its own, or the rule is not about it. */
type Border = 'mount' | 'excepted';

/** Where a walk over a tree turns back. */
export class Borders {
  readonly #at = new Map<string, Border>();
  /** The directories that hold one of them, at any depth. */
  readonly #above = new Set<string>();

  /**
   * @param top the top of the tree
   * @param mounts the mounts below it; @param except what a rule is not about; canonical paths all
   */
  constructor(top: string, mounts: Iterable<string>, except: Iterable<string>) {
    for (const path of mounts) this.#at.set(path, 'mount');
    for (const path of except) this.#at.set(path, 'excepted');
    for (const path of this.#at.keys()) {
      for (let at = path; at !== top && at !== '/';) {
        at = parentOf(at);
        this.#above.add(at);
      }
    }
  }

  /** Which border a path is; undefined where it is none. */
  at(path: string): Border | undefined {
    return this.#at.get(path);
  }

  /** Whether there is one below a directory. Other programs, such as find(1), know of none. */
  isAbove(directory: string): boolean {
    return this.#above.has(directory);
  }
}
