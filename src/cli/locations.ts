/** Where a command looks: the root directory, the container's variables, the files of receipts. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Arguments } from './command-line.ts';
import { ExitError } from './exit.ts';
import type { Environment } from '../report/paint.ts';
import { readEnvdir } from '../system/container-env.ts';
import { join } from '../system/path.ts';
import { isAbsence, lookProblem } from '../system/real/errno.ts';
import type { ReadSystem } from '../system/system.ts';

/** The directory of the status; it belongs to whoever boots, which is root. */
export const STATUS_DIRECTORY = '/run/hermes-boot';

/** How the boots of this container went; see ContainerStatus. */
export const STATUS_FILE = join(STATUS_DIRECTORY, 'status.json');

/** In bytes. A status of the most plans with the longest texts is smaller. */
export const LARGEST_STATUS = 4 * 1024 * 1024;

/** The directory of hermes-boot in a home. */
export function stateDirectory(home: string): string {
  return join(home, '.hermes-boot');
}

/** The receipts of the boots of a home, a line of JSON each. */
export function historyFile(home: string): string {
  return join(stateDirectory(home), 'history.jsonl');
}

/**
 * The directory of `--root` on this machine.
 * @throws ExitError when there is none or it has no name, LookFailed when the look fails
 */
export function findRoot({ options }: Arguments, cwd: string): string {
  const named = options.get('root') ?? '/';
  // As from a variable that is not set: it would be the working directory.
  if (named === '') throw new ExitError('usage', '--root is empty; wanted a directory');
  const root = resolve(cwd, named);
  const found = isDirectory(root);
  if (found === undefined) throw new ExitError('noInput', `no root directory ${named}`);
  if (!found) throw new ExitError('noInput', `the root ${named} is not a directory`);
  return root;
}

/**
 * Whether a path of this machine is a directory; undefined where nothing is there.
 * @throws LookFailed when the look fails
 */
export function isDirectory(path: string): boolean | undefined {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw lookProblem(error, path);
  }
}

/**
 * The value of a variable of the container: of this process where it is set and not empty, as
 * `docker exec` gives it; else where s6 keeps it; else `fallback`.
 */
export function variableOr(
  system: ReadSystem,
  env: Environment,
  name: string,
  fallback: string,
): string {
  const value = env[name] ?? '';
  return value === '' ? (readEnvdir(system, name) ?? fallback) : value;
}
