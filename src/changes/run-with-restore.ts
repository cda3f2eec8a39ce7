/** Runs the command of a change, and puts files back where it fails. */
import type { Content } from '../system/content.ts';
import type { Stat } from '../system/entry.ts';
import { join } from '../system/path.ts';
import type { Time } from '../system/scan.ts';
import type { ReadSystem, System } from '../system/system.ts';
import type { CommandChange } from './change.ts';

/** How long the making of a change may take, and who hears of it meanwhile. */
export interface Making extends Time {
  /** Takes what a command prints, a line each. */
  readonly print?: (line: string) => void;
}

/** A file as it was before a command that may change it. */
interface KeptFile {
  readonly path: string;
  readonly stat: Stat;
  readonly content: Content;
}

/**
 * Runs the command of a change. One that fails is undone as far as its change says what it may
 * have touched.
 * @throws Problem as System.run does
 */
export async function runWithRestore(
  { command, restore, copies = [] }: CommandChange,
  system: System,
  { signal, print }: Making,
): Promise<void> {
  const kept = restore.flatMap((path): KeptFile[] => {
    const entry = system.look(path);
    if (entry.type !== 'file') return [];
    return [{ path, stat: entry.stat, content: system.read(path) }];
  });
  const before = new Set(copies.flatMap((directory) => pathsIn(system, directory)));
  try {
    await system.run(command, signal, print);
  } catch (error) {
    for (const { path, stat, content } of kept) {
      const now = system.look(path);
      if (now.type === 'file' && content.equals(system.read(path))) continue;
      system.writeFile(path, content, stat.mode, stat);
    }
    const after = copies.flatMap((directory) => pathsIn(system, directory));
    for (const path of after)
      if (!before.has(path) && isCopy(system, path, kept)) system.remove(path);
    throw error;
  }
}

function pathsIn(system: ReadSystem, directory: string): string[] {
  if (system.look(directory).type !== 'directory') return [];
  return system.list(directory).map((name) => join(directory, name));
}

/** Whether a file holds what one of the kept ones does: a backup that every failed run makes. */
function isCopy(system: ReadSystem, path: string, kept: readonly KeptFile[]): boolean {
  const entry = system.look(path);
  if (entry.type !== 'file') return false;
  return kept.some(
    ({ content }) => content.size === entry.stat.size && content.equals(system.read(path)),
  );
}
