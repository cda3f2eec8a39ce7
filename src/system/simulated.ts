/**
 * A world whose writes stay in memory, so that a dry run sees what earlier steps would have done.
 */
import { Problem, unreachable } from '../errors/problem.ts';
import { ACCOUNTS_LIMIT, editRecord, recordLines, type RecordEdit } from './accounts.ts';
import { Content } from './content.ts';
import type { Entry, Owner, Present } from './entry.ts';
import { clearedBits, nodeOf, type MemoryNode } from './memory-node.ts';
import { OverlayTree } from './overlay.ts';
import type { OwnerRule } from './owner-rule.ts';
import type { DatedContent, System } from './system.ts';
import type { Part, NewDirectory, TreeCopy } from './new-directory.ts';
import type { Unkept } from './unkept.ts';
import { World, behindLink } from './world.ts';
import { LOG_LIMIT, LOG_MODE, logText, olderLog } from './log-file.ts';
import { join, nameOf, parentOf } from './path.ts';
import { tempName } from './temp-names.ts';
import { checkTime } from './scan.ts';

/** What stands for the time of writing: known after the run. */
const UNKNOWN_TIME = 'TIME';

/** The same as a number. */
const UNKNOWN_MOMENT = 0;

/**
 * A world whose writes stay in memory: of a dry run when it stands over a real one, of a test when
 * it stands over an empty tree. Commands are not run; what they would do is known after the run.
 */
export class SimulatedSystem extends World implements System {
  readonly overlay: OverlayTree;
  /** A simulated world keeps everything; those that do not are worlds of tests. */
  protected unkept: readonly Unkept[] = [];

  /** Stands over `base`, with the same idea of which links to follow. */
  constructor(base: Pick<World, 'tree' | 'policy'>) {
    const overlay = new OverlayTree(base.tree);
    super(overlay, base.policy);
    this.overlay = overlay;
  }

