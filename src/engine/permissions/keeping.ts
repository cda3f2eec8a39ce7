/** Leaves out of changes what their file systems do not keep, and finds out what they kept. */
import type { Change, IdsChange, ModeChange, OwnerChange } from '../../changes/change.ts';
import { ownerOf, type Made } from '../../changes/kinds.ts';
import { isAnswer } from '../../errors/look-failed.ts';
import type { Facts } from '../../step/facts.ts';
import { info } from '../../step/notes.ts';
import type { Note } from '../../step/step.ts';
import { IDS_MODE } from '../../system/ids-record.ts';
import { sameOwner, type Owner } from '../../system/entry.ts';
import { keepsRights, type MountPoint } from '../../system/mounts.ts';
import { ownerBy } from '../../system/owner-rule.ts';
import { isRootsAlone, type System } from '../../system/system.ts';
import { REFUSALS, type EntryKind, type Unkept } from '../../system/unkept.ts';
import type { Aspect, MountKnowledge, NotKept } from './mount-knowledge.ts';

/** Something of a change that its file system does not keep. */
export interface Loss {
  readonly mount: MountPoint;
  readonly aspect: Aspect;
  readonly how: NotKept;
  readonly path: string;
  /** Of a mode: what was asked for and what is seen instead. Of an owner: whose it stays. */
  readonly mode?: { readonly asked: number; readonly shown: number };
  readonly owner?: Owner;
  /** Whether the change is not made at all; else what it makes has other rights. */
  readonly isWhole: boolean;
}

/** Changes as far as their file systems keep them. */
export interface Judged {
  readonly changes: readonly Change[];
  readonly losses: readonly Loss[];
}

/**
 * Takes out of the changes of steps what their file systems are known not to keep, and finds out
 * what they do not keep of those that are made. Steps say what they want; they know nothing of it.
 */
export class Keeping {
  readonly #system: System;
  readonly #facts: Facts;
  readonly #knowledge: MountKnowledge;
  readonly #told = new Set<string>();

  constructor(system: System, facts: Facts, knowledge: MountKnowledge) {
    this.#system = system;
    this.#facts = facts;
    this.#knowledge = knowledge;
  }

