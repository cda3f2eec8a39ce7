import type { Change } from '../../changes/change.ts';
import { isAnswer } from '../../errors/look-failed.ts';
import { Problem, type Cause } from '../../errors/problem.ts';
import type { Facts } from '../../step/facts.ts';
import { info } from '../../step/phrases.ts';
import type { Note } from '../../step/step.ts';
import type { Owner } from '../../system/entry.ts';
import { isOwnerless, isServed } from '../../system/mounts.ts';
import type { ReadSystem } from '../../system/system.ts';
import { squashed } from './causes.ts';

/** What the kernel says where a server does not let root change an owner. */
const REFUSED: ReadonlySet<string> = new Set(['EPERM', 'EACCES', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL']);

/**
 * What only trying can tell: whether the server behind a mount, or a file system without owners of
 * its own, lets root change them. The first
 * owner change that is due there is the probe. It is announced, it has no effect when it is
 * refused, and its answer holds for the rest of the boot; a probe on a file made for it would be
 * two more writes and a file that a killed boot leaves behind.
 */
export class Refusals {
  readonly #system: ReadSystem;
  readonly #facts: Facts;
  readonly #causes = new Map<string, Cause>();
  readonly #told = new Set<string>();

  constructor(system: ReadSystem, facts: Facts) {
    this.#system = system;
    this.#facts = facts;
  }

  /** The refusal that a change is about to meet again. */
  known(change: Change): Problem | undefined {
    if (this.#causes.size === 0 || this.#givenTo(change) === undefined) return undefined;
    const cause = this.#causes.get(this.#system.mountOf(change.path)?.point ?? '');
    if (cause === undefined) return undefined;
    const found = `cannot change the owner of ${change.path}: ${cause.found}`;
    return new Problem({ code: 'not-permitted', found, cause });
  }

  /** What a dry run cannot tell of changes that are about to be made: once for each mount. */
  forecast(changes: readonly Change[]): Note[] {
    return changes.flatMap((change) => {
      const mount = this.#system.mountOf(change.path);
      if (mount === undefined || !isServed(mount) || this.#told.has(mount.point)) return [];
      if (this.#givenTo(change) === undefined) return [];
      this.#told.add(mount.point);
      const { point, type } = mount;
      return [
        info(
          `whether the server of ${point} (${type}) lets root change owners is known after the run`,
        ),
      ];
    });
  }

  /**
   * Makes a change, and remembers a server's refusal.
   * @throws Problem as `make` does, with its cause where that is a server
   */
  async watch<T>(change: Change, make: () => Promise<T>): Promise<T> {
    try {
      return await make();
    } catch (error) {
      throw this.#explain(error, change) ?? error;
    }
  }

  #explain(error: unknown, change: Change): Problem | undefined {
    if (!isAnswer(error) || !REFUSED.has(error.errno ?? '')) return undefined;
    const mount = this.#system.mountOf(change.path);
    if (mount === undefined || !(isServed(mount) || isOwnerless(mount))) return undefined;
    if (this.#givenTo(change) === undefined || !this.#facts.capabilities.has('CHOWN')) {
      return undefined;
    }
    const cause = squashed(mount);
    this.#causes.set(mount.point, cause);
    return new Problem({ code: 'not-permitted', found: error.found, cause, errno: error.errno });
  }

  /** Whom a change gives something that would be this process's own; undefined for none. */
  #givenTo(change: Change): Owner | undefined {
    const { uid, gid } = this.#facts;
    const to = ownerIn(change);
    return to === undefined || (to.uid === uid && to.gid === gid) ? undefined : to;
  }
}

function ownerIn(change: Change): Owner | undefined {
  if (change.kind === 'owner') return change.to;
  if (change.kind === 'tree-owner') return change.rule.to;
  if (change.kind === 'slot') return change.slot.owner;
  return 'owner' in change ? change.owner : undefined;
}
