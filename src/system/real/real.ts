/**
 * The real world: everything that a change can do, done for good and safe against swapped paths.
 */
import { readFileSync, realpathSync, renameSync } from 'node:fs';
import { editRecord, type RecordEdit } from '../accounts.ts';
import { errnoOf, Problem } from '../../errors/problem.ts';
import { Content } from '../content.ts';
import type { Owner, Stat } from '../entry.ts';
import { isServed, keepsRights, outlives } from '../mounts.ts';
import { COPY_LIMIT, COPY_MODE, copyFor, copyOf, inPlaceWrite, isOwnCopy } from '../in-place.ts';
import { World, behindLink } from '../world.ts';
import { localTime, logText } from '../log-file.ts';
import type { OwnerRule } from '../owner-rule.ts';
import { componentsOf, isWithin, join, nameOf, parentOf } from '../path.ts';
import type { MadeCopy, NewDirectory, TreeCopy } from '../new-directory.ts';
import { hiddenName } from '../temp-names.ts';
import type { Command, DatedContent, Synced, System } from '../system.ts';
import type { Time } from '../scan.ts';
import type { OwnerLook, OwnerScan } from '../tree.ts';
import type { Unkept } from '../unkept.ts';
import { KeptFile, appendToLog } from './kept-file.ts';
import { runCommand } from './run-command.ts';
import { moveDirectory, publishCopies, stageCopy } from './copy-tree.ts';
import { lookProblem, outOfSpace, systemProblem } from './errno.ts';
import { withFileLock } from './account-lock.ts';
import { openDirectory, pathOf, statOf, toStat, withParent } from './open.ts';
import { chownListed, PendingRepairs } from './chown/chown-listed.ts';
import { chownTree } from './chown/chown-tree.ts';
import { LIMITS, type Limits } from './chown/limits.ts';
import { overwriteFile } from './overwrite.ts';
import { publishDirectory } from './publish.ts';
import { removeTree } from './remove-tree.ts';
import { RightsLog } from './rights-log.ts';
import { RealTree } from './real-tree.ts';
import * as write from './write.ts';

function openRoot(root: string, limits: Limits): RealTree {
  try {
    return new RealTree(realpathSync(root), limits);
  } catch (error) {
    throw lookProblem(error, root);
  }
}

/** The world below a directory of this machine, for good: what is written here stays. */
export class RealSystem extends World implements System {
  readonly #real: RealTree;
  readonly #limits: Limits;
  readonly #wrong = new PendingRepairs();
  #unkept: Unkept[] = [];

  /**
   * Opens the world below `root`.
   * @param guarded trees in which no link is followed; see world.ts
   * @param limits when to start other programs for the owners of a large tree
   * @throws Problem when `root` is not a directory, LookFailed when it cannot be opened
   */
  constructor(root: string, guarded: readonly string[] = [], limits: Limits = LIMITS) {
    const tree = openRoot(root, limits);
    super(tree, { guarded, self: process.geteuid?.() ?? 0 });
    this.#real = tree;
    this.#limits = limits;
  }

