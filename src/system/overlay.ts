/**
 * Copy-on-write over another tree: the world of a dry run, and over an empty tree that of a test.
 */
import { Problem } from '../errors/problem.ts';
import type { Content } from './content.ts';
import { sameOwner, type Present, type Stat } from './entry.ts';
import { clearedBits, nodeOf, presentOf, type MemoryNode } from './memory-node.ts';
import { keepsRule, ownerBy, type OwnerRule } from './owner-rule.ts';
import { isWithin, join, nameOf, parentOf } from './path.ts';
import type { Answer, Answers, Question, QuestionKind } from './question.ts';
import { checkTime, isHardLinked, OwnerTally } from './scan.ts';
import type { Mounts } from './mounts.ts';
import type { OwnerScan, RawEntry, Tree } from './tree.ts';

/** A rule that is kept at and below a path, as far as the tree below the overlay goes. */
interface KeptRule {
  readonly path: string;
  readonly rule: OwnerRule;
}

/**
 * Copy-on-write over another tree: reads fall through, writes stay here. It is the world of a dry
 * run, and over an empty tree the world of a test.
 */
export class OverlayTree implements Tree {
  readonly #base: Tree;
  readonly #nodes = new Map<string, MemoryNode | 'removed'>();
  /** The names below each directory that this overlay knows of. */
  readonly #children = new Map<string, Set<string>>();
  readonly #rules: KeptRule[] = [];
  /** What was seen of the tree below, which a dry run takes as it was at one moment. */
  readonly #seen = new Map<string, RawEntry>();
  /** The same for what it lists. */
  readonly #listed = new Map<string, readonly string[]>();

