/** Copies a directory beside its new name and renames it into place; moves directories. */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { Problem } from '../../errors/problem.ts';
import type { Owner } from '../entry.ts';
import { componentsOf, nameOf, parentOf } from '../path.ts';
import { checkTime } from '../scan.ts';
import { backupName, tempName } from '../temp-names.ts';
import type { CopiedEntry, TreeCopy } from '../new-directory.ts';
import { namesIn, openDirectory, pathOf, TO_MAKE, TO_READ, withEntry } from './open.ts';
import { OpenPath } from './open-path.ts';
import { removeTree } from './remove-tree.ts';
import type { RightsLog } from './rights-log.ts';
import { syncDirectory } from './write.ts';

/** How much of a file is in memory at a time, in bytes. */
const STRETCH = 256 * 1024;

/**
 * Makes a directory as a copy of another one beside its name, synced, and renames it into place.
 * A directory that it replaces stands beside it from just before until just after that, so that
 * one of the two is there at every moment. A file gets owner and mode through the descriptor that
 * made it, and directories are closed to everybody until all in them is done: what somebody swaps
 * meanwhile is never what is written to.
 *
 * @param root the open root of the world
 * @param from the source and @param target the copy, as canonical paths
 */
export async function copyTree(
  root: number,
  from: string,
  target: string,
  copy: TreeCopy,
  signal: AbortSignal,
  rights: RightsLog,
): Promise<void> {
  const parent = openDirectory(root, componentsOf(parentOf(target)));
  const name = nameOf(target);
  try {
    removeTree(parent, tempName(name));
    try {
      await stage(root, from, parent, tempName(name), copy, signal, rights);
      if (copy.replaces) setAside(parent, name);
      putInPlace(parent, name, copy.replaces);
    } catch (error) {
      removeTree(parent, tempName(name));
      throw error;
    }
    syncDirectory(parent);
    if (copy.replaces) removeTree(parent, backupName(name));
  } finally {
    closeSync(parent);
  }
}

/** Gives a directory another name, in the same directory or elsewhere. */
export function moveDirectory(
  source: { readonly directory: number; readonly name: string },
  target: { readonly directory: number; readonly name: string },
): void {
  withEntry(source.directory, source.name, (_, stats) => {
    if (stats.isDirectory()) return;
    throw new Problem({ found: `${source.name} is no directory` });
  });
  // What stands there, if it is more than an empty directory, makes the kernel refuse.
  renameSync(pathOf(source.directory, source.name), pathOf(target.directory, target.name));
  syncDirectory(target.directory);
  syncDirectory(source.directory);
}

async function stage(
  root: number,
  from: string,
  parent: number,
  name: string,
  { entries, owner, mode }: TreeCopy,
  signal: AbortSignal,
  rights: RightsLog,
): Promise<void> {
  mkdirSync(pathOf(parent, name), 0o700);
  const source = openDirectory(root, componentsOf(from));
  const top = openDirectory(parent, [name]);
  const there = new OpenPath(source);
  const here = new OpenPath(top);
  try {
    if (namesIn(pathOf(top)).length > 0) throw swapped(name);
    for (const entry of entries) {
      const [holder, last] = placeOf(entry);
      if (entry.type === 'directory') mkdirSync(pathOf(here.enter(holder), last), 0o700);
      else copyFile(there.enter(holder), here.enter(holder), last, entry.mode, owner, rights);
      await setImmediate();
      checkTime(signal, `copying ${from}`);
    }
    for (const entry of entries.toReversed()) {
      if (entry.type === 'file') continue;
      const [holder, last] = placeOf(entry);
      finishDirectory(here.enter(holder), last, entry.mode, owner, rights);
    }
    finishDirectory(parent, name, mode, owner, rights);
  } finally {
    there.close();
    here.close();
    closeSync(source);
    closeSync(top);
  }
}

function placeOf({ name }: CopiedEntry): [holder: string[], last: string] {
  const components = componentsOf(name);
  const last = components.pop() ?? '';
  return [components, last];
}

function copyFile(
  from: number,
  to: number,
  name: string,
  mode: number,
  owner: Owner,
  rights: RightsLog,
): void {
  const source = openSync(pathOf(from, name), TO_READ);
  try {
    if (!fstatSync(source).isFile()) throw new Problem({ found: `${name} is no regular file` });
    const target = openSync(pathOf(to, name), TO_MAKE, 0o600);
    try {
      copyBytes(source, target);
      rights.give(target, mode, owner);
      fsyncSync(target);
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
}

function copyBytes(source: number, target: number): void {
  const buffer = Buffer.allocUnsafe(STRETCH);
  for (let read = readSync(source, buffer); read > 0; read = readSync(source, buffer)) {
    for (let written = 0; written < read;) {
      written += writeSync(target, buffer, written, read - written);
    }
  }
}

function finishDirectory(
  holder: number,
  name: string,
  mode: number,
  owner: Owner,
  rights: RightsLog,
): void {
  withEntry(holder, name, (fd, stats) => {
    if (!stats.isDirectory()) throw swapped(name);
    syncDirectory(fd);
    rights.give(fd, mode, owner);
  });
}

function setAside(parent: number, name: string): void {
  removeTree(parent, backupName(name));
  renameSync(pathOf(parent, name), pathOf(parent, backupName(name)));
}

function putInPlace(parent: number, name: string, replaces: boolean): void {
  try {
    renameSync(pathOf(parent, tempName(name)), pathOf(parent, name));
  } catch (error) {
    if (replaces) renameSync(pathOf(parent, backupName(name)), pathOf(parent, name));
    throw error;
  }
}

function swapped(name: string): Problem {
  return new Problem({ found: `${name} was swapped in the making` });
}
