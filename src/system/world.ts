/**
 * A tree with paths as people write them: follows links that only root can have made, and no
 * others.
 */
import { Problem } from '../errors/problem.ts';
import { Accounts, ACCOUNTS_LIMIT, recordLines } from './accounts.ts';
import type { Content, Reader } from './content.ts';
import { othersMayWrite, type Entry, type Stat } from './entry.ts';
import { mountOf, type MountPoint } from './mounts.ts';
import type { OwnerRule } from './owner-rule.ts';
import { componentsOf, isWithin, join, nameOf, parentOf } from './path.ts';
import { formOf, type Answer, type Question, type QuestionKind } from './question.ts';
import type { Time } from './scan.ts';
import { READ_LIMIT, isRootsAlone, type ReadSystem, type Resolution } from './system.ts';
import type { OwnerLook, OwnerScan, Tree } from './tree.ts';

/** As many links as Linux follows on one path before it calls them a loop; see path_resolution(7). */
const MAX_LINKS = 40;

/**
 * A tree with paths as people write them: links on the way are resolved inside the tree, never out
 * of it, and refused where they are not to be trusted.
 */
export class World implements ReadSystem {
  readonly tree: Tree;
  readonly policy: LinkPolicy;
  /** Directories known to be real ones, so that each is looked at once. */
  readonly #directories = new Map<string, Stat>();
  /** Where directories that are there lead, so that a boot finds the way to its home once. */
  readonly #parents = new Map<string, string>();
  #accounts: Accounts | undefined;

  constructor(tree: Tree, policy: LinkPolicy) {
    this.tree = tree;
    this.policy = policy;
  }

  look(path: string): Entry {
    const resolution = this.resolve(path);
    if (resolution.kind === 'behind-link') {
      return { type: 'behind-link', link: resolution.link, target: resolution.target };
    }
    const entry = this.tree.look(resolution.path);
    // Whoever looks at a directory goes on to what is in it.
    if (entry.type === 'directory') this.#directories.set(resolution.path, entry.stat);
    return entry;
  }

  read(path: string, limit: number = READ_LIMIT): Content {
    const resolution = this.resolve(path);
    // A path behind a refused link is read as what it is to us: the link, which is not a regular file.
    return this.tree.read(resolution.kind === 'path' ? resolution.path : resolution.link, limit);
  }

  readAs<T>(path: string, reader: Reader<T>, limit?: number): T {
    return this.read(path, limit).open(reader);
  }

  readRoots<T>(path: string, reader: Reader<T>): T | undefined {
    const resolution = this.resolve(path);
    if (resolution.kind !== 'path') return undefined;
    const entry = this.tree.look(resolution.path);
    if (entry.type !== 'file' || !isRootsAlone(entry.stat)) return undefined;
    return this.tree.read(resolution.path, READ_LIMIT, isRootsAlone).open(reader);
  }

  readText(path: string, limit?: number): string {
    return this.read(path, limit).text();
  }

  list(path: string): readonly string[] {
    const resolution = this.resolve(path);
    return resolution.kind === 'path' ? this.tree.list(resolution.path) : [];
  }

  accounts(): Accounts {
    this.#accounts ??= new Accounts(this.#database('/etc/passwd'), this.#database('/etc/group'));
    return this.#accounts;
  }

  scanOwners(path: string, rule: OwnerRule, signal: AbortSignal): Promise<OwnerScan> {
    return this.tree.scanOwners(path, rule, signal);
  }

  async lookToOwn(path: string, rule: OwnerRule, { signal }: Time): Promise<OwnerLook> {
    return { ...(await this.tree.scanOwners(path, rule, signal)), complete: true };
  }

  isMount(path: string): boolean {
    return this.tree.mounts().has(path);
  }

  isMountedFile(path: string): boolean {
    if (this.tree.mounts().size === 0) return false;
    const resolution = this.resolve(path);
    if (resolution.kind !== 'path' || !this.isMount(resolution.path)) return false;
    return this.tree.look(resolution.path).type === 'file';
  }

  mountOf(path: string): MountPoint | undefined {
    return mountOf(this.tree.mounts(), path);
  }

