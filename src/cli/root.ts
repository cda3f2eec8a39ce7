import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { isAbsence, lookProblem } from '../system/real/errno.ts';
import { EarlyEnd } from './end.ts';

/**
 * The directory of `--root` on this machine.
 * @throws EarlyEnd when there is none, LookFailed when nobody can tell
 */
export function findRoot(named: string, cwd: string): string {
  const root = resolve(cwd, named);
  const found = isDirectory(root);
  if (found === undefined) throw new EarlyEnd('noInput', `no root ${named}`);
  if (!found) throw new EarlyEnd('noInput', `the root ${named} is no directory`);
  return root;
}

/**
 * Whether a path of this machine is a directory; undefined where nothing is there.
 * @throws LookFailed when nobody can tell
 */
export function isDirectory(path: string): boolean | undefined {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw lookProblem(error, path);
  }
}
