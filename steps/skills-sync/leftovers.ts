import { lookBelow } from '../../src/step/place.ts';
import { join, parentOf } from '../../src/system/path.ts';
import { parseTempName } from '../../src/system/temp-names.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import type { Move } from './home-skills.ts';

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
