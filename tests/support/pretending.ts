import { Problem } from '../../src/errors/problem.ts';
import type { Owner, Stat } from '../../src/system/entry.ts';
import { isWithin, join } from '../../src/system/path.ts';
import { SimulatedSystem } from '../../src/system/simulated.ts';
import type { EntryKind, How, Unkept } from '../../src/system/unkept.ts';

/** What a file system does with the rights that it is told; see PretendingSystem. */
export interface Habits {
  /** What is seen after a mode was asked for. */
  readonly mode: 'kept' | How | 'all-open' | 'x-only' | 'files-only';
  readonly user: 'kept' | How;
  readonly group: 'kept' | How;
}

/** What a new file has on a file system that does not let its mode be changed, by kind. */
const NEW: Readonly<Record<EntryKind, number>> = { file: 0o600, directory: 0o700 };

/** A world with a share that does not keep, or refuses, owners and modes. Everything else is kept. */
export class PretendingSystem extends SimulatedSystem {
  readonly #share: string;
  readonly #habits: Habits;

  /** @param share where it is mounted */
  constructor(base: SimulatedSystem, share: string, habits: Habits) {
    super(base);
    this.#share = share;
    this.#habits = habits;
  }

  override createDirectory(path: string, mode: number, owner: Owner): void {
    super.createDirectory(path, mode, owner);
    this.#settle(path, path);
  }

  override writeFile(...args: Parameters<SimulatedSystem['writeFile']>): void {
    const [path, , mode, owner] = args;
    const before = this.look(path);
    super.writeFile(...args);
    // As the real world does: a file that has its rights is written to, and keeps them.
    const isRight =
      before.type === 'file' &&
      before.stat.mode === mode &&
      before.stat.uid === owner.uid &&
      before.stat.gid === owner.gid;
    if (!isRight) this.#settle(path, path);
  }

  override setMode(path: string, mode: number): void {
    const entry = this.look(path);
    const before = 'stat' in entry ? entry.stat.mode : mode;
    super.setMode(path, mode);
    if (this.#isOn(path)) this.#keepMode(path, path, before);
  }

  override setOwner(path: string, owner: Owner): void {
    const entry = this.look(path);
    super.setOwner(path, owner);
    if (this.#isOn(path) && 'stat' in entry) this.#keepOwner(path, path, entry.stat);
  }

  override setTreeOwner(...args: Parameters<SimulatedSystem['setTreeOwner']>): Promise<undefined> {
    const { user, group } = this.#habits;
    const [path] = args;
    if (!this.#isOn(path) || (user === 'kept' && group === 'kept')) {
      return super.setTreeOwner(...args);
    }
    const errno = user === 'refused' || group === 'refused' ? 'EPERM' : 'EOPNOTSUPP';
    return Promise.reject(new Problem({ found: `setting the owner of ${path}`, errno }));
  }

  override publish(...args: Parameters<SimulatedSystem['publish']>): void {
    super.publish(...args);
    this.#settle(args[0], args[0]);
  }

  override async copyTree(...args: Parameters<SimulatedSystem['copyTree']>): Promise<void> {
    await super.copyTree(...args);
    this.#settle(args[0], args[0]);
  }

  #isOn(path: string): boolean {
    return isWithin(path, this.#share);
  }

  /** What has just been made keeps what it can of its rights. @param of the change that made it */
  #settle(path: string, of: string): void {
    if (!this.#isOn(path)) return;
    this.#keepMode(path, of, NEW[this.#kind(path)]);
    this.#keepOwner(path, of, { uid: 0, gid: 0 });
    if (this.look(path).type !== 'directory') return;
    for (const name of this.list(path)) this.#settle(join(path, name), of);
  }

  #keepMode(path: string, of: string, before: number): void {
    const kind = this.#kind(path);
    const asked = this.#stat(path).mode;
    const shown = shownMode(this.#habits.mode, kind, before, asked);
    this.#show(path, { mode: shown });
    const how = this.#habits.mode === 'refused' ? 'refused' : 'ignored';
    if (shown !== asked) this.#lose({ path: of, kind, part: 'mode', asked, shown, how });
  }

  #keepOwner(path: string, of: string, before: Owner): void {
    const kind = this.#kind(path);
    const { uid, gid } = this.#stat(path);
    const { user, group } = this.#habits;
    if (user !== 'kept' && uid !== before.uid) {
      this.#show(path, { uid: before.uid });
      this.#lose({ path: of, kind, part: 'user', asked: uid, shown: before.uid, how: user });
    }
    if (group !== 'kept' && gid !== before.gid) {
      this.#show(path, { gid: before.gid });
      const common = { path: of, kind, part: 'group', how: group } as const;
      this.#lose({ ...common, asked: gid, shown: before.gid });
    }
  }

  #lose(unkept: Unkept): void {
    this.unkept = [...this.unkept, unkept];
  }

  #kind(path: string): EntryKind {
    return this.look(path).type === 'directory' ? 'directory' : 'file';
  }

  #stat(path: string): Stat {
    const entry = this.look(path);
    if (!('stat' in entry)) throw new Error(`${path} is missing`);
    return entry.stat;
  }

  #show(path: string, stat: Partial<Stat>): void {
    this.overlay.restat(path, stat);
    this.forget(path);
  }
}

function shownMode(habit: Habits['mode'], kind: EntryKind, before: number, asked: number): number {
  switch (habit) {
    case 'kept':
      return asked;
    case 'all-open':
      return 0o777;
    case 'x-only':
      return (before & ~0o111) | (asked & 0o111);
    case 'files-only':
      return kind === 'file' ? asked : before;
    case 'ignored':
    case 'refused':
      return before;
  }
}
