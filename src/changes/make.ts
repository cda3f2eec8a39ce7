import { unreachable } from '../errors/problem.ts';
import { Content } from '../system/content.ts';
import { homeIdsContent, IDS_MODE } from '../system/home-ids.ts';
import { parentOf } from '../system/path.ts';
import type { ReadSystem, System } from '../system/system.ts';
import type { Time } from '../system/scan.ts';
import type { OwnerScan } from '../system/tree.ts';
import type { Change, CommandChange, TreeOwnerChange } from './change.ts';
import { asMade } from './owners.ts';

const ROOT = { uid: 0, gid: 0 };

/** A change that was made. */
export interface Made {
  /** As it was made: what was not known before is known now. */
  readonly change: Change;
  /** What only the making has found in a tree: its notes have not been told. */
  readonly found?: OwnerScan;
}

/**
 * Makes one change. The same function serves the real and the simulated world, so that a dry run
 * cannot differ from a run.
 * @throws Problem when the world does not let it happen
 */
export async function makeChange(change: Change, system: System, time: Time): Promise<Made> {
  if (change.kind === 'tree-owner') return giveTree(change, system, time);
  await make(change, system, time.signal);
  return { change };
}

async function giveTree(change: TreeOwnerChange, system: System, time: Time): Promise<Made> {
  const found = await system.setTreeOwner(change.path, change.rule, time);
  if (found === undefined || change.atLeast === undefined) return { change };
  return { change: asMade(change, found), found };
}

async function make(
  change: Exclude<Change, TreeOwnerChange>,
  system: System,
  signal: AbortSignal,
): Promise<void> {
  switch (change.kind) {
    case 'directory':
      system.createDirectory(change.path, change.mode, change.owner);
      return;
    case 'file':
      system.writeFile(change.path, change.content, change.mode, change.owner);
      return;
    case 'mode':
      system.setMode(change.path, change.to);
      return;
    case 'owner':
      system.setOwner(change.path, change.to);
      return;
    case 'removal':
      system.remove(change.path);
      return;
    case 'tree-removal':
      system.removeTree(change.path);
      return;
    case 'tree-copy':
      await system.copyTree(change.path, change.copy, signal);
      return;
    case 'move':
      system.moveDirectory(change.from, change.path);
      return;
    case 'slot':
      system.publish(change.path, change.slot);
      return;
    case 'log':
      system.appendLines(change.path, change.lines, change.owner);
      return;
    case 'account':
    case 'group':
      system.editRecords(change.path, change.edit);
      return;
    case 'envdir':
      system.writeFile(change.path, Content.ofText(change.to), 0o644, change.owner);
      return;
    case 'command':
      await runWithRestore(change, system, signal);
      return;
    case 'stamp': {
      const text = `${fingerprint(system, change.of)}\n`;
      system.writeFile(change.path, Content.ofText(text), 0o644, change.owner);
      return;
    }
    case 'ids': {
      const { ids } = change;
      system.writeFile(change.path, (now) => homeIdsContent(ids, now), IDS_MODE, ROOT);
      return;
    }
    default:
      unreachable(change);
  }
}

/**
 * The digests of the content of files, a line each as sha256sum(1) writes it, a missing file
 * included: equal as long as none of them changes.
 */
export function fingerprint(system: ReadSystem, paths: readonly string[]): string {
  const lines = paths.map((path) => {
    const { type } = system.look(path);
    return `${type === 'file' ? system.read(path).digest() : type}  ${path}`;
  });
  return lines.join('\n');
}

async function runWithRestore(
  change: CommandChange,
  system: System,
  signal: AbortSignal,
): Promise<void> {
  const kept = change.restore.flatMap((path) => {
    const entry = system.look(path);
    if (entry.type !== 'file') return [];
    return [{ path, stat: entry.stat, content: system.read(path) }];
  });
  try {
    await system.run(change.command, signal);
  } catch (error) {
    for (const { path, stat, content } of kept) {
      const now = system.look(path);
      if (now.type === 'file' && content.equals(system.read(path))) continue;
      system.writeFile(path, content, stat.mode, stat);
    }
    throw error;
  }
}

/** The directories that must be made before `path` can be, outermost first. */
export function missingAncestors(system: ReadSystem, path: string): string[] {
  const missing: string[] = [];
  for (let at = parentOf(path); system.look(at).type === 'missing'; at = parentOf(at)) {
    missing.unshift(at);
  }
  return missing;
}
