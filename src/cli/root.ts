import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { EarlyEnd } from './end.ts';

/**
 * The directory of `--root` on this machine.
 * @throws EarlyEnd when there is none
 */
export function findRoot(named: string, cwd: string): string {
  const root = resolve(cwd, named);
  const stats = statSync(root, { throwIfNoEntry: false });
  if (stats === undefined) throw new EarlyEnd('noInput', `no root ${named}`);
  if (!stats.isDirectory()) throw new EarlyEnd('noInput', `the root ${named} is no directory`);
  return root;
}
