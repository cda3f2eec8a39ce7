import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MEANS, type Means } from '../../src/system/real/owners/means.ts';
import { CLI } from './cli.ts';
import { temporaryDirectory } from './real-root.ts';

/* Trees on disk whose owners change, and what changes them. */

/** What other processes run that change owners. */
export const program = join(dirname(CLI), 'own-share.cjs');
/** No other process helps. */
export const ALONE: Means = { ...MEANS, processes: () => 1 };
/** Others help at once. */
export const SHARED: Means = {
  ...MEANS,
  alone: { looking: 2, owning: 2 },
  sample: 1,
  processes: () => 2,
  program,
};

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
