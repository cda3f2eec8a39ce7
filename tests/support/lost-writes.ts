/**
 * What a loss of power takes of a boot: the data of files that was not synced by then. File systems
 * keep the order of names, owners and modes, so that these are as they were at some moment before.
 */
import { existsSync, lstatSync, truncateSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The calls that it takes to know what was synced. */
export const DATA_CALLS =
  'openat,write,writev,pwrite64,pwritev,fsync,fdatasync,syncfs,rename,renameat,renameat2,dup,close';

const OPENED = /openat\(.*\) = (\d+)<([^>]*)>$/;
const WRITTEN = /\bp?write(?:v|64)?\((\d+)<([^>]*)>/;
const SYNCED = /\bf(?:data)?sync\((\d+)<([^>]*)>/;
const ALL_SYNCED = /\bsyncfs\(.*= 0$/;
const RENAMED = /\brename\("([^"]*)", "([^"]*)"\) = 0/;
const DESCRIPTOR = /^\/proc\/self\/fd\/(\d+)\/(.*)$/;

/** How strace(1) writes a call that another thread has spoken into. */
const CUT = /^(\d+ .*) <unfinished \.\.\.>$/;
const RESUMED = /^\d+ +<\.\.\. \w+ resumed>/;

/**
 * The calls of a trace, each in one line: a sync where it began, since it covers what was written by
 * then, all else where it ended, and where it began what never ended.
 */
export function wholeCalls(trace: string): readonly string[] {
  const calls: string[] = [];
  const open = new Map<string, { readonly begun: string; readonly at: number }>();
  for (const line of trace.split('\n')) {
    const pid = line.split(' ', 1)[0] ?? '';
    const cut = CUT.exec(line)?.[1];
    const resumed = RESUMED.exec(line)?.[0];
    const call = open.get(pid);
    if (cut !== undefined) {
      open.set(pid, { begun: cut, at: calls.length });
      calls.push(cut);
    } else if (resumed !== undefined && call !== undefined) {
      open.delete(pid);
      const whole = call.begun + line.slice(resumed.length);
      const isSync = resumed.includes('sync');
      calls[call.at] = isSync ? whole : '';
      if (!isSync) calls.push(whole);
    } else calls.push(line);
  }
  return calls;
}

/**
 * The files below a root that have data which no sync covers at the end of a trace, made by
 * `strace -f -y`. Logs are left out: what they lose is their last lines.
 */
export function unsyncedFiles(trace: string, root: string): readonly string[] {
  const unsynced = new Set<string>();
  const appended = new Set<string>();
  const open = new Map<string, string>();
  const pathOf = (text: string): string => {
    const [, fd = '', name = ''] = DESCRIPTOR.exec(text) ?? [];
    return fd === '' ? text : join(open.get(fd) ?? '', name);
  };
  for (const line of wholeCalls(trace)) {
    const opened = OPENED.exec(line);
    if (opened !== null) {
      const [, fd = '', path = ''] = opened;
      open.set(fd, path);
      if (line.includes('O_APPEND')) appended.add(path);
      continue;
    }
    const written = WRITTEN.exec(line)?.[2];
    if (written?.startsWith(root) === true && !appended.has(written)) unsynced.add(written);
    const synced = SYNCED.exec(line)?.[2];
    if (synced !== undefined) unsynced.delete(synced);
    if (ALL_SYNCED.test(line)) unsynced.clear();
    const [, from, to] = RENAMED.exec(line) ?? [];
    if (from === undefined || to === undefined) continue;
    move(unsynced, pathOf(from), pathOf(to));
    for (const [fd, path] of open) open.set(fd, moved(path, pathOf(from), pathOf(to)));
  }
  return [...unsynced].filter((path) => existsSync(path));
}

function move(paths: Set<string>, from: string, to: string): void {
  // What stood under the name is gone.
  paths.delete(to);
  for (const path of paths) {
    const now = moved(path, from, to);
    if (now === path) continue;
    paths.delete(path);
    paths.add(now);
  }
}

function moved(path: string, from: string, to: string): string {
  if (path === from) return to;
  return path.startsWith(`${from}/`) ? to + path.slice(from.length) : path;
}

/** Takes the data of files, as a loss of power does; the names stay. */
export function loseData(paths: readonly string[]): void {
  for (const path of paths) if (lstatSync(path).isFile()) truncateSync(path, 0);
}

/** The files whose names show, without those that are made beside their own. */
export function visible(paths: readonly string[]): readonly string[] {
  const isStaged = (path: string): boolean =>
    path !== '/' && (/\.hermes-boot(?:\.bak)?$/.test(basename(path)) || isStaged(dirname(path)));
  return paths.filter((path) => !isStaged(path));
}
