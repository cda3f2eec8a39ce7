/** Asks the kernel what an account may do, as that account and without starting a process. */
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { errnoOf, unreachable } from '../../errors/problem.ts';
import type { Identity } from '../accounts.ts';
import { isServed, mountOf, type Mounts } from '../mounts.ts';
import { componentsOf, nameOf, parentOf } from '../path.ts';
import type { Asked } from '../question.ts';
import { isAbsence, lookProblem } from './errno.ts';
import { O_PATH, pathOf, withEntry } from './open.ts';
import { OpenPath } from './open-path.ts';

/** Opens a file without a name in a directory: it is gone when it is closed; see open(2). */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;

/** What open(2) fails with where something is refused. */
const DENIED = new Set(['EACCES', 'EPERM', 'EROFS']);

/** The same where the right was there, and only the space was not. */
const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** The same where a file system has no files without a name. The kernel asks for rights before. */
const NOT_OFFERED = new Set(['ENOTSUP', 'EOPNOTSUPP']);

/** The same where files without a name are not known at all: nothing was asked. */
const NOT_KNOWN = new Set(['EISDIR', 'EINVAL', 'ENOSYS']);

/** CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, as bits of a set; see capabilities(7). */
const OVERRIDING = 0b110n;

/**
 * What the kernel answers an account; see Tree.
 * @param root the open root of the world
 */
export function permitsAs(
  root: number,
  mounts: Mounts,
  account: Identity,
  asked: readonly Asked[],
): readonly (boolean | undefined)[] {
  if (asked.length === 0) return [];
  const answers = asAccount(account, () => {
    const way = new OpenPath(root);
    try {
      return asked.map((one) => answerOf(way, mounts, one));
    } finally {
      way.close();
    }
  });
  return answers ?? asked.map(() => undefined);
}

/**
 * Does something with the rights of an account. For that time all threads of this process have
 * them: `act` must be synchronous, and nothing of ours is at work in any other thread.
 * @returns undefined where this process cannot take them on
 */
function asAccount<T>({ uid, gid, groups }: Identity, act: () => T): T | undefined {
  const before = ownGroups();
  if (before === undefined || process.seteuid === undefined) return undefined;
  if (process.geteuid?.() === uid) return uid === 0 ? undefined : act();
  // Only root by its real id, too, gets back to where it was.
  if (uid === 0 || process.geteuid?.() !== 0 || process.getuid?.() !== 0) return undefined;
  const undo: (() => void)[] = [];
  try {
    return takeOn({ uid, gid, groups }, before, undo) ? act() : undefined;
  } finally {
    goBack(undo);
  }
}

/** @param undo takes what leads back, the last step first: only what was done can be undone */
function takeOn(
  { uid, gid, groups }: Omit<Identity, 'name' | 'home'>,
  before: OwnGroups,
  undo: (() => void)[],
): boolean {
  try {
    process.setgroups?.([...groups]);
    undo.unshift(() => process.setgroups?.(before.groups));
    process.setegid?.(gid);
    undo.unshift(() => process.setegid?.(before.gid));
    process.seteuid?.(uid);
    undo.unshift(() => process.seteuid?.(0));
  } catch {
    // It lacks CAP_SETUID or CAP_SETGID, or the ids do not exist in its user namespace.
    return false;
  }
  // Securebits may leave root's rights to a process that is root no more.
  const held = /^CapEff:\s*([0-9a-f]+)$/m.exec(ownStatus())?.[1] ?? 'ffff';
  return (BigInt(`0x${held}`) & OVERRIDING) === 0n;
}

/** Root again. A process that is neither root nor the account must not go on. */
function goBack(undo: readonly (() => void)[]): void {
  try {
    for (const step of undo) step();
  } catch {
    process.kill(process.pid, 'SIGKILL');
  }
}

interface OwnGroups {
  readonly gid: number;
  readonly groups: number[];
}

/** The groups of this process as the kernel has them: Node adds the effective one to its list. */
function ownGroups(): OwnGroups | undefined {
  const gid = process.getegid?.();
  const line = /^Groups:(.*)$/m.exec(ownStatus())?.[1];
  if (gid === undefined || line === undefined) return undefined;
  return { gid, groups: (line.match(/\d+/g) ?? []).map(Number) };
}

/** See proc_pid_status(5); empty where there is no /proc. */
function ownStatus(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8');
  } catch {
    return '';
  }
}

function answerOf(way: OpenPath, mounts: Mounts, asked: Asked): boolean | undefined {
  try {
    return open(way, asked);
  } catch (error) {
    const code = errnoOf(error) ?? '';
    if (DENIED.has(code)) return false;
    if (isAbsence(error) || code === 'ELOOP') return undefined;
    if (asked.right === 'write-in') {
      if (FULL.has(code)) return true;
      if (NOT_KNOWN.has(code)) return undefined;
      // Of what a server decides this kernel has asked for nothing yet.
      const mount = mountOf(mounts, asked.path);
      if (NOT_OFFERED.has(code)) return mount === undefined || isServed(mount) ? undefined : true;
    }
    throw lookProblem(error, asked.path);
  }
}

/** @throws the system error of what is refused */
function open(way: OpenPath, { path, right }: Asked): boolean | undefined {
  switch (right) {
    case 'enter':
      closeSync(openSync(pathOf(way.enter(componentsOf(path)), '.'), O_PATH));
      return true;
    case 'write-in': {
      const flags = O_TMPFILE | constants.O_WRONLY | constants.O_EXCL;
      closeSync(openSync(pathOf(way.enter(componentsOf(path))), flags, 0o600));
      return true;
    }
    case 'read':
      return withEntry(way.enter(componentsOf(parentOf(path))), nameOf(path), (fd, stats) => {
        if (!stats.isFile()) return undefined;
        closeSync(openSync(pathOf(fd), constants.O_RDONLY | constants.O_NONBLOCK));
        return true;
      });
    default:
      return unreachable(right);
  }
}