  createDirectory(path: string, mode: number, owner: Owner): void {
    this.inDirectory(path, 'making', (directory, name) => {
      write.makeDirectory(directory, name, mode, owner, this.#rights(path));
    });
  }

  writeFile(
    path: string,
    content: Content | DatedContent,
    mode: number,
    owner: Owner,
    synced: Synced = 'name',
  ): void {
    if (this.isMountedFile(path)) {
      this.#overwrite(path, typeof content === 'function' ? content(Date.now()) : content);
      return;
    }
    this.inDirectory(
      path,
      'writing',
      (directory, name) => {
        const sync = outlives(this.mountOf(this.#target(path))) ? synced : 'nothing';
        const bytes =
          typeof content === 'function' ? (now: number) => content(now).reveal() : content.reveal();
        write.replaceFile(directory, name, bytes, mode, owner, this.#rights(path), sync);
      },
      typeof content === 'function' ? undefined : content.size,
    );
  }

  setMode(path: string, mode: number): void {
    this.inDirectory(path, 'setting the mode of', (directory, name) => {
      write.changeMode(directory, name, mode, this.#rights(path));
    });
  }

  setOwner(path: string, owner: Owner): void {
    this.inDirectory(path, 'setting the owner of', (directory, name) => {
      write.changeOwner(directory, name, owner, this.#rights(path));
    });
  }

  override async lookToOwn(path: string, rule: OwnerRule, time: Time): Promise<OwnerLook> {
    const { scan, places } = await this.#real.scanForRepair(path, rule, time);
    // What could not be looked at is looked at again where the others are changed.
    const isWhole = scan.complete && scan.unreadable.length === 0;
    if (isWhole) this.#wrong.put(path, rule, places);
    return scan;
  }

  async setTreeOwner(path: string, rule: OwnerRule, time: Time): Promise<OwnerScan | undefined> {
    const target = this.#target(path);
    const places = this.#wrong.take(target, rule);
    const mount = this.mountOf(target);
    const tree = {
      root: this.#real.rootFd,
      path: target,
      rule,
      borders: this.#real.borders(target, rule),
      isServed: mount !== undefined && isServed(mount),
    };
    try {
      if (places === undefined) return await chownTree(tree, this.#limits, time);
      await chownListed(tree, places, time);
      return undefined;
    } catch (error) {
      throw systemProblem(error, `setting the owners below ${path}`);
    } finally {
      this.forget(target);
    }
  }

  override forget(path: string): void {
    super.forget(path);
    this.#wrong.forget(path);
  }

  override forgetAll(): void {
    super.forgetAll();
    this.#wrong.clear();
  }

  remove(path: string): void {
    this.inDirectory(path, 'removing', (directory, name) => {
      write.removeEntry(directory, name);
    });
  }

  publish(path: string, what: NewDirectory): void {
    this.inDirectory(path, 'making', (directory, name) => {
      publishDirectory(directory, name, what, this.#rights(path));
    });
  }

  /** Gives a published directory the name again under which it was made; s6-svscan passes it over. */
  unpublish(path: string): string {
    return this.inDirectory(path, 'renaming', (directory, name) => {
      removeTree(directory, hiddenName(name));
      renameSync(pathOf(directory, name), pathOf(directory, hiddenName(name)));
      return join(parentOf(path), hiddenName(name));
    });
  }

  async copyTree(path: string, copy: TreeCopy, signal: AbortSignal): Promise<void> {
    const target = this.#target(path);
    if (copy.replaces) this.#refuseMounts(target);
    try {
      const from = this.#target(copy.from);
      const { rootFd } = this.#real;
      await stageCopy(rootFd, from, target, copy, signal, this.#rights(path));
    } catch (error) {
      const doing = `copying ${copy.from} to ${path}`;
      if (errnoOf(error) !== 'ENOSPC') throw systemProblem(error, doing);
      throw withParent(this.#real.rootFd, target, (directory) =>
        outOfSpace(doing, pathOf(directory), this.mountOf(target), undefined),
      );
    } finally {
      this.forget(target);
    }
  }

  async settle(copies: readonly MadeCopy[], signal: AbortSignal): Promise<void> {
    const made = copies.map((copy) => ({ ...copy, path: this.#target(copy.path) }));
    try {
      await publishCopies(this.#real.rootFd, made, signal);
    } catch (error) {
      throw systemProblem(error, 'giving copies their names');
    } finally {
      for (const { path } of made) this.forget(path);
    }
  }

  moveDirectory(from: string, path: string): void {
    this.#refuseMounts(this.#target(from));
    this.inDirectory(from, 'moving', (directory, name) => {
      this.inDirectory(path, 'making', (other, otherName) => {
        moveDirectory({ directory, name }, { directory: other, name: otherName });
      });
    });
  }

  removeTree(path: string): void {
    this.#refuseMounts(this.#target(path));
    this.inDirectory(path, 'removing', removeTree);
  }

  appendLines(path: string, lines: readonly string[], owner: Owner): void {
    this.inDirectory(path, 'appending to', (directory, name) => {
      const text = logText(lines, localTime(new Date()));
      appendToLog(directory, name, text, () => owner, this.#rights(path));
    });
  }

  /**
   * Opens the directory of a file that is replaced more than once; see KeptFile. Undefined when
   * there is no such directory.
   */
  keep(path: string): KeptFile | undefined {
    const target = this.#target(path);
    try {
      const directory = openDirectory(this.#real.rootFd, componentsOf(parentOf(target)));
      return new KeptFile(directory, nameOf(target), path);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw systemProblem(error, `writing ${path}`);
    }
  }

  /**
   * Appends one line as it is, where `appendLines` puts the time before each.
   * @param owner asked for when the log has to be made
   */
  appendLine(path: string, line: string, owner: () => Owner): void {
    this.inDirectory(path, 'appending to', (directory, name) => {
      appendToLog(directory, name, `${line}\n`, owner, this.#rights(path));
    });
  }

  editRecords(path: string, edit: RecordEdit): void {
    this.inDirectory(path, 'editing', (directory, name) => {
      withFileLock(directory, name, () => {
        const stats = statOf(pathOf(directory, name));
        if (stats === undefined) return;
        const before = readFileSync(pathOf(directory, name), 'utf8');
        const after = editRecord(before, edit);
        if (after === before) return;
        const { mode, uid, gid } = toStat(stats);
        const rights = this.#rights(path);
        write.replaceFile(directory, name, Buffer.from(after), mode, { uid, gid }, rights);
      });
    });
  }

  async run(command: Command, signal: AbortSignal, print?: (line: string) => void): Promise<void> {
    await runCommand(this.#real.root, command, signal, print);
  }

  takeUnkept(path: string): readonly Unkept[] {
    const taken = this.#unkept.filter((one) => one.path === path);
    if (taken.length > 0) this.#unkept = this.#unkept.filter((one) => one.path !== path);
    return taken;
  }

  #rights(path: string): RightsLog {
    const mount = this.mountOf(this.#target(path));
    return new RightsLog(path, mount !== undefined && !keepsRights(mount), this.#unkept);
  }

  /** Writes a mounted file in place: no other can take its place, and owner and mode stay. */
  #overwrite(path: string, content: Content): void {
    const target = this.#target(path);
    const copy = copyFor(target, this);
    if (copy === undefined) {
      throw new Problem({
        found: `${path} is a mount of its own, and no home of the plan is around it`,
        wanted: 'a place for a copy until it is written',
        mend: 'mount the directory that holds it instead of the single file',
      });
    }
    this.#refuseUnfinished(path, copy, content);
    const self = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
    const keep = (from: Uint8Array, to: Uint8Array): void => {
      const both = { path: target, from: Content.ofBytes(from), to: Content.ofBytes(to) };
      this.writeFile(copy, copyOf(both), COPY_MODE, self);
    };
    const drop = (): void => {
      this.remove(copy);
    };
    this.inDirectory(
      path,
      'writing',
      (directory, name) => {
        overwriteFile(directory, name, content.reveal(), { keep, drop });
      },
      content.size,
    );
  }

  /** A copy that no boot has finished yet holds the only whole content: only that may be written. */
  #refuseUnfinished(path: string, copy: string, content: Content): void {
    const own = (stat: Stat): boolean => isOwnCopy(stat, this.policy.self);
    const entry = this.look(copy);
    if (entry.type !== 'file' || !own(entry.stat)) return;
    const write = this.#real.read(copy, COPY_LIMIT, own).open(inPlaceWrite);
    if (write === undefined || write.to.equals(content)) return;
    throw new Problem({
      found: `${path} is not written: an interrupted write to ${write.path} is not finished`,
      wanted: 'a boot that can finish it',
      mend: 'start the container again',
    });
  }

  #refuseMounts(target: string): void {
    const mount = [...this.#real.mounts().keys()].find((point) => isWithin(point, target));
    if (mount !== undefined) throw new Problem({ found: `${mount} is a mount of its own` });
  }

  /**
   * Opens the directory of a path and acts in it; a failed system call becomes a Problem.
   * @param needed how many bytes it takes, where that is known
   */
  inDirectory<T>(
    path: string,
    doing: string,
    act: (directory: number, name: string) => T,
    needed?: number,
  ): T {
    const target = this.#target(path);
    try {
      return withParent(this.#real.rootFd, target, (directory, name) => {
        try {
          return act(directory, name);
        } catch (error) {
          if (errnoOf(error) !== 'ENOSPC') throw error;
          const mount = this.mountOf(target);
          throw outOfSpace(`${doing} ${path}`, pathOf(directory), mount, needed);
        }
      });
    } catch (error) {
      throw systemProblem(error, `${doing} ${path}`);
    } finally {
      this.forget(target);
    }
  }

  #target(path: string): string {
    const resolution = this.resolve(path);
    if (resolution.kind === 'path') return resolution.path;
    throw behindLink(path, resolution);
  }
}
