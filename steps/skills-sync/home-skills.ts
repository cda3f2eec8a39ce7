import { Problem } from '../../src/errors/problem.ts';
import { lookBelow } from '../../src/step/place.ts';
import { isLinked, type Entry } from '../../src/system/entry.ts';
import { componentsOf, join, nameOf, parentOf } from '../../src/system/path.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { findSkills, type SkillTree } from './find.ts';
import { skillName } from './name.ts';

/** Where the agent puts skills that are not used any more: each below its own name. */
const ARCHIVE = '.archive';

/** What the agent's hub has installed. */
const HUB_LOCK = '.hub/lock.json';

/** The skills of a home, looked at as far as somebody asks. Paths are relative to them. */
export class HomeSkills {
  readonly #system: ReadSystem;
  readonly #home: string;
  #tree: SkillTree | undefined;
  #named: Map<string, string[]> | undefined;
  #hub: ReadonlySet<string> | undefined;

  /** @param home a canonical path */
  constructor(system: ReadSystem, home: string) {
    this.#system = system;
    this.#home = home;
  }

  /** The directory of all skills. */
  get top(): string {
    return join(this.#home, 'skills');
  }

  /** Looks at a path; no link on the way is taken. */
  look(path: string): Entry {
    return lookBelow(this.#system, this.#home, join('skills', path));
  }

  /** The first directory of a path that is something else, so that nothing can be made below it. */
  obstacle(path: string): { readonly path: string; readonly entry: Entry } | undefined {
    let at = '';
    for (const name of componentsOf(parentOf(`/${path}`))) {
      at = join(at, name);
      const entry = this.look(at);
      if (entry.type === 'missing') return undefined;
      if (entry.type !== 'directory') return { path: at, entry };
    }
    return undefined;
  }

  /** Whether a directory is a file system of its own. */
  isMount(path: string): boolean {
    return this.#system.isMount(join(this.top, path));
  }

  /** Where there are skills of a name, the installations of the hub left out. */
  placesOf(name: string): readonly string[] {
    this.#hub ??= hubPaths(this.#system, this.#home);
    return (this.#byName().get(name) ?? []).filter((path) => this.#hub?.has(path) !== true);
  }

  /** Whether a skill is left, in use or archived; also where there are too many to know. */
  holds(name: string): boolean {
    if (this.#byName().has(name) || this.#tree?.complete === false) return true;
    const archived = this.look(join(ARCHIVE, name));
    return archived.type === 'directory' || isLinked(archived);
  }

  #byName(): Map<string, string[]> {
    if (this.#named !== undefined) return this.#named;
    this.#tree = findSkills(this.#system, this.top);
    this.#named = new Map();
    for (const path of this.#tree.skills) {
      const name = skillName(this.#system, join(this.top, path));
      this.#named.set(name, [...(this.#named.get(name) ?? []), path]);
    }
    return this.#named;
  }
}

/** The names of everything that a directory supplies: as its skills call themselves, and theirs. */
export function suppliedBy(system: ReadSystem, directory: string): string[] {
  return findSkills(system, directory).skills.flatMap((path) => {
    return [nameOf(path), skillName(system, join(directory, path))];
  });
}

/** Where the hub has put skills. What it owns is not moved; what cannot be read owns nothing. */
function hubPaths(system: ReadSystem, home: string): ReadonlySet<string> {
  const path = join('skills', HUB_LOCK);
  if (lookBelow(system, home, path).type !== 'file') return new Set();
  try {
    const lock: unknown = JSON.parse(system.readText(join(home, path)));
    return new Set(
      valuesOf(propertyOf(lock, 'installed')).flatMap((entry) => {
        const at = propertyOf(entry, 'install_path');
        return typeof at === 'string' ? [componentsOf(at).join('/')] : [];
      }),
    );
  } catch (error) {
    if (error instanceof Problem || error instanceof SyntaxError) return new Set();
    throw error;
  }
}

function propertyOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(key);
}

function valuesOf(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}
