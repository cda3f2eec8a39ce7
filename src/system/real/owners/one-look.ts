import type { Stats } from 'node:fs';
import { sameOwner } from '../../entry.ts';
import type { Time } from '../../scan.ts';
import { namesIn, presentOf, statOf, type Name } from '../open.ts';
import { dealt } from './dealt.ts';
import { findOwners } from './finds.ts';
import { Frontier } from './frontier.ts';
import type { Means } from './means.ts';
import { Met, worldPath, type Claimed } from './met.ts';
import { Pace } from './pace.ts';
import { childOf, joined, type Waiting } from './waiting.ts';

/** Others are called at once where so many times what this process looks at alone is expected. */
const PLAINLY_MORE = 2;

/** A tree to look at. */
export interface Looked extends Claimed {
  /** Its top on the machine. */
  readonly host: string;
  /** The mounts in it, which are not entered. */
  readonly mounts: ReadonlySet<string>;
}

/** One look at a tree. */
export class Look {
  readonly met: Met;
  readonly #tree: Looked;
  readonly #means: Means;
  readonly #time: Time;
  readonly #pace: Pace;
  readonly #remembers: boolean;
  #isEnough = false;
  /** Ends the finds that help. */
  #ending: AbortController | undefined;

  /** @param remembers whether it remembers what has to change, and stops at too much of that */
  constructor(tree: Looked, means: Means, time: Time, remembers: boolean) {
    const doing = `looking at the owners below ${tree.path}`;
    this.met = new Met(tree, remembers);
    this.#tree = tree;
    this.#means = means;
    this.#time = time;
    this.#pace = new Pace(time, doing);
    this.#remembers = remembers;
  }

  /** Whether it has stopped since too much has to change. */
  get isEnough(): boolean {
    return this.#isEnough;
  }

  async everywhere(): Promise<void> {
    const { alone, processes } = this.#means;
    // A find does not know of the mounts of the world.
    const isWhole = this.#tree.mounts.size === 0;
    const waiting = await this.#fromTop(isWhole ? alone.looking : 0);
    if (this.isEnough || waiting.length === 0) return;
    const mayFind = isWhole && processes() > 1;
    await this.#depthFirst(mayFind ? await this.#byFinds(waiting) : waiting);
  }

  /**
   * Looks at a tree from its top on.
   * @param most how many entries it looks at, but for the top; it stops before that where it
   *   expects many times as many
   * @returns the directories that are left
   */
  async #fromTop(most: number): Promise<readonly Waiting[]> {
    const top = { host: this.#tree.host, below: '' };
    const frontier = new Frontier<Waiting>(this.#lookAtTop(top) ? [top] : [], this.#means.sample);
    for (let next = frontier.next(); next !== undefined; next = frontier.next()) {
      const names = this.#namesIn(next);
      if (this.met.entries + names.length > most) break;
      frontier.read(names.length, this.#directoriesOf(next, names));
      if (this.#hasEnough() || frontier.expected > PLAINLY_MORE * most) break;
      if (this.#pace.passed(names.length)) await this.#pace.rest();
    }
    return frontier.rest();
  }

  /** Looks at everything below some directories. */
  async #depthFirst(directories: readonly Waiting[]): Promise<void> {
    const waiting = [...directories];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const names = this.#namesIn(next);
      for (const child of this.#directoriesOf(next, names)) waiting.push(child);
      if (this.#hasEnough()) return;
      if (this.#pace.passed(names.length)) await this.#pace.rest();
    }
  }

  /**
   * Lets finds look at everything below some directories.
   * @returns the directories that are left, all of them where there is no such find
   */
  async #byFinds(directories: readonly Waiting[]): Promise<readonly Waiting[]> {
    const { host: top, owner } = this.#tree;
    const met = new Met(this.#tree, this.#remembers);
    // An argument of a process is text.
    const names = directories.flatMap(({ below }) => (typeof below === 'string' ? [below] : []));
    const ending = (this.#ending = new AbortController());
    const signal = AbortSignal.any([this.#time.signal, ending.signal]);
    try {
      await findOwners(
        { program: this.#means.find, top, owner, signal },
        dealt(names, this.#means.processes()),
        {
          right: (count) => {
            met.right(count);
          },
          wrong: (below, entry) => {
            met.wrong(below, entry);
            this.#hasEnough(met);
          },
        },
      );
    } catch {
      this.#pace.check();
      if (!this.isEnough) return directories;
    }
    this.met.add(met);
    return this.isEnough ? [] : directories.filter(({ below }) => typeof below !== 'string');
  }

  /** Whether so much has to change that the look is over. @param more what else has been met */
  #hasEnough(more?: Met): boolean {
    const wrong = this.met.places.length + (more?.places.length ?? 0);
    const entries = this.met.entries + (more?.entries ?? 0);
    const { least, most } = this.#means.remembered;
    if (wrong > most || (wrong > least && wrong * 2 > entries)) this.#stop();
    return this.isEnough;
  }

  #stop(): void {
    this.#isEnough = true;
    this.#ending?.abort();
  }

  /** Looks at the top; tells whether it is a directory. */
  #lookAtTop({ host, below }: Waiting): boolean {
    try {
      const stats = statOf(host);
      if (stats === undefined) return false;
      if (sameOwner(stats, this.#tree.owner)) this.met.right();
      else this.met.wrong(below, presentOf(stats));
      return stats.isDirectory();
    } catch {
      this.met.unreadable(this.#tree.path);
      return false;
    }
  }

  /** Looks at what a directory holds; returns the directories among it. */
  #directoriesOf(directory: Waiting, names: readonly Name[]): Waiting[] {
    const { mounts, path, owner } = this.#tree;
    const directories: Waiting[] = [];
    let right = 0;
    for (const name of names) {
      if (mounts.size > 0) {
        const at = worldPath(path, childOf(directory, name).below);
        if (mounts.has(at)) {
          this.met.mount(at);
          continue;
        }
      }
      const stats = this.#statIn(directory, name);
      if (stats === undefined) continue;
      const isRight = sameOwner(stats, owner);
      if (isRight) right += 1;
      // Most entries are files and right, and need no name of their own.
      if (isRight && !stats.isDirectory()) continue;
      const child = childOf(directory, name);
      if (!isRight) this.met.wrong(child.below, presentOf(stats));
      if (stats.isDirectory()) directories.push(child);
    }
    this.met.right(right);
    return directories;
  }

  #namesIn({ host, below }: Waiting): Name[] {
    try {
      return namesIn(host);
    } catch {
      this.met.unreadable(worldPath(this.#tree.path, below));
      return [];
    }
  }

  /** What has vanished meanwhile is nothing; what cannot be looked at (a path too long) is told. */
  #statIn(directory: Waiting, name: Name): Stats | undefined {
    try {
      return statOf(joined(directory.host, name));
    } catch {
      this.met.unreadable(worldPath(this.#tree.path, childOf(directory, name).below));
      return undefined;
    }
  }
}
