import { join, parentOf } from '../../src/system/path.ts';
import { besides } from '../../src/system/staged.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import type { HomeSkills } from './home-skills.ts';

/** What a sync that was killed has left behind. Paths are relative to the skills of the home. */
export interface Leftovers {
  /** Copies that were not finished. */
  readonly staged: readonly string[];
  /** Old copies that were set aside, by the path that each had. */
  readonly replaced: ReadonlyMap<string, string>;
}

/** Looks beside the skills of an image, where a sync makes things. */
export function findLeftovers(
  system: ReadSystem,
  home: HomeSkills,
  skills: readonly { readonly path: string }[],
): Leftovers {
  const staged: string[] = [];
  const replaced = new Map<string, string>();
  for (const directory of holdersOf(skills)) {
    if (home.look(directory).type !== 'directory') continue;
    for (const name of system.list(join(home.top, directory))) {
      const found = besides(name);
      const path = join(directory, name);
      if (found === undefined || home.look(path).type !== 'directory') continue;
      if (found.role === 'staged') staged.push(path);
      else replaced.set(join(directory, found.name), path);
    }
  }
  return { staged, replaced };
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
