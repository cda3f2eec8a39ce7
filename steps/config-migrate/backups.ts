/** Copies files before a migration, once for each content that a version had. */
import type { FileChange } from '../../src/changes/change.ts';
import { Problem } from '../../src/errors/problem.ts';
import { leftAlone, whatIs } from '../../src/step/notes.ts';
import { canonical } from '../../src/step/paths.ts';
import type { Note } from '../../src/step/step.ts';
import type { Content } from '../../src/system/content.ts';
import type { Stat } from '../../src/system/entry.ts';
import type { ReadSystem } from '../../src/system/system.ts';

/** The most backups of one version that a file may have. */
const MOST = 99;

/** The copies of some files as they are before a migration, each next to its original. */
export function backupChanges(
  system: ReadSystem,
  paths: readonly string[],
  version: number,
): { changes: FileChange[]; notes: Note[] } {
  const changes: FileChange[] = [];
  const notes: Note[] = [];
  for (const path of paths) {
    const entry = system.look(path);
    if (entry.type === 'missing') continue;
    if (entry.type !== 'file') {
      notes.push(leftAlone(path, entry, 'it is not backed up'));
      continue;
    }
    const content = system.read(path);
    const at = freeName(system, `${canonical(system, path)}.bak-v${version}`, content, entry.stat);
    if (at === undefined) continue;
    const { uid, gid } = entry.stat;
    changes.push({
      kind: 'file',
      path: at,
      content,
      mode: 0o600,
      owner: { uid, gid },
      from: 'absent',
      label: `copy of ${path}`,
      why: `the migration from version ${version} can be undone by hand`,
    });
  }
  return { changes, notes };
}

/**
 * The first name that no other backup has; undefined where one of them holds the same already, as
 * after an interrupted boot. Numbered, and not named by what it holds: whoever can read the name
 * but not the file could guess a secret from a digest of it.
 */
function freeName(
  system: ReadSystem,
  base: string,
  content: Content,
  { size }: Stat,
): string | undefined {
  for (let number = 1; number <= MOST; number += 1) {
    const at = number === 1 ? base : `${base}.${number}`;
    const there = system.look(at);
    if (there.type === 'missing') return at;
    if (there.type !== 'file') {
      throw new Problem({ found: `${at} is ${whatIs(there)}`, wanted: 'a backup, or nothing' });
    }
    if (there.stat.size === size && content.equals(system.read(at))) return undefined;
  }
  throw new Problem({
    found: `${base} and ${MOST - 1} more backups are there`,
    mend: 'remove those that nobody needs',
  });
}
