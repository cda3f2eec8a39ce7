import type { Entry } from '../../src/system/entry.ts';
import { join, nameOf } from '../../src/system/path.ts';
import type { ReadSystem } from '../../src/system/system.ts';

/** Playwright puts its browsers two directories deep; more than this is not such a tree. */
const MAX_DEPTH = 6;
/** As many entries as are looked at. */
export const MAX_ENTRIES = 20_000;

/** Whether a file can be run by somebody. */
export function isExecutable(entry: Entry): boolean {
  return entry.type === 'file' && (entry.stat.mode & 0o111) !== 0;
}

/** The first program below a directory with the best name, level by level and sorted. */
export function findProgram(
  system: ReadSystem,
  top: string,
  names: readonly string[],
): { found?: string; complete: boolean } {
  const best: (string | undefined)[] = names.map(() => undefined);
  let seen = 0;
  let level = [top];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth += 1) {
    const next: string[] = [];
    for (const path of level.flatMap((at) => system.list(at).map((name) => join(at, name)))) {
      seen += 1;
      if (seen > MAX_ENTRIES) return { ...first(best), complete: false };
      const rank = names.indexOf(nameOf(path));
      const entry = system.look(path);
      if (entry.type === 'directory') next.push(path);
      else if (rank >= 0 && isExecutable(entry)) best[rank] ??= path;
    }
    level = next;
  }
  return { ...first(best), complete: true };
}

function first(best: readonly (string | undefined)[]): { found?: string } {
  const found = best.find((path) => path !== undefined);
  return found === undefined ? {} : { found };
}