  readonly #answers: Answers = {
    permits: (question) => {
      for (let at = question.path; ; at = parentOf(at)) {
        // What was changed here is not as the kernel knows it, and may be the way to the rest.
        if (this.#nodes.has(at) || this.#rules.some(({ path }) => path === at)) return undefined;
        if (at === '/') return this.#base.ask(question);
      }
    },
    permitsAs: (question) => {
      const known = question.asked.map(({ path }) => this.#isUnchanged(path));
      const asked = question.asked.filter((_, at) => known[at]);
      const answers = this.#base.ask({ ...question, asked });
      let next = 0;
      return known.map((isKnown) => (isKnown ? answers[next++] : undefined));
    },
    freeBytes: (question) => this.#base.ask(question),
    listens: (question) => {
      const node = this.#nodes.get(question.path);
      if (node === undefined) return this.#base.ask(question);
      if (node === 'removed' || node.type !== 'fifo') return false;
      return node.listens ?? this.#base.ask(question);
    },
    // What writes and locks it is a service: no step changes it.
    holding: (question) => this.#base.ask(question),
    // A simulated change does not have the times that the kernel would give it.
    layerDirectories: (question) =>
      this.#touches(question.path) ? undefined : this.#base.ask(question),
    abandonedLocks: (question) =>
      this.#base.ask(question).filter((path) => this.#nodes.get(path) !== 'removed'),
  };

  constructor(base: Tree) {
    this.#base = base;
  }

  look(path: string): RawEntry {
    const node = this.#nodes.get(path);
    if (node === 'removed') return { type: 'missing' };
    if (node !== undefined) return presentOf(node);
    const entry = this.lookBelow(path);
    if (entry.type === 'missing') return entry;
    return this.#ruled(path, entry);
  }

  /** What was at a path before anything changed here. */
  lookBelow(path: string): RawEntry {
    const seen = this.#seen.get(path) ?? this.#base.look(path);
    this.#seen.set(path, seen);
    return seen;
  }

  read(path: string, limit: number, accept?: (stat: Stat) => boolean): Content {
    const node = this.#nodes.get(path);
    if (node === undefined || (node !== 'removed' && node.type === 'file' && !node.content)) {
      return this.#base.read(path, limit, accept);
    }
    if (node === 'removed' || node.type !== 'file' || node.content === undefined) {
      const type = node === 'removed' ? 'missing' : node.type;
      throw new Problem({ found: `${path} is ${type}`, wanted: 'a regular file' });
    }
    if (node.content.size > limit) {
      throw new Problem({
        found: `${path} has ${node.content.size} bytes`,
        wanted: `at most ${limit}`,
      });
    }
    return node.content;
  }

  /** The content of what was at a path before anything changed here; see `read`. */
  readBelow(path: string, limit: number): Content {
    return this.#base.read(path, limit);
  }

  list(path: string): readonly string[] {
    const own = this.#children.get(path);
    const below = this.#listed.get(path) ?? this.#base.list(path);
    this.#listed.set(path, below);
    if (own === undefined) return below;
    const names = new Set(below);
    for (const name of own) {
      if (this.#nodes.get(join(path, name)) === 'removed') names.delete(name);
      else names.add(name);
    }
    return [...names].sort();
  }

  mounts(): Mounts {
    return this.#base.mounts();
  }

  ask<K extends QuestionKind>(question: Question<K>): Answer<K> {
    return this.#answers[question.kind](question);
  }

  /** Whether the tree below has an entry, and the way to it, with the rights that it has here. */
  #isUnchanged(path: string): boolean {
    if (this.#nodes.size === 0 && this.#rules.length === 0) return true;
    for (let at = path; ; at = parentOf(at)) {
      const [here, below] = [this.look(at), this.lookBelow(at)];
      if (here.type === 'missing' || below.type === 'missing') return false;
      if (here.type !== below.type || here.stat.mode !== below.stat.mode) return false;
      if (!sameOwner(here.stat, below.stat)) return false;
      if (at === '/') return true;
    }
  }

  async scanOwners(path: string, rule: OwnerRule, signal: AbortSignal): Promise<OwnerScan> {
    if (!this.#touches(path)) return this.#base.scanOwners(path, rule, signal);
    const tally = new OwnerTally(rule);
    this.#walk(path, path, new Set(rule.except), signal, {
      entry: (below, entry) => {
        tally.entry(below, entry);
      },
      mount: (below) => {
        tally.mount(below);
      },
    });
    return Promise.resolve(tally.scan());
  }

  /** Puts a node in place of whatever is there. */
  put(path: string, node: MemoryNode): void {
    this.#nodes.set(path, node);
    this.#know(path);
  }

  /** Changes parts of the stat of an existing entry. */
  restat(path: string, change: Partial<Stat>): void {
    const node = this.#nodes.get(path);
    if (node !== undefined && node !== 'removed') {
      this.put(path, { ...node, stat: { ...node.stat, ...change } });
      return;
    }
    const entry = this.look(path);
    if (entry.type === 'missing') {
      throw new Error(`the simulated world has no ${path} to change`);
    }
    this.put(path, nodeOf(entry, { ...entry.stat, ...change }));
  }

  /** Takes an entry away. */
  remove(path: string): void {
    this.#nodes.set(path, 'removed');
    this.#know(path);
  }

  /** Takes an entry away with everything in it. */
  removeTree(path: string): void {
    if (this.look(path).type === 'directory') {
      for (const name of this.list(path)) this.removeTree(join(path, name));
    }
    this.remove(path);
  }

  /** Changes the owner of everything that an owner scan calls wrong. */
  own(path: string, rule: OwnerRule): void {
    for (const [below, node] of this.#nodes) {
      if (node === 'removed' || !this.#isRuled(below, path, rule)) continue;
      const entry = presentOf(node);
      if (keepsRule(rule, entry.stat) || isHardLinked(entry)) continue;
      const mode = entry.stat.mode & ~clearedBits(entry);
      this.restat(below, { ...ownerBy(rule, entry.stat), mode, changedAt: undefined });
    }
    this.#rules.push({ path, rule });
  }

  /** Whether a rule for the tree at `top` is about `path`. */
  #isRuled(path: string, top: string, { except = [] }: OwnerRule): boolean {
    if (!isWithin(path, top) || this.#beyondMount(path, top)) return false;
    return !except.some((other) => isWithin(path, other));
  }

  /** Every path that has been changed here, one by one; not what only a rule for a tree is about. */
  changedPaths(): Iterable<string> {
    return this.#nodes.keys();
  }

  /** Whether a file may have another content than below: it was written, and not only its stat. */
  hasWritten(path: string): boolean {
    const node = this.#nodes.get(path);
    return (
      node !== undefined && node !== 'removed' && node.type === 'file' && node.content !== undefined
    );
  }

  /** Every path and node of this overlay, for tests that compare whole worlds. */
  *entries(): Generator<[path: string, node: MemoryNode]> {
    for (const [path, node] of [...this.#nodes].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (node !== 'removed') yield [path, node];
    }
  }

  #ruled(path: string, entry: Present): Present {
    if (this.#rules.length === 0 || isHardLinked(entry)) return entry;
    let { stat } = entry;
    for (const { rule, path: top } of this.#rules) {
      if (!this.#isRuled(path, top, rule) || keepsRule(rule, stat)) continue;
      const mode = stat.mode & ~clearedBits({ ...entry, stat });
      stat = { ...stat, ...ownerBy(rule, stat), mode, changedAt: undefined };
    }
    return { ...entry, stat };
  }

  #beyondMount(path: string, top: string): boolean {
    if (this.mounts().size === 0) return false;
    for (let at = path; at !== top && at !== '/'; at = parentOf(at)) {
      if (this.mounts().has(at)) return true;
    }
    return false;
  }

  #touches(path: string): boolean {
    const overlaps = (other: string): boolean => isWithin(other, path) || isWithin(path, other);
    return (
      this.#rules.some((rule) => overlaps(rule.path)) ||
      [...this.#nodes.keys()].some((known) => isWithin(known, path))
    );
  }

  #walk(
    path: string,
    top: string,
    except: ReadonlySet<string>,
    signal: AbortSignal,
    visit: Visitor,
  ): void {
    checkTime(signal, `looking at ${path}`);
    if (except.has(path)) return;
    const entry = this.look(path);
    if (entry.type === 'missing') return;
    if (path !== top && this.mounts().has(path)) {
      visit.mount(path);
      return;
    }
    visit.entry(path, entry);
    if (entry.type !== 'directory') return;
    for (const name of this.list(path)) {
      this.#walk(join(path, name), top, except, signal, visit);
    }
  }

  #know(path: string): void {
    if (path === '/') return;
    const parent = parentOf(path);
    const names = this.#children.get(parent) ?? new Set();
    names.add(nameOf(path));
    this.#children.set(parent, names);
  }
}

interface Visitor {
  readonly entry: (path: string, entry: Present) => void;
  readonly mount: (path: string) => void;
}
