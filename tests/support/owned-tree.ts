import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LIMITS, type Limits } from '../../src/system/real/chown/limits.ts';
import { temporaryDirectory } from './real-root.ts';

/* Trees on disk whose owners change, and what changes them. */

/** Neither find nor chown helps. */
export const ALONE: Limits = {
  ...LIMITS,
  alone: { scan: Infinity, chown: Infinity },
  processes: () => 1,
};
/** Find and chown help at once. */
export const HELPED: Limits = {
  ...LIMITS,
  alone: { scan: 2, chown: 2 },
  sample: 1,
  processes: () => 2,
};

/** Starts a repair of /tree of a root that can be killed; see repair-tree.ts. */
export function startRepair(root: string, rule: 'everything' | 'former'): ChildProcess {
  const program = join(import.meta.dirname, 'repair-tree.ts');
  return spawn(process.execPath, ['--import', 'tsx', program, root, rule], { stdio: 'ignore' });
}

/** Makes a program that stands in for another one. */
export function standIn(directory: string, script: string): string {
  const path = `${mkdtempSync(`${directory}/`)}/program`;
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

/** A tree of so many directories with 20 files each, that all belong to `owner`. */
export function tree(directories: number, owner = { uid: 10000, gid: 10000 }): string {
  const root = temporaryDirectory();
  mkdirSync(`${root}/tree`);
  for (let directory = 0; directory < directories; directory += 1) {
    mkdirSync(`${root}/tree/${directory}`);
    for (let file = 0; file < 20; file += 1) writeFileSync(`${root}/tree/${directory}/${file}`, '');
  }
  giveAll(root, owner);
  return root;
}

/** Gives all of a tree to somebody. */
export function giveAll(root: string, { uid, gid }: { uid: number; gid: number }): void {
  execFileSync('chown', ['-hR', `${uid}:${gid}`, `${root}/tree`]);
}
