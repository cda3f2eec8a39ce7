import type { Stats } from 'node:fs';
import type { Time } from '../../scan.ts';
import { namesIn, presentOf, statOf, type Name } from '../open.ts';
import type { Borders } from './borders.ts';
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
  /** What in it is not entered. */
  readonly borders: Borders;
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
    this.#pace = new Pace(time, doing, () => ({ looked: this.met.entries, changed: 0 }));
    this.#remembers = remembers;
  }

  /** Whether it has stopped since too much has to change. */
  get isEnough(): boolean {
    return this.#isEnough;
  }

  async everywhere(): Promise<void> {
    const { alone, processes } = this.#means;
    const waiting = await this.#fromTop(alone.looking);
    if (this.isEnough || waiting.length === 0) return;
    const whole = this.#pastBorders(waiting);
    await this.#depthFirst(processes() > 1 ? await this.#byFinds(whole) : whole);
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

  /** Looks at the directories above a border, and hands out what lies beside it. */
  #pastBorders(directories: readonly Waiting[]): readonly Waiting[] {
    const { path, borders } = this.#tree;
    const [crossed, whole] = [[...directories], new Array<Waiting>()];
    for (let next = crossed.pop(); next !== undefined; next = crossed.pop()) {
      if (!borders.isAbove(worldPath(path, next.below))) whole.push(next);
      else crossed.push(...this.#directoriesOf(next, this.#namesIn(next)));
    }
    return whole;
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
    const { host: top, rule } = this.#tree;
    const met = new Met(this.#tree, this.#remembers);
    // An argument of a process is text.
    const names = directories.flatMap(({ below }) => (typeof below === 'string' ? [below] : []));
    const ending = (this.#ending = new AbortController());
    const signal = AbortSignal.any([this.#time.signal, ending.signal]);
    try {
      await findOwners(
        { program: this.#means.find, top, rule, signal },
        dealt(names, this.#means.processes()),
        {
          right: (count) => {
            met.right(count);
            this.#time.progress?.({ looked: this.met.entries + met.entries, changed: 0 });
          },
          other: (count) => {
            met.other(count);
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
      this.met.wrong(below, presentOf(stats));
      return stats.isDirectory();
    } catch {
      this.met.unreadable(this.#tree.path);
      return false;
    }
  }

  /** Looks at what a directory holds; returns the directories among it. */
  #directoriesOf(directory: Waiting, names: readonly Name[]): Waiting[] {
    const { borders, path, rule } = this.#tree;
    const isCrossed = borders.isAbove(worldPath(path, directory.below));
    const directories: Waiting[] = [];
    let right = 0;
    for (const name of names) {
      if (isCrossed) {
        const at = worldPath(path, childOf(directory, name).below);
        const border = borders.at(at);
        if (border === 'mount') this.met.mount(at);
        if (border !== undefined) continue;
      }
      const stats = this.#statIn(directory, name);
      if (stats === undefined) continue;
      const isRight = stats.uid === rule.to.uid && stats.gid === rule.to.gid;
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
