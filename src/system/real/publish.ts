/** Makes a service directory under a hidden name and renames it into place as a whole. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { Problem } from '../../errors/problem.ts';
import type { Owner } from '../entry.ts';
import type { Part, NewDirectory } from '../new-directory.ts';
import { hiddenName } from '../temp-names.ts';
import { openDirectory, pathOf, TO_MAKE, withEntry } from './open.ts';
import { removeTree } from './remove-tree.ts';
import type { RightsLog } from './rights-log.ts';
import { writeAll } from './write.ts';

/** Where the system keeps mkfifo(1), which Node has no call for. */
const PATH = '/usr/bin:/bin';

/**
 * Makes a directory with everything in it under a name beside its own, and renames it into place:
 * it is there as a whole or not at all. What an interrupted one left beside is removed before.
 */
export function publishDirectory(
  directory: number,
  name: string,
  what: NewDirectory,
  rights: RightsLog,
): void {
  const temporary = hiddenName(name);
  removeTree(directory, temporary);
  // Nobody else may look into it before it is done, so that nothing in it can be swapped.
  mkdirSync(pathOf(directory, temporary), 0o700);
  const top = openDirectory(directory, [temporary]);
  try {
    fill(top, what.parts);
    for (const part of what.parts.toReversed()) {
      setRights(top, part.name, part.owner ?? what.owner, part.mode, rights);
    }
    setRights(top, '.', what.owner, what.mode, rights);
    renameSync(pathOf(directory, temporary), pathOf(directory, name));
  } catch (error) {
    removeTree(directory, temporary);
    throw error;
  } finally {
    closeSync(top);
  }
}

function fill(top: number, parts: readonly Part[]): void {
  for (const part of parts) {
    if (part.type === 'directory') mkdirSync(pathOf(top, part.name), 0o700);
    else if (part.type === 'file') writeNew(top, part.name, part.content.reveal());
  }
  makeFifos(
    top,
    parts.filter(({ type }) => type === 'fifo').map(({ name }) => name),
  );
}

function writeNew(top: number, name: string, content: Uint8Array): void {
  const fd = openSync(pathOf(top, name), TO_MAKE, 0o600);
  try {
    writeAll(fd, content);
  } finally {
    closeSync(fd);
  }
}

/** All FIFOs by one process, which gets the open directory as its descriptor 3. */
function makeFifos(top: number, names: readonly string[]): void {
  if (names.length === 0) return;
  const paths = names.map((name) => `/proc/self/fd/3/${name}`);
  const { error, status, stderr } = spawnSync('mkfifo', ['-m', '600', '--', ...paths], {
    stdio: ['ignore', 'ignore', 'pipe', top],
    env: { PATH, LC_ALL: 'C' },
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  if (status === 0) return;
  throw new Problem({ found: `mkfifo ended with ${String(status)}: ${stderr.trim()}` });
}

function setRights(top: number, name: string, owner: Owner, mode: number, rights: RightsLog): void {
  withEntry(top, name, (fd) => {
    rights.give(fd, mode, owner);
  });
}
