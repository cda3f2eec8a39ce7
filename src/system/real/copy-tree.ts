/** Copies directories beside their new names and renames them into place; moves directories. */
import {
  closeSync,
  fstatSync,
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
import type { CopiedEntry, MadeCopy, TreeCopy } from '../new-directory.ts';
import { namesIn, openDirectory, pathOf, TO_MAKE, TO_READ, withEntry } from './open.ts';
import { OpenPath } from './open-path.ts';
import { removeTree } from './remove-tree.ts';
import type { RightsLog } from './rights-log.ts';
import { syncFileSystem, syncTree } from './sync-fs.ts';
import { syncDirectory } from './write.ts';

/** How much of a file is in memory at a time, in bytes. */
const STRETCH = 256 * 1024;

/**
 * Makes a directory as a copy of another one beside its name. A file gets owner and mode through
 * the descriptor that made it, and directories are closed to everybody until all in them is done:
 * what somebody swaps meanwhile is never what is written to. Nothing is synced yet: see
 * publishCopies.
 *
 * @param root the open root of the world
 * @param from the source and @param target the copy, as canonical paths
 */
export async function stageCopy(
  root: number,
  from: string,
  target: string,
  copy: TreeCopy,
  signal: AbortSignal,
  rights: RightsLog,
): Promise<void> {
  const parent = openDirectory(root, componentsOf(parentOf(target)));
  const name = tempName(nameOf(target));
  try {
    removeTree(parent, name);
    try {
      await stage(root, from, parent, name, copy, signal, rights);
    } catch (error) {
      removeTree(parent, name);
      throw error;
    }
  } finally {
    closeSync(parent);
  }
}

/**
 * Gives staged copies their names, after one sync for all of them: what has its name is whole,
 * whatever a loss of power takes, since file systems keep the order of names. One sync, instead of
 * one for each file: the copies of 76 skills took 672 of them, ten seconds on the card of a small
 * board. A directory that is replaced stands beside the new one until that is on the disk under its
 * name, so that one of the two is there at every moment.
 */
export async function publishCopies(
  root: number,
  copies: readonly MadeCopy[],
  signal: AbortSignal,
): Promise<void> {
  const left = [...copies];
  try {
    await syncAll(root, copies, tempName, signal);
    for (const { path, replaces } of copies) {
      inParent(root, path, (parent, name) => {
        if (replaces) setAside(parent, name);
        putInPlace(parent, name, replaces);
      });
      left.shift();
    }
  } catch (error) {
    for (const { path } of left) {
      inParent(root, path, (parent, name) => {
        removeTree(parent, tempName(name));
      });
    }
    throw error;
  }
  const replaced = copies.filter(({ replaces }) => replaces);
  if (replaced.length === 0) return;
  await syncAll(root, replaced, (name) => name, signal);
  for (const { path } of replaced) {
    inParent(root, path, (parent, name) => {
      removeTree(parent, backupName(name));
    });
  }
}

/** Syncs the file systems that copies lie on, or each copy where that cannot be done. */
async function syncAll(
  root: number,
  copies: readonly MadeCopy[],
  nameNow: (name: string) => string,
  signal: AbortSignal,
): Promise<void> {
  const synced = new Map<number, boolean>();
  for (const { path } of copies) {
    const parent = openDirectory(root, componentsOf(parentOf(path)));
    try {
      const { dev } = fstatSync(parent);
      if (!synced.has(dev)) synced.set(dev, await syncFileSystem(parent, signal));
      if (synced.get(dev) === false) syncTree(parent, nameNow(nameOf(path)));
    } finally {
      closeSync(parent);
    }
  }
}

function inParent(root: number, target: string, act: (parent: number, name: string) => void): void {
  const parent = openDirectory(root, componentsOf(parentOf(target)));
  try {
    act(parent, nameOf(target));
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
    throw new Problem({ found: `${source.name} is not a directory` });
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
    if (!fstatSync(source).isFile()) throw new Problem({ found: `${name} is not a regular file` });
    const target = openSync(pathOf(to, name), TO_MAKE, 0o600);
    try {
      copyBytes(source, target);
      rights.give(target, mode, owner);
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
