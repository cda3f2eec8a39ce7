/** Tries one change of each kind again before a run leaves it out because of a memory. */
import type { Change } from '../../changes/change.ts';
import { Problem } from '../../errors/problem.ts';
import type { Facts } from '../../step/facts.ts';
import { sameOwner } from '../../system/entry.ts';
import { ownerBy } from '../../system/owner-rule.ts';
import { MOUNTS_MODE } from '../../system/unkept.ts';
import type { System } from '../../system/system.ts';
import type { Keeping } from './keeping.ts';
import type { Aspect, MountKnowledge } from './mount-knowledge.ts';

/**
 * Tries changes again that a run is about to leave out, one of each kind on each mount, so that
 * nothing is left out because of a memory alone. Where it is not kept, nothing has happened and
 * nothing is reported; where it is, all of the kind is made again. No trial needs the lock of the home:
 * it gives an entry what the plan gives it anyway.
 */
export class Trials {
  readonly #system: System;
  readonly #facts: Facts;
  readonly #knowledge: MountKnowledge;
  readonly #keeping: Keeping;

  constructor(system: System, facts: Facts, knowledge: MountKnowledge, keeping: Keeping) {
    this.#system = system;
    this.#facts = facts;
    this.#knowledge = knowledge;
    this.#keeping = keeping;
  }

  /**
   * Tries again what would be left out of some changes.
   * @param check throws when the step may not change anything any more
   */
  run(changes: readonly Change[], check: () => void): void {
    for (const aspect of ['mode', 'owner'] as const) {
      const tried = new Set<string>();
      for (const { mount, path, aspect: of, isWhole } of this.#keeping.judge(changes).losses) {
        if (of !== aspect || !isWhole || tried.has(mount.point)) continue;
        const isOf = (one: Change): boolean => one.kind === 'ids' || aspectOf(one) === aspect;
        const change = changes.find((one) => one.path === path && isOf(one));
        if (change === undefined || this.#knowledge.hasSeen(mount, aspect)) continue;
        tried.add(mount.point);
        check();
        if (this.#isKept(change, aspect)) this.#knowledge.forget(mount, aspect);
      }
    }
  }

  #isKept(change: Change, aspect: Aspect): boolean {
    const { path } = change;
    try {
      switch (change.kind) {
        case 'mode':
          this.#system.setMode(path, change.to);
          return this.#learn(path);
        case 'owner':
          this.#system.setOwner(path, change.to);
          return this.#learn(path);
        case 'tree-owner':
          return this.#isTopKept(change);
        default:
          return this.#isMemoryKept(aspect);
      }
    } catch (error) {
      this.#system.takeUnkept(path);
      if (error instanceof Problem) return false;
      throw error;
    }
  }

  /**
   * The top of a tree gets what the rule gives it, and that is taken back at once: it is right last,
   * or a killed walk is not seen. A share may have kept the user and not the group.
   */
  #isTopKept({ path, rule }: Extract<Change, { kind: 'tree-owner' }>): boolean {
    const entry = this.#system.look(path);
    if (!('stat' in entry)) return false;
    const { uid, gid } = entry.stat;
    this.#system.setOwner(path, ownerBy(rule, entry.stat));
    const isKept = this.#learn(path);
    const after = this.#system.look(path);
    if ('stat' in after && !sameOwner(after.stat, entry.stat)) {
      this.#system.setOwner(path, { uid, gid });
      this.#system.takeUnkept(path);
    }
    return isKept;
  }

  /**
   * Stands for a record that is root's or nobody's: whatever the account has put in its place must
   * not become root's. The memory itself is believed only as far as it is tried.
   */
  #isMemoryKept(aspect: Aspect): boolean {
    const path = this.#knowledge.record;
    const entry = path === undefined ? undefined : this.#system.look(path);
    if (path === undefined || entry?.type !== 'file') return true;
    const { uid, gid } = this.#facts;
    if (aspect === 'mode') this.#system.setMode(path, MOUNTS_MODE);
    else this.#system.setOwner(path, { uid, gid });
    return this.#system.takeUnkept(path).length === 0;
  }

  #learn(path: string): boolean {
    const unkept = this.#system.takeUnkept(path);
    for (const one of unkept) this.#knowledge.learn(one, this.#knowledge.mountOf(path));
    return unkept.length === 0;
  }
}

function aspectOf({ kind }: Change): Aspect | undefined {
  if (kind === 'mode') return 'mode';
  return kind === 'owner' || kind === 'tree-owner' ? 'owner' : undefined;
}
