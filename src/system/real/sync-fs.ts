/** Makes everything that was written to a file system survive a loss of power, in one call for all of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, fsyncSync, openSync } from 'node:fs';
import { checkTime } from '../scan.ts';
import { namesIn, pathOf, withEntry, type Name } from './open.ts';

/** Where the system keeps sync(1): Node has no call for syncfs(2). */
const PATH = '/usr/bin:/bin';

/**
 * Syncs the file system of an open directory.
 * @returns false where there is no program that can
 */
export async function syncFileSystem(directory: number, signal: AbortSignal): Promise<boolean> {
  const fd = openSync(pathOf(directory), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const program = spawn('sync', ['-f', '/proc/self/fd/3'], {
      stdio: ['ignore', 'ignore', 'ignore', fd],
      env: { PATH, LC_ALL: 'C' },
      signal,
    });
    await once(program, 'exit');
    return program.exitCode === 0;
  } catch {
    checkTime(signal, 'writing to the disk');
    return false;
  } finally {
    closeSync(fd);
  }
}

/** Syncs an entry of an open directory by itself, with everything in it: many calls, for want of one. */
export function syncTree(directory: number, name: Name): void {
  withEntry(directory, name, (held, stats) => {
    if (!stats.isDirectory() && !stats.isFile()) return;
    const fd = openSync(pathOf(held), constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (stats.isDirectory()) for (const below of namesIn(pathOf(fd))) syncTree(fd, below);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  });
}
