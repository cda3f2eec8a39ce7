/**
 * Keeps every step off the owner and mode of what the operator has mounted, and finishes writes to
 * mounted files that an earlier boot was killed in.
 */
import type { Change } from '../changes/change.ts';
import type { Boot, Bootable } from './context.ts';
import { LookFailed, unlessUnknown } from '../errors/look-failed.ts';
import { unreachable, Unanswered } from '../errors/problem.ts';
import { Content } from '../system/content.ts';
import type { Stat } from '../system/entry.ts';
import {
  COPY_LIMIT,
  COPY_MODE,
  copyIn,
  inPlaceWrite,
  isOwnCopy,
  standing,
} from '../system/in-place.ts';
import { isWithin } from '../system/path.ts';
import type { ReadSystem } from '../system/system.ts';

/**
 * The changes of a step without what the operator decides: whether a mounted file exists, and the
 * owner and mode of a mount. The content of a mounted file is changed in place.
 * @param home the mounts of directories in it are the operator's, too; it may be a mount itself
 */
export function respectMounts(
  changes: readonly Change[],
  system: ReadSystem,
  home: string | undefined,
): readonly Change[] {
  if (!changes.some(({ path }) => system.isMount(path))) return changes;
  return changes.flatMap((change) => respected(change, system, home));
}

function respected(change: Change, system: ReadSystem, home: string | undefined): Change[] {
  const { path } = change;
  if (!system.isMount(path)) return [change];
  const entry = system.look(path);
  const isFile = entry.type === 'file';
  switch (change.kind) {
    case 'mode':
    case 'owner':
    case 'tree-owner':
      return isFile || isMountInHome(path, system, home) ? [] : [change];
    case 'removal':
      return isFile ? [] : [change];
    case 'file': {
      if (entry.type !== 'file') return [change];
      const { uid, gid, mode } = entry.stat;
      return [{ ...change, owner: { uid, gid }, mode, from: 'file', inPlace: true }];
    }
    case 'directory':
    case 'tree-removal':
    case 'tree-copy':
    case 'move':
    case 'slot':
    case 'log':
    case 'account':
    case 'group':
    case 'envdir':
    case 'command':
    case 'stamp':
    case 'ids':
      return [change];
    default:
      return unreachable(change);
  }
}

function isMountInHome(path: string, system: ReadSystem, home: string | undefined): boolean {
  if (home === undefined) return false;
  const resolution = system.resolve(home);
  return resolution.kind === 'path' && path !== resolution.path && isWithin(path, resolution.path);
}

/**
 * Finishes writes in place that an earlier boot was killed in, before any step looks at the files.
 * A copy that somebody else could have written is never used.
 * @returns how many copies there were
 * @throws StaleWorld or HomeHeld as the gate does
 */
export async function finishWrites({
  system,
  gate,
  limit,
  listener,
}: Pick<Boot, 'system' | 'gate' | 'limit' | 'listener'>): Promise<number> {
  const say = (severity: 'info' | 'warning', text: string): void => {
    listener({ type: 'lock', severity, text });
  };
  const own = (stat: Stat): boolean => isOwnCopy(stat, system.policy.self);
  const isThere = (copy: string): boolean => {
    const entry = unlessUnanswered(() => system.look(copy));
    return entry?.type === 'file' && own(entry.stat);
  };
  let found = 0;
  for (const tree of system.policy.guarded) {
    // What is unknown here is unknown to the steps, too, and no copy is written over.
    const copy = unlessUnknown(() => {
      const at = copyIn(tree, system);
      return at !== undefined && isThere(at) ? at : undefined;
    });
    if (copy === undefined) continue;
    if (copy instanceof LookFailed) {
      if (!NO_ENTRY.has(copy.errno)) say('warning', copy.message);
      continue;
    }
    await gate.pass(limit);
    found += 1;
    const done = unlessUnknown(() => {
      finish(copy, system, own, say);
    });
    if (done instanceof LookFailed) say('warning', done.message);
  }
  return found;
}

/** The errors of a process that may not enter the home. */
const NO_ENTRY: ReadonlySet<string> = new Set(['EACCES', 'EPERM']);

function finish(
  copy: string,
  system: Bootable,
  own: (stat: Stat) => boolean,
  say: (severity: 'info' | 'warning', text: string) => void,
): void {
  const write = system.tree.read(copy, COPY_LIMIT, own).open(inPlaceWrite);
  if (write !== undefined && system.isMountedFile(write.path)) {
    const { path, to } = write;
    const stands = standing(system.read(path), write);
    if (stands === 'half') {
      // The copy goes with it; owner and mode are not taken, since it is a mount.
      system.writeFile(path, Content.ofBytes(to.reveal()), COPY_MODE, { uid: 0, gid: 0 });
      say('info', `${path}: finished a write that was interrupted`);
    }
    if (stands === 'other') {
      say('warning', `${path} was changed after a write to it was interrupted: left alone`);
    }
  }
  if (system.look(copy).type !== 'missing') system.remove(copy);
}

/** Facts of an earlier release do not have this question: nobody asked it there. */
function unlessUnanswered<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof Unanswered) return undefined;
    throw error;
  }
}