  ask<K extends QuestionKind>(question: Question<K>): Answer<K> {
    if (!('path' in question) || typeof question.path !== 'string') return this.tree.ask(question);
    const resolution = this.resolve(question.path);
    if (resolution.kind === 'behind-link') return formOf(question).none(question);
    return this.tree.ask({ ...question, path: resolution.path });
  }

  resolve(path: string): Resolution {
    const parent = parentOf(path);
    const known = this.#parents.get(parent);
    if (known !== undefined) return { kind: 'path', path: below(known, path) };
    let current = '/';
    let certain = true;
    let rest = componentsOf(parent);
    for (let links = 0; ;) {
      const name = rest.shift();
      if (name === undefined) break;
      const next = name === '..' ? parentOf(current) : join(current, name);
      if (name === '..' || this.#directories.has(next)) {
        current = next;
        continue;
      }
      const entry = this.tree.look(next);
      if (entry.type === 'directory') this.#directories.set(next, entry.stat);
      if (entry.type !== 'link') {
        certain &&= entry.type === 'directory';
        current = next;
        continue;
      }
      links += 1;
      const trusted = mayFollow(next, entry.stat, this.#directory(current), this.policy);
      if (!trusted || links > MAX_LINKS) {
        return { kind: 'behind-link', link: next, target: entry.target };
      }
      rest = [...componentsOf(entry.target), ...rest];
      if (entry.target.startsWith('/')) current = '/';
    }
    if (certain) this.#parents.set(parent, current);
    return { kind: 'path', path: below(current, path) };
  }

  /** Forgets everything that was remembered, because somebody else may have changed it. */
  forgetAll(): void {
    this.#directories.clear();
    this.#parents.clear();
    this.#accounts = undefined;
  }

  /** Forgets what was remembered at and below `path`, because it has just been changed. */
  forget(path: string): void {
    this.#parents.clear();
    for (const known of this.#directories.keys()) {
      if (isWithin(known, path)) this.#directories.delete(known);
    }
    if (path === '/etc/passwd' || path === '/etc/group') this.#accounts = undefined;
  }

  #directory(path: string): Stat {
    const known = this.#directories.get(path);
    if (known !== undefined) return known;
    const entry = this.tree.look(path);
    // Of a holder that cannot be looked at nothing is trusted.
    return entry.type === 'directory'
      ? entry.stat
      : { uid: -1, gid: -1, mode: 0o777, nlink: 1, size: 0 };
  }

  #database(path: string): string {
    return this.look(path).type === 'missing' ? '' : this.readAs(path, recordLines, ACCOUNTS_LIMIT);
  }
}

/** A path in the directory that its own has turned out to be. */
function below(directory: string, path: string): string {
  return nameOf(path) === '' ? '/' : join(directory, nameOf(path));
}

/** Which links a world follows. */
export interface LinkPolicy {
  /**
   * Trees that somebody else can write to, such as the home: no link at or below them is followed,
   * whoever owns it.
   */
  readonly guarded: readonly string[];
  /** The user that this process trusts besides root: itself. */
  readonly self: number;
}

/**
 * Whether a link on the way to something may be followed.
 *
 * A link is trusted when only root (or the user that runs us) can have made it: that user owns it,
 * and owns the directory that holds it, which nobody else can write to. A Debian root has such
 * links (/var/run, /bin). Everything else could be swapped under us (#52781, CWE-59), and is
 * refused, as systemd-tmpfiles(8) refuses "unsafe path transitions".
 *
 * @param path the canonical path of the link
 * @param holder the directory that holds it
 */
export function mayFollow(path: string, link: Stat, holder: Stat, policy: LinkPolicy): boolean {
  if (policy.guarded.some((tree) => isWithin(path, tree))) return false;
  const trusted = (uid: number): boolean => uid === 0 || uid === policy.self;
  return trusted(link.uid) && trusted(holder.uid) && !othersMayWrite(holder);
}

/** The refusal to write through a link that is not to be trusted. */
export function behindLink(path: string, at: { link: string; target: string }): Problem {
  return new Problem({
    found: `${at.link}, on the way to ${path}, is a link to ${at.target}`,
    wanted: 'a directory: refusing to follow links that others could have made (#52781)',
    mend: `replace ${at.link} by a directory`,
  });
}