  /** What is left of some changes that are about to be made, each in the world that those before leave. */
  judge(changes: readonly Change[]): Judged {
    const losses: Loss[] = [];
    const modes = new Map<string, number>();
    const kept = changes.flatMap((change) => {
      if (change.kind === 'command') return [change];
      const mount = this.#knowledge.mountOf(change.path);
      if (!this.#knowledge.isBad(mount)) return [change];
      switch (change.kind) {
        case 'mode':
          return this.#mode(change, mount, modes, losses);
        case 'owner':
          return this.#owner(change, mount, modes, losses);
        case 'tree-owner': {
          const isLeft = change.owners.some(
            (from) => !sameOwner(from, this.#reached(mount, from, ownerBy(change.rule, from))),
          );
          const [from = change.rule.to] = change.owners;
          const loss = this.#ownerLoss(mount, change.path, from, true);
          if (loss === undefined) return [change];
          losses.push({ ...loss, isWhole: !isLeft });
          return isLeft ? [this.#partly(change, mount)] : [];
        }
        case 'ids':
          return this.#ids(change, mount, losses);
        default: {
          const to = ownerOf(change);
          const own = this.#facts;
          if (to !== undefined && !(to.uid === own.uid && to.gid === own.gid)) {
            const loss = this.#ownerLoss(mount, change.path, undefined, false);
            if (loss !== undefined) losses.push(loss);
          }
          return [change];
        }
      }
    });
    return { changes: kept, losses };
  }

  /**
   * Makes a change, and finds what was not kept of it.
   * @returns the change as it was kept; none where nothing of it was
   * @throws what `make` throws, unless that is a file system's refusal to change owners
   */
  async make(
    change: Change,
    make: () => Promise<Made>,
  ): Promise<{ readonly made: Made | undefined; readonly losses: readonly Loss[] }> {
    try {
      const made = await make();
      const unkept = this.#system.takeUnkept(change.path);
      if (unkept.length === 0) return { made, losses: [] };
      const kept = asKept(made, unkept);
      return { made: kept, losses: this.#learn(change, unkept, kept === undefined) };
    } catch (error) {
      this.#system.takeUnkept(change.path);
      const refused = this.#refused(change, error);
      if (refused === undefined) throw error;
      return { made: undefined, losses: this.#learn(change, refused, true) };
    }
  }

  /** What a dry run cannot tell of changes that are about to be made: once for each mount. */
  forecast(changes: readonly Change[]): Note[] {
    return changes.flatMap((change) => {
      const mount = this.#system.mountOf(change.path);
      if (mount === undefined || keepsRights(mount) || this.#told.has(mount.point)) return [];
      const to = ownerOf(change);
      const isOwn = to === undefined || sameOwner(to, this.#facts);
      if ((isOwn && change.kind !== 'mode') || this.#knowledge.isBad(mount)) return [];
      this.#told.add(mount.point);
      const { point, type } = mount;
      return [info(`whether ${point} (${type}) keeps owners and modes is known after the run`)];
    });
  }

  #mode(
    change: ModeChange,
    mount: MountPoint,
    modes: Map<string, number>,
    losses: Loss[],
  ): Change[] {
    const { path, to } = change;
    const shown = modes.get(path) ?? this.#modeOf(path) ?? change.from;
    const how = this.#knowledge.mode(mount, this.#kindOf(path), shown, to);
    if (shown === to) return [];
    if (how === undefined) {
      modes.set(path, to);
      return [{ ...change, from: shown }];
    }
    modes.set(path, shown);
    losses.push({ mount, aspect: 'mode', how, path, mode: { asked: to, shown }, isWhole: true });
    return [];
  }

  #owner(
    change: OwnerChange,
    mount: MountPoint,
    modes: Map<string, number>,
    losses: Loss[],
  ): Change[] {
    const { path, from } = change;
    const to = this.#reached(mount, from, change.to);
    const isLeft = !sameOwner(from, to);
    const shown = modes.get(path) ?? this.#modeOf(path);
    if (shown !== undefined) modes.set(path, isLeft ? shown & ~change.clears : shown);
    if (sameOwner(to, change.to)) return [change];
    const loss = this.#ownerLoss(mount, path, from, true);
    if (loss !== undefined) losses.push({ ...loss, isWhole: !isLeft });
    return isLeft ? [{ ...change, to }] : [];
  }

  /**
   * A record that only root can have written is read only where its rights are kept: else it would
   * be written again by each boot. One that the mount does not explain is the account's.
   */
  #ids(change: IdsChange, mount: MountPoint, losses: Loss[]): Change[] {
    const { path } = change;
    const entry = this.#system.look(path);
    if (entry.type !== 'file' || isRootsAlone(entry.stat)) return [change];
    const { uid, gid, mode: shown } = entry.stat;
    const isOpen = (shown & 0o022) !== 0;
    const mode = this.#knowledge.mode(mount, 'file', shown, IDS_MODE);
    const loss = uid === 0 ? undefined : this.#ownerLoss(mount, path, { uid, gid }, true);
    if ((isOpen && mode === undefined) || (uid !== 0 && loss === undefined)) return [change];
    if (loss !== undefined) losses.push(loss);
    else if (mode !== undefined)
      losses.push({ mount, aspect: 'mode', how: mode, path, isWhole: true });
    else return [change];
    return [];
  }

  /** To whom a mount lets an entry be given. */
  #reached(mount: MountPoint, from: Owner, to: Owner): Owner {
    return {
      uid: this.#knowledge.owner(mount, 'user') === undefined ? to.uid : from.uid,
      gid: this.#knowledge.owner(mount, 'group') === undefined ? to.gid : from.gid,
    };
  }

  #partly<T extends Extract<Change, { kind: 'tree-owner' }>>(change: T, mount: MountPoint): T {
    const { rule } = change;
    const keeps = (part: 'user' | 'group'): boolean =>
      this.#knowledge.owner(mount, part) === undefined;
    const users = keeps('user') ? rule.users : [];
    const groups = keeps('group') ? rule.groups : [];
    return { ...change, rule: { ...rule, users, groups } };
  }

  #ownerLoss(
    mount: MountPoint,
    path: string,
    owner: Owner | undefined,
    isWhole: boolean,
  ): Loss | undefined {
    const how = this.#knowledge.owner(mount, 'user') ?? this.#knowledge.owner(mount, 'group');
    if (how === undefined) return undefined;
    return { mount, aspect: 'owner', how, path, isWhole, ...(owner && { owner }) };
  }

  #learn(change: Change, unkept: readonly Unkept[], isWhole: boolean): Loss[] {
    const mount = this.#knowledge.mountOf(change.path);
    for (const one of unkept) this.#knowledge.learn(one, mount);
    const loss = (aspect: Aspect, more: Partial<Loss>): Loss[] => {
      const of = unkept.find(({ part }) => (part === 'mode') === (aspect === 'mode'));
      if (of === undefined) return [];
      const how =
        this.#knowledge.mode(mount, of.kind, of.shown, of.asked) === 'never' ? 'never' : of.how;
      return [{ mount, aspect, how, path: change.path, isWhole, ...more }];
    };
    const mode = unkept.find(({ part }) => part === 'mode');
    const whose = this.#system.look(change.path);
    return [
      ...(mode === undefined ? [] : loss('mode', { mode })),
      ...loss('owner', 'stat' in whose ? { owner: whose.stat } : {}),
    ];
  }

  /** What a walk that changes owners was refused, where that tells of the file system. */
  #refused(change: Change, error: unknown): Unkept[] | undefined {
    if (change.kind !== 'tree-owner' || !isAnswer(error)) return undefined;
    const { errno = '' } = error;
    const mount = this.#system.mountOf(change.path);
    const isIgnored = errno === 'EOPNOTSUPP';
    if (!isIgnored && (mount === undefined || keepsRights(mount) || !REFUSALS.has(errno))) {
      return undefined;
    }
    const { path, rule } = change;
    const how = isIgnored ? 'ignored' : 'refused';
    const common = { path, kind: 'directory', how, shown: -1 } as const;
    return [
      { ...common, part: 'user', asked: rule.to.uid },
      { ...common, part: 'group', asked: rule.to.gid },
    ];
  }

  #kindOf(path: string): EntryKind {
    return this.#system.look(path).type === 'directory' ? 'directory' : 'file';
  }

  #modeOf(path: string): number | undefined {
    const entry = this.#system.look(path);
    return 'stat' in entry ? entry.stat.mode : undefined;
  }
}

/** A change as far as it was kept; none where all is as it was. */
function asKept(made: Made, unkept: readonly Unkept[]): Made | undefined {
  const { change } = made;
  const shown = (part: Unkept['part']): number | undefined =>
    unkept.find((one) => one.part === part)?.shown;
  if (change.kind === 'mode') {
    const to = shown('mode') ?? change.to;
    return to === change.from ? undefined : { ...made, change: { ...change, to } };
  }
  if (change.kind === 'owner') {
    const to = { uid: shown('user') ?? change.to.uid, gid: shown('group') ?? change.to.gid };
    return sameOwner(to, change.from) ? undefined : { ...made, change: { ...change, to } };
  }
  return made;
}
