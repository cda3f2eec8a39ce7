/** Looks whether a process holds a file of a volume, without changing it, and names this container. */
import { spawnSync } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { Holding } from '../question.ts';
import { ROOTS_PATH } from './command-env.ts';
import { pathOf } from './open.ts';
import { bootOfMachine, readOr, startOf } from './proc-files.ts';

/** Tells a lock that somebody else holds from every other failure of flock(1). */
const CONFLICT = 75;

const TO_READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** This container, where the kernel says enough of it; see proc_pid_stat(5). */
export function thisContainer(): Holding | undefined {
  const host = readOr('/proc/sys/kernel/hostname', '').trim();
  const boot = bootOfMachine();
  const start = startOf('1') ?? '';
  return boot === '' || start === '' ? undefined : { host, boot, start };
}

/**
 * Who may hold a file, by a shared lock that is tried and given back at once.
 * @param directory the open directory that holds it: anybody's
 * @throws the system error when it cannot be opened
 */
export function holdingOf(directory: number, name: string): Holding | undefined {
  const container = thisContainer();
  if (container === undefined) return undefined;
  const fd = openSync(pathOf(directory, name), TO_READ);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) return container;
    const age = Math.abs(Date.now() - stats.mtimeMs) / 1000;
    return { ...container, locked: isLocked(fd), age };
  } finally {
    closeSync(fd);
  }
}

/** Undefined where the file system has no locks, or the image no flock(1). */
function isLocked(fd: number): boolean | undefined {
  const how = ['--shared', '--nonblock', '--conflict-exit-code', String(CONFLICT), '3'];
  const { status } = spawnSync('flock', how, {
    stdio: ['ignore', 'ignore', 'ignore', fd],
    env: { PATH: ROOTS_PATH },
    timeout: 5000,
  });
  if (status === 0 || status === CONFLICT) return status === CONFLICT;
  return undefined;
}
