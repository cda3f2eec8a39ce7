/**
 * What the mounts of a boot are known not to keep, from the kernel, the home's memory and this
 * boot.
 */
import { unlessProblem } from '../../errors/look-failed.ts';
import { Problem } from '../../errors/problem.ts';
import type { Facts } from '../../step/facts.ts';
import {
  MOUNTS_FILE,
  MOUNTS_MODE,
  memoryContent,
  mountMemory,
  type EntryKind,
  type How,
  type MountMemory,
  type Unkept,
} from '../../system/unkept.ts';
import { keepsNothing, keepsRights, type MountPoint } from '../../system/mounts.ts';
import { join } from '../../system/path.ts';
import type { ReadSystem, System } from '../../system/system.ts';

/** How a change is not kept; `never` where the kernel says so of the file system. */
export type NotKept = How | 'never';

/** What decides on a mount: the mode apart from user and group. */
export type Aspect = 'mode' | 'owner';

const NOTHING: Omit<MountMemory, 'mount'> = { modes: [] };

/** What stands for the mount where the kernel names none. */
const UNNAMED: MountPoint = { point: '/', type: 'the file system', readOnly: false, noExec: false };

/**
 * What the mounts of a boot are known not to keep: what the kernel says of their type and options,
 * what earlier boots have found, which the home remembers, and what this boot has found.
 *
 * The memory lies in the home, where everything may belong to whoever the share says. So it decides
 * only what is announced. A run tries one change of each kind again before it leaves others out
 * (see Trials), and where that is kept the memory is gone: whoever forges one, or puts an old one
 * back, keeps no file from being closed. It is about one mount, with its type, source and options,
 * which the kernel tells and nobody in the home can change: on another disk it says nothing. On a
 * file system that keeps owners it has to be root's as well.
 */
export class MountKnowledge {
  readonly #system: ReadSystem;
  readonly #facts: Facts;
  /** Where the memory lies; undefined where nothing is remembered. */
  readonly record: string | undefined;
  #known: Map<string, MountMemory> | undefined;
  #isNew = false;
  /** What this boot has seen for itself, by mount and aspect. */
  readonly #seen = new Set<string>();

  /** @param home none where nothing is remembered */
  constructor(system: ReadSystem, facts: Facts, home: string | undefined) {
    this.#system = system;
    this.#facts = facts;
    this.record = home === undefined ? undefined : join(home, MOUNTS_FILE);
  }

  /** What a canonical path lies on. */
  mountOf(path: string): MountPoint {
    return this.#system.mountOf(path) ?? UNNAMED;
  }

  /** How a mount fails to keep users or groups; undefined where it keeps them, or nobody knows. */
  owner(mount: MountPoint, part: 'user' | 'group'): NotKept | undefined {
    return keepsNothing(mount) ? 'never' : this.#of(mount)[part];
  }

  /** The same for a mode that is asked for an entry that shows another one. */
  mode(mount: MountPoint, kind: EntryKind, shown: number, asked: number): NotKept | undefined {
    if (keepsNothing(mount)) return 'never';
    return this.#of(mount).modes.find(
      (one) => one.kind === kind && one.shown === shown && one.asked === asked,
    )?.how;
  }

  /** Whether anything is known not to be kept on a mount. */
  isBad(mount: MountPoint): boolean {
    const { user, group, modes } = this.#of(mount);
    return keepsNothing(mount) || user !== undefined || group !== undefined || modes.length > 0;
  }

  /** Whether this boot itself has seen that a mount does not keep something. */
  hasSeen(mount: MountPoint, aspect: Aspect): boolean {
    return keepsNothing(mount) || this.#seen.has(`${aspect} ${idOf(mount)}`);
  }

  /** Remembers what was not kept. */
  learn({ kind, part, asked, shown, how }: Omit<Unkept, 'path'>, mount: MountPoint): void {
    this.#seen.add(`${part === 'mode' ? 'mode' : 'owner'} ${idOf(mount)}`);
    const before = this.#of(mount);
    if (part !== 'mode') {
      if (before[part] !== how) this.#put(mount, { ...before, [part]: how });
    } else if (this.mode(mount, kind, shown, asked) === undefined) {
      this.#put(mount, { ...before, modes: [...before.modes, { kind, asked, shown, how }] });
    }
  }

  /** Forgets what a mount did not keep, because it does now. */
  forget(mount: MountPoint, aspect: Aspect): void {
    const { user, group, modes } = this.#of(mount);
    this.#put(mount, aspect === 'mode' ? { user, group, modes: [] } : { modes });
  }

  /** Reads the memory again when it is needed: another boot may have written it. */
  forgetAll(): void {
    if (!this.#isNew) this.#known = undefined;
  }

  /** Writes down what this boot has found, if anything; where that fails, the next one finds it. */
  save(system: System): void {
    const { record } = this;
    if (record === undefined || this.#known === undefined || !this.#isNew) return;
    const bad = [...this.#known.values()].filter(
      ({ user, group, modes }) => user !== undefined || group !== undefined || modes.length > 0,
    );
    const { uid, gid } = this.#facts;
    unlessProblem(() => {
      const isThere = system.look(record).type !== 'missing';
      if (bad.length > 0) system.writeFile(record, memoryContent(bad), MOUNTS_MODE, { uid, gid });
      else if (isThere) system.remove(record);
      system.takeUnkept(record);
    });
  }

  #of(mount: MountPoint): Omit<MountMemory, 'mount'> {
    this.#known ??= this.#read();
    return this.#known.get(idOf(mount)) ?? NOTHING;
  }

  #put(mount: MountPoint, memory: Omit<MountMemory, 'mount'>): void {
    this.#known ??= this.#read();
    this.#known.set(idOf(mount), { ...memory, mount: idOf(mount) });
    this.#isNew = true;
  }

  #read(): Map<string, MountMemory> {
    const all = this.record === undefined ? [] : this.#recorded(this.record);
    return new Map(all.map((one) => [one.mount, one]));
  }

  /** A memory that cannot be read is none: its changes are announced and tried again. */
  #recorded(record: string): readonly MountMemory[] {
    try {
      const mount = this.#system.mountOf(record);
      if (mount === undefined || keepsRights(mount)) {
        return this.#system.readRoots(record, mountMemory) ?? [];
      }
      const entry = this.#system.look(record);
      if (entry.type !== 'file' || entry.stat.nlink !== 1) return [];
      return this.#system.readAs(record, mountMemory) ?? [];
    } catch (error) {
      if (error instanceof Problem) return [];
      throw error;
    }
  }
}

function idOf({ identity, point, type }: MountPoint): string {
  return identity ?? `${type} ${point}`;
}
