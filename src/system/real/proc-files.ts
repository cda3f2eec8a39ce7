/** Reads files of /proc that several parts need: the boot of the machine, and when a process began. */
import { readFileSync } from 'node:fs';
import { errnoOf } from '../../errors/problem.ts';
import { isAbsence, lookProblem } from './errno.ts';

/**
 * A file of /proc; `otherwise` where the kernel has no such file.
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

/** Tells the boots of machines apart; empty where the kernel does not. */
export function bootOfMachine(): string {
  return readOr('/proc/sys/kernel/random/boot_id', '').trim();
}

/** When a process began, in ticks since the boot of the machine; undefined where there is none. */
export function startOf(pid: string): string | undefined {
  return startIn(readOr(`/proc/${pid}/stat`, ''));
}

/** The same, from the text of its `stat`; see proc_pid_stat(5). */
export function startIn(stat: string): string | undefined {
  // The fields after the name, which may hold anything.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}
