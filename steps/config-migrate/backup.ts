import { createHash } from 'node:crypto';
import type { FileChange } from '../../src/changes/change.ts';
import { Problem } from '../../src/errors/problem.ts';
import { leftAlone, whatIs } from '../../src/step/phrases.ts';
import { canonical } from '../../src/step/place.ts';
import type { Note } from '../../src/step/step.ts';
import { Content } from '../../src/system/content.ts';
import type { ReadSystem } from '../../src/system/system.ts';

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
    const bytes = system.read(path);
    // Named by what it holds: an interrupted boot that starts again makes no second one.
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 8);
    const at = `${canonical(system, path)}.bak-v${version}-${digest}`;
    const there = system.look(at);
    const content = Content.ofBytes(bytes);
    if (there.type === 'file' && content.equals(system.read(at))) continue;
    if (there.type !== 'missing' && there.type !== 'file') {
      throw new Problem({ found: `${at} is ${whatIs(there)}`, wanted: 'a backup, or nothing' });
    }
    const { uid, gid } = entry.stat;
    changes.push({
      kind: 'file',
      path: at,
      content,
      mode: 0o600,
      owner: { uid, gid },
      from: there.type === 'file' ? 'file' : 'absent',
      label: `copy of ${path}`,
      why: `the migration from version ${version} can be undone by hand`,
    });
  }
  return { changes, notes };
}
