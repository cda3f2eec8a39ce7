/** The skills of a home: what is there, of which skill, and what a killed sync left. */
import { lookBelow } from '../../src/step/paths.ts';
import { type Entry, isLinked } from '../../src/system/entry.ts';
import { componentsOf, isWithin, join, nameOf, parentOf } from '../../src/system/path.ts';
import { parseTempName } from '../../src/system/temp-names.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { findSkills, SKILL_FILE, skillName, type SkillTree } from './find-skills.ts';
import { type Installed, installedByHub } from './hub-lock.ts';
import { type Package, readPackage } from './package.ts';

/** Where the agent puts skills that are not used any more: each below its own name. */
const ARCHIVE = '.archive';

/** A directory that gets another name. */
export interface Move {
  readonly from: string;
  readonly to: string;
  readonly why: string;
}

/**
 * The skills of a home, looked at as far as somebody asks. Paths are relative to them. What has
 * been decided to move is seen where it will be.
 */
export class HomeSkills {
  readonly #system: ReadSystem;
  readonly #home: string;
  readonly #moves: Move[];
  /** What was seen, by where it is now: a skill is asked about several times. */
  readonly #seen = new Map<string, Entry>();
  #tree: SkillTree | undefined;
  #named: Map<string, string[]> | undefined;
  #hub: ReadonlySet<string | null> | undefined;
  #installed: { readonly found: readonly Installed[] | undefined } | undefined;

  /** @param home a canonical path; @param moves by which what was set aside is put back */
  constructor(system: ReadSystem, home: string, moves: readonly Move[]) {
    this.#system = system;
    this.#home = home;
    this.#moves = [...moves];
  }

