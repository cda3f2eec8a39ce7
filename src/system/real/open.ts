/**
 * Opens entries without following links, and addresses them through open directories. Node has no
 * openat(2), but the children of an open directory are at /proc/self/fd/N/name: the kernel goes on from
 * the directory itself, so a path that is swapped for a link after the check changes nothing.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  type Stats,
} from 'node:fs';
import type { Present, Stat } from '../entry.ts';
import { componentsOf, nameOf, parentOf } from '../path.ts';

/** Opens an entry without any right to its content, be it a link; see O_PATH in open(2). */
export const O_PATH = 0o10000000;

/** Opens a file to read it. Without O_NONBLOCK the open of a FIFO would wait for somebody to write. */
export const TO_READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Makes a file to write it. */
export const TO_MAKE =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** A name in a directory: bytes where it is not valid UTF-8. */
export type Name = string | Buffer;

/** Bytes as a name: text where they are valid UTF-8, and can be turned into the same bytes again. */
export function asName(bytes: Buffer): Name {
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? text : bytes;
}

/** The path of an open file or directory, and of a name in it. */
export function pathOf(fd: number, name?: Name): string | Buffer {
  if (name === undefined) return `/proc/self/fd/${fd}`;
  if (typeof name === 'string') return `/proc/self/fd/${fd}/${name}`;
  return Buffer.concat([Buffer.from(`/proc/self/fd/${fd}/`), name]);
}

/** What a directory is opened for: to hold it only, or to list it and give it away as well. */
export type Access = 'hold' | 'list';

const FLAGS: Readonly<Record<Access, number>> = {
  hold: O_PATH | constants.O_DIRECTORY,
  list: constants.O_RDONLY | constants.O_DIRECTORY,
};

/**
 * Opens a directory component by component from an open one, following no link. The caller closes
 * it.
 * @throws the system error of the component that could not be opened (ENOTDIR for a link)
 */
export function openDirectory(
  from: number,
  components: readonly Name[],
  access: Access = 'hold',
): number {
  const [first, ...rest] = components;
  if (first === undefined) return openSync(pathOf(from), FLAGS[access]);
  let fd = openChild(from, first, rest.length === 0 ? access : 'hold');
  for (const [index, component] of rest.entries()) {
    try {
      const next = openChild(fd, component, index === rest.length - 1 ? access : 'hold');
      closeSync(fd);
      fd = next;
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }
  return fd;
}

/** Opens a directory in an open one. The caller closes it. @throws as openDirectory does */
export function openChild(directory: number, name: Name, access: Access): number {
  return openSync(pathOf(directory, name), FLAGS[access] | constants.O_NOFOLLOW);
}

/** Opens the directory that holds a canonical path, and hands it to `use` with the last name. */
export function withParent<T>(
  root: number,
  path: string,
  use: (directory: number, name: string) => T,
): T {
  const directory = openDirectory(root, componentsOf(parentOf(path)));
  try {
    return use(directory, nameOf(path) || '.');
  } finally {
    closeSync(directory);
  }
}

/**
 * Holds on to one entry, a link included, whatever becomes of its name, and hands it to `use`.
 * What is then done to `pathOf(fd)` is done to that very entry.
 */
export function withEntry<T>(
  directory: number,
  name: Name,
  use: (fd: number, stats: Stats) => T,
): T {
  const fd = openSync(pathOf(directory, name), O_PATH | constants.O_NOFOLLOW);
  try {
    return use(fd, fstatSync(fd));
  } finally {
    closeSync(fd);
  }
}

/**
 * Opens something by its whole path, as the machine names it without links. The kernel knows where
 * an open entry lies: had there been a link on the way, that would be another place.
 * @param flags with O_NOFOLLOW
 * @returns undefined where it cannot be opened or lies elsewhere; step by step one finds out why
 */
export function openAtOnce(path: string, flags: number): number | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, flags);
    if (readlinkSync(pathOf(fd)) === path) return fd;
  } catch {
    // It is tried again step by step.
  }
  if (fd !== undefined) closeSync(fd);
  return undefined;
}

/** The names in a directory, unsorted. */
export function namesIn(directory: string | Buffer): Name[] {
  const names = readdirSync(directory);
  // A replacement character tells of a name that UTF-8 cannot carry there and back.
  if (!names.some((name) => name.includes('\uFFFD'))) return names;
  return readdirSync(directory, { encoding: 'buffer' }).map(asName);
}

/** The sorted names of the directories in one; undefined where UTF-8 cannot carry all names. */
export function directoriesIn(directory: string): string[] | undefined {
  const entries = readdirSync(directory, { withFileTypes: true });
  if (entries.some(({ name }) => name.includes('\uFFFD'))) return undefined;
  const names = entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  return names.sort();
}

/** lstat(2), with undefined for what is not there. */
export function statOf(path: string | Buffer): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/** The part of a stat that this project speaks of. */
export function toStat(stats: Stats): Stat {
  const { uid, gid, mode, nlink, size, ctimeMs } = stats;
  return { uid, gid, mode: mode & 0o7777, nlink, size, changedAt: ctimeMs };
}

/** An entry from its stat. The target of a link plays no part in who owns it, so it is not read. */
export function presentOf(stats: Stats): Present {
  const type = typeOf(stats);
  const stat = toStat(stats);
  return type === 'link' ? { type, stat, target: '' } : { type, stat };
}

/** The type of an entry from its stat. */
export function typeOf(stats: Stats): Present['type'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'link';
  if (stats.isFIFO()) return 'fifo';
  return stats.isSocket() ? 'socket' : 'device';
}

/** The root of a world: open, and as the machine names it without links, `` for `/`. */
export interface Root {
  readonly fd: number;
  readonly prefix: string;
}

/**
 * Opens what stands at a canonical path, following no link on the way or at its end, and hands
 * `use` its stat and what reads it.
 * @throws the system error of the component that could not be opened
 */
export function withOpenFile<T>(
  root: Root,
  path: string,
  use: (stats: Stats, content: () => Buffer) => T,
): T {
  const fd = openAtOnce(root.prefix + path, TO_READ) ?? openStepByStep(root.fd, path);
  try {
    return use(fstatSync(fd), () => readFileSync(fd));
  } finally {
    closeSync(fd);
  }
}

function openStepByStep(root: number, path: string): number {
  return withParent(root, path, (directory, name) => openSync(pathOf(directory, name), TO_READ));
}
