import { readFileSync } from 'node:fs';
import { errnoOf } from '../errors/problem.ts';
import { isAbsence, lookProblem } from '../system/real/errno.ts';

/**
 * What the kernel tells in a file of /proc; `otherwise` where it has no such file.
 * @throws LookFailed when it cannot be read: what a process may do is not guessed
 */
export function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    // ESRCH: the process has ended since its file was opened.
    if (isAbsence(error) || errnoOf(error) === 'ESRCH') return otherwise;
    throw lookProblem(error, path);
  }
}