  /** The directory of all skills. */
  get top(): string {
    return join(this.#home, 'skills');
  }

  /** What moves, in this order. */
  get moves(): readonly Move[] {
    return this.#moves;
  }

  /** What the hub has installed; undefined where its lock does not say. */
  get installed(): readonly Installed[] | undefined {
    this.#installed ??= { found: installedByHub(this.#system, this.#home) };
    return this.#installed.found;
  }

  /** Decides that a directory moves. */
  move(move: Move): void {
    this.#moves.push(move);
  }

  /** Looks at a path; no link on the way is taken. */
  look(path: string): Entry {
    const at = this.#nowAt(path);
    if (at === undefined) return { type: 'missing' };
    const seen = this.#seen.get(at) ?? lookBelow(this.#system, this.#home, join('skills', at));
    this.#seen.set(at, seen);
    return seen;
  }

  /** Reads a copy; undefined where it cannot be known. */
  read(path: string): Package | undefined {
    const at = this.#nowAt(path);
    return at === undefined ? undefined : readPackage(this.#system, join(this.top, at));
  }

  /** The directory, of the world, in which something is before it moves. */
  directoryOf(path: string): string {
    return join(this.top, this.#nowAt(path) ?? path);
  }

  /** What stands where a directory on the way to a path should be; nothing missing is in it. */
  obstacle(path: string): Entry | undefined {
    let at = '.';
    for (const name of componentsOf(parentOf(`/${path}`))) {
      at = join(at, name);
      const entry = this.look(at);
      if (entry.type === 'missing') return undefined;
      if (entry.type !== 'directory') return entry;
    }
    return undefined;
  }

  /** Whether a directory is a file system of its own. */
  isMount(path: string): boolean {
    return this.#system.isMount(this.directoryOf(path));
  }

  /** Where there are skills of a name, the installations of the hub left out. */
  placesOf(name: string): readonly string[] {
    this.#hub ??= new Set(this.installed?.map(({ path }) => path));
    return (this.#byName().get(name) ?? []).filter((path) => {
      return this.#hub?.has(path) !== true && this.look(path).type === 'directory';
    });
  }

  /** The only directory of a name that is a skill; undefined where there are several, or none. */
  onlyPlaceOf(name: string): string | undefined {
    // No walk goes into what was set aside, and what moves is to be found where it will be.
    const moved = this.#moves.flatMap(({ to }) => [
      to,
      ...findSkills(this.#system, this.directoryOf(to)).skills.map((below) => join(to, below)),
    ]);
    const places = new Set(
      [...this.#skills().skills, ...moved].filter(
        (path) => nameOf(path) === name && this.look(join(path, SKILL_FILE)).type === 'file',
      ),
    );
    const [only] = places;
    return places.size === 1 ? only : undefined;
  }

  /**
   * Whether a skill is left, in use or archived; also where there are too many to know.
   * @param gone directories that do not count, since others take their place
   */
  holds(name: string, gone: readonly string[]): boolean {
    const stays = (path: string): boolean =>
      this.look(path).type === 'directory' && !gone.some((top) => isWithin(path, top));
    const places = this.#byName().get(name) ?? [];
    if (places.some(stays) || this.#tree?.complete === false) return true;
    if (this.#moves.some((move) => stays(move.to) && this.#namesOf(move).includes(name))) {
      return true;
    }
    const archived = this.look(join(ARCHIVE, name));
    return archived.type === 'directory' || isLinked(archived);
  }

  /** The names of a skill that moves and of those in it: by where it will be, if not of its own. */
  #namesOf({ to }: Move): string[] {
    const directory = this.directoryOf(to);
    return [skillName(this.#system, directory, nameOf(to)), ...suppliedBy(this.#system, directory)];
  }

  #byName(): Map<string, string[]> {
    if (this.#named !== undefined) return this.#named;
    const named = new Map<string, string[]>();
    const put = (path: string, name: string): void => {
      named.set(name, [...(named.get(name) ?? []), path]);
    };
    for (const path of this.#skills().skills)
      put(path, skillName(this.#system, join(this.top, path)));
    // No walk goes into what was set aside.
    for (const { from, to } of this.#moves) {
      if (this.look(join(to, SKILL_FILE)).type !== 'file') continue;
      put(to, skillName(this.#system, join(this.top, from), nameOf(to)));
    }
    this.#named = named;
    return named;
  }

  #skills(): SkillTree {
    return (this.#tree ??= findSkills(this.#system, this.top));
  }

  /** Where something is now that will be at `path`; undefined where nothing will be. */
  #nowAt(path: string): string | undefined {
    let at = path;
    for (const { from, to } of this.#moves.toReversed()) {
      if (isWithin(at, to)) at = from + at.slice(to.length);
      else if (isWithin(at, from)) return undefined;
    }
    return at;
  }
}

/** The names of everything that a directory supplies: as its skills call themselves, and theirs. */
export function suppliedBy(system: ReadSystem, directory: string): string[] {
  return findSkills(system, directory).skills.flatMap((path) => {
    return [nameOf(path), skillName(system, join(directory, path))];
  });
}

/** Why a copy that was set aside gets its name back. */
export const INTERRUPTED = 'an update of it was interrupted';

/** What a sync that was killed has left behind. Paths are relative to the skills of the home. */
export interface Leftovers {
  /** Copies that were not finished. */
  readonly staged: readonly string[];
  /** Old copies whose place another one has taken. */
  readonly outdated: readonly string[];
  /** Old copies whose place is free, so that they go back to it. */
  readonly aside: readonly Move[];
}

/** Looks beside the skills of an image, where a sync makes things. */
export function findLeftovers(
  system: ReadSystem,
  home: string,
  skills: readonly { readonly path: string }[],
): Leftovers {
  const look = (path: string): string => lookBelow(system, home, join('skills', path)).type;
  const staged: string[] = [];
  const outdated: string[] = [];
  const aside: Move[] = [];
  for (const directory of holdersOf(skills)) {
    if (look(directory) !== 'directory') continue;
    for (const name of system.list(join(home, join('skills', directory)))) {
      const found = parseTempName(name);
      const path = join(directory, name);
      if (found === undefined || look(path) !== 'directory') continue;
      const place = join(directory, found.name);
      if (found.role === 'staged') staged.push(path);
      else if (look(place) === 'missing') aside.push({ from: path, to: place, why: INTERRUPTED });
      else outdated.push(path);
    }
  }
  return { staged, outdated, aside };
}

/** Where the agent's own sync keeps what it replaces: `gpt-4.1` has its copy in `gpt-4.bak`. */
export function agentBackup(path: string): string {
  return path.replace(/(?<=[^/])\.[^./]+$/, '').concat('.bak');
}

/** Every directory in which a skill lies, or one of those that hold it. */
function holdersOf(skills: readonly { readonly path: string }[]): ReadonlySet<string> {
  const holders = new Set(['.']);
  for (const { path } of skills) {
    for (let at = parentOf(path); at !== '.'; at = parentOf(at)) holders.add(at);
  }
  return holders;
}
