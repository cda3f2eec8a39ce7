/**
 * Directories whose group is not the account's: the operator has given a whole volume to a group
 * that the container was started with (fsGroup of Kubernetes), and the set-group-ID bit passes it
 * on. At every mount kubelet gives such a volume back to the group, and opens it to the group.
 */
import type { Change } from '../changes/change.ts';
import { sameOwner, type Entry, type Owner, type Stat } from '../system/entry.ts';
import { parentOf } from '../system/path.ts';
import type { ReadSystem } from '../system/system.ts';
import { type Facts, hasId } from './facts.ts';

const SET_GID = 0o2000;
const OF_GROUP = 0o070;

/** The groups that the operator has started this container with. */
export function startedGroups(system: ReadSystem, facts: Facts): readonly number[] {
  if (facts.groups.every((gid) => gid === 0)) return [];
  // A container starts root in the groups that the image has root in: nobody asked for those.
  const ofRoot = new Set(
    system
      .accounts()
      .groupsOf('root')
      .map(({ gid }) => gid),
  );
  return facts.groups.filter(
    (gid) => gid !== 0 && !ofRoot.has(gid) && hasId(facts.ids.groups, gid),
  );
}

/** The group that all in a directory keeps; undefined where it is the account's to have. */
export function keptGroup(
  { gid, mode }: Pick<Stat, 'gid' | 'mode'>,
  started: readonly number[],
): number | undefined {
  return (mode & SET_GID) !== 0 && started.includes(gid) ? gid : undefined;
}

/**
 * The changes of a step as they are made in directories that keep their group. What is made there
 * gets the group, and a directory the set-group-ID bit and the rights that the group has in the
 * one that holds it. Of what is there only the user is compared, and of its mode all but the
 * rights of the group. Where no directory keeps its group the changes are the same.
 */
export function inheriting(
  changes: readonly Change[],
  system: ReadSystem,
  facts: Facts,
): readonly Change[] {
  if (changes.length === 0 || facts.groups.length === 0) return changes;
  const started = startedGroups(system, facts);
  return started.length === 0 ? changes : new Inheritance(system, started).of(changes);
}

/** Group and mode of a directory. */
type Holder = Pick<Stat, 'gid' | 'mode'>;

class Inheritance {
  readonly #system: ReadSystem;
  readonly #started: readonly number[];
  /** The directories that the changes before make. */
  readonly #made = new Map<string, Holder>();

  constructor(system: ReadSystem, started: readonly number[]) {
    this.#system = system;
    this.#started = started;
  }

  of(changes: readonly Change[]): Change[] {
    return changes.flatMap((change) => this.#inherited(change) ?? []);
  }

  /** Undefined where nothing is left of a change. */
  #inherited(change: Change): Change | undefined {
    const { path } = change;
    switch (change.kind) {
      case 'owner': {
        const to = { ...change.to, gid: change.from.gid };
        if (to.gid === change.to.gid || !this.#isKept(path)) return change;
        return sameOwner(to, change.from) ? undefined : { ...change, to };
      }
      case 'mode':
        return this.#mode(change);
      case 'file':
      case 'stamp':
      case 'log': {
        const holder = this.#holderOf(path);
        return holder === undefined ? change : { ...change, owner: inGroup(change.owner, holder) };
      }
      case 'directory': {
        const holder = this.#holderOf(path);
        const owner = holder === undefined ? change.owner : inGroup(change.owner, holder);
        const mode = holder === undefined ? change.mode : shared(change.mode, holder);
        this.#made.set(path, { gid: owner.gid, mode });
        return { ...change, owner, mode };
      }
      case 'tree-copy': {
        const holder = this.#holderOf(path);
        if (holder === undefined) return change;
        const { copy } = change;
        const entries = copy.entries.map((entry) =>
          entry.type === 'file' ? entry : { ...entry, mode: shared(entry.mode, holder) },
        );
        const owner = inGroup(copy.owner, holder);
        return { ...change, copy: { ...copy, owner, mode: shared(copy.mode, holder), entries } };
      }
      // What a walk leaves alone decides who looks; the rest is made elsewhere, or keeps its owner.
      case 'tree-owner':
      case 'ids':
      case 'slot':
      case 'envdir':
      case 'move':
      case 'removal':
      case 'tree-removal':
      case 'account':
      case 'group':
      case 'command':
        return change;
    }
  }

  #mode(change: Extract<Change, { kind: 'mode' }>): Change | undefined {
    if (!this.#isKept(change.path)) return change;
    const entry = this.#system.look(change.path);
    if (!('stat' in entry)) return change;
    const kept = entry.type === 'directory' ? SET_GID | OF_GROUP : OF_GROUP;
    const own = (mode: number): number => (mode & ~kept) | (entry.stat.mode & kept);
    const [from, to] = [own(change.from), own(change.to)];
    return from === to ? undefined : { ...change, from, to };
  }

  /** Whether an entry keeps its group: as such a directory itself, or as one that lies in one. */
  #isKept(path: string): boolean {
    const own = holding(this.#system.look(path), this.#started);
    return own !== undefined || this.#holderOf(path) !== undefined;
  }

  /** The directory that holds a path, where it passes its group on. */
  #holderOf(path: string): Holder | undefined {
    const parent = parentOf(path);
    const made = this.#made.get(parent);
    if (made !== undefined) return keptGroup(made, this.#started) === undefined ? undefined : made;
    return holding(this.#system.look(parent), this.#started);
  }
}

/** The stat of a directory that passes its group on. */
function holding(entry: Entry, started: readonly number[]): Stat | undefined {
  if (entry.type !== 'directory') return undefined;
  return keptGroup(entry.stat, started) === undefined ? undefined : entry.stat;
}

function inGroup({ uid }: Owner, { gid }: Holder): Owner {
  return { uid, gid };
}

/** A directory that the plan keeps to its owner stays closed to the group. */
function shared(mode: number, holder: Holder): number {
  return mode | SET_GID | ((mode & OF_GROUP) === 0 ? 0 : holder.mode & OF_GROUP);
}