  createDirectory(path: string, mode: number, owner: Owner): void {
    const stat = { ...owner, mode, nlink: 2, size: 0 };
    this.overlay.put(this.#target(path), { type: 'directory', stat });
  }

  writeFile(path: string, written: Content | DatedContent, mode: number, owner: Owner): void {
    const content = typeof written === 'function' ? written(UNKNOWN_MOMENT) : written;
    const target = this.#target(path);
    const there = this.isMountedFile(target) ? this.look(target) : undefined;
    const kept = there !== undefined && 'stat' in there ? there.stat : { ...owner, mode, nlink: 1 };
    const stat = { ...kept, size: content.size };
    this.overlay.put(target, { type: 'file', stat, content });
    this.forget(target);
  }

  setMode(path: string, mode: number): void {
    this.overlay.restat(this.#target(path), { mode });
  }

  setOwner(path: string, owner: Owner): void {
    const target = this.#target(path);
    const entry = existing(target, this.look(target));
    this.overlay.restat(target, { ...owner, mode: entry.stat.mode & ~clearedBits(entry) });
  }

  setTreeOwner(path: string, rule: OwnerRule): Promise<undefined> {
    this.overlay.own(this.#target(path), rule);
    return Promise.resolve(undefined);
  }

  remove(path: string): void {
    this.overlay.remove(this.#target(path));
  }

  publish(path: string, { owner, mode, parts }: NewDirectory): void {
    const target = this.#target(path);
    this.overlay.put(target, { type: 'directory', stat: { ...owner, mode, nlink: 2, size: 0 } });
    for (const part of parts)
      this.overlay.put(join(target, part.name), nodeOfPart(part, part.owner ?? owner));
  }

  copyTree(path: string, copy: TreeCopy, signal: AbortSignal): Promise<void> {
    const target = this.#target(path);
    const { owner, mode, from, entries } = copy;
    checkTime(signal, `copying ${from}`);
    // What an earlier copy of it left half made is in the way.
    this.overlay.removeTree(join(parentOf(target), tempName(nameOf(target))));
    if (copy.replaces) this.overlay.removeTree(target);
    this.overlay.put(target, { type: 'directory', stat: { ...owner, mode, nlink: 2, size: 0 } });
    for (const { name, type, mode } of entries) {
      const content = type === 'file' ? this.#contentOf(join(from, name)) : undefined;
      const stat = { ...owner, mode, nlink: 1, size: content?.size ?? 0 };
      const node: MemoryNode =
        content === undefined
          ? { type: 'directory', stat: { ...stat, nlink: 2 } }
          : { type: 'file', stat, content };
      this.overlay.put(join(target, name), node);
    }
    this.forget(target);
    return Promise.resolve();
  }

  /** A copy is there at once, where nothing can be lost. */
  settle(): Promise<void> {
    return Promise.resolve();
  }

  moveDirectory(from: string, path: string): void {
    const [source, target] = [this.#target(from), this.#target(path)];
    this.#copyNodes(source, target);
    this.overlay.removeTree(source);
    this.forget(source);
    this.forget(target);
  }

  removeTree(path: string): void {
    const target = this.#target(path);
    this.overlay.removeTree(target);
    this.forget(target);
  }

  appendLines(path: string, lines: readonly string[], owner: Owner): void {
    const target = this.#target(path);
    const entry = this.look(target);
    const isThere = entry.type === 'file';
    const before = isThere ? this.read(target, Infinity) : Content.ofText('');
    const { mode, ...whose } = isThere ? entry.stat : { ...owner, mode: LOG_MODE };
    const text = logText(lines, UNKNOWN_TIME);
    if (before.size < LOG_LIMIT) {
      this.writeFile(target, before.followedBy(text), mode, whose);
    } else {
      this.writeFile(olderLog(target), before, mode, whose);
      this.writeFile(target, Content.ofText(text), LOG_MODE, owner);
    }
  }

  editRecords(path: string, edit: RecordEdit): void {
    const target = this.#target(path);
    const { stat } = existing(target, this.look(target));
    const text = editRecord(this.readAs(target, recordLines, ACCOUNTS_LIMIT), edit);
    this.writeFile(target, Content.ofText(text), stat.mode, stat);
  }

  takeUnkept(path: string): readonly Unkept[] {
    if (this.unkept.length === 0) return [];
    const taken = this.unkept.filter((one) => one.path === path);
    this.unkept = this.unkept.filter((one) => one.path !== path);
    return taken;
  }

  run(): Promise<void> {
    return Promise.resolve();
  }

  #copyNodes(from: string, to: string): void {
    const entry = existing(from, this.look(from));
    const node = nodeOf(entry, entry.stat);
    this.overlay.put(to, node.type === 'file' ? { ...node, content: this.#contentOf(from) } : node);
    if (entry.type !== 'directory') return;
    for (const name of this.list(from)) this.#copyNodes(join(from, name), join(to, name));
  }

  #contentOf(path: string): Content {
    return this.read(path, Infinity);
  }

  #target(path: string): string {
    const resolution = this.resolve(path);
    if (resolution.kind === 'path') return resolution.path;
    throw behindLink(path, resolution);
  }
}

function nodeOfPart(part: Part, owner: Owner): MemoryNode {
  const stat = { ...owner, mode: part.mode, nlink: 1, size: 0 };
  switch (part.type) {
    case 'directory':
      return { type: 'directory', stat: { ...stat, nlink: 2 } };
    case 'fifo':
      return { type: 'fifo', stat, listens: false };
    case 'file':
      return { type: 'file', stat: { ...stat, size: part.content.size }, content: part.content };
    default:
      return unreachable(part);
  }
}

function existing(path: string, entry: Entry): Present {
  if (entry.type === 'missing' || entry.type === 'behind-link') {
    throw new Problem({
      found: `${path} is ${entry.type}`,
      wanted: 'an entry that can be changed',
    });
  }
  return entry;
}
