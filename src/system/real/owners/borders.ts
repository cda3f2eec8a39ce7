import { parentOf } from '../../path.ts';

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

  /** Whether a path is one; undefined where it is none. */
  at(path: string): Border | undefined {
    return this.#at.get(path);
  }

  /** Whether there is one below a directory. Others, such as find(1), know of none of them. */
  isAbove(directory: string): boolean {
    return this.#above.has(directory);
  }
}
