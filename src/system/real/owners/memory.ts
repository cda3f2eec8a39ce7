import { ruleKey, type OwnerRule } from '../../owner-rule.ts';
import { isWithin } from '../../path.ts';
import type { Name } from '../open.ts';

/** What a look at a tree that is about to change has left. */
interface Remembered {
  readonly rule: OwnerRule;
  /** Where all entries are that have to change, below the top. */
  readonly places: readonly Name[];
}

/** Which entries of trees have to change, from a look until they are changed. */
export class OwnerMemory {
  /** By the canonical path of the tree. */
  readonly #trees = new Map<string, Remembered>();

  put(tree: string, rule: OwnerRule, places: readonly Name[]): void {
    this.#trees.set(tree, { rule, places });
  }

  /** Hands out what is known, once; undefined when that is not all, or not about this rule. */
  take(tree: string, rule: OwnerRule): readonly Name[] | undefined {
    const remembered = this.#trees.get(tree);
    this.#trees.delete(tree);
    const isAsked = remembered !== undefined && ruleKey(remembered.rule) === ruleKey(rule);
    return isAsked ? remembered.places : undefined;
  }

  /** Forgets what a change at and below `path` may have made untrue. */
  forget(path: string): void {
    for (const tree of this.#trees.keys()) {
      if (isWithin(path, tree) || isWithin(tree, path)) this.#trees.delete(tree);
    }
  }

  clear(): void {
    this.#trees.clear();
  }
}
