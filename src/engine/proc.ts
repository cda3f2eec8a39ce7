/**
 * Reads from /proc: the main program, the ids that exist here, and the name and start of the
 * container.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { LookFailed, unlessUnknown } from '../errors/look-failed.ts';
import { errnoOf } from '../errors/problem.ts';
import type { IdRange } from '../step/facts.ts';
import { isAbsence, lookProblem } from '../system/real/errno.ts';

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

/**
 * Reads the ids that exist here from the text of a uid_map or gid_map: on each line the first of a
 * range inside, the first outside, and how many. See user_namespaces(7).
 */
export function parseIdMap(text: string): readonly IdRange[] {
  return text.split('\n').flatMap((line) => {
    const [first, , count] = line.trim().split(/\s+/).map(Number);
    return first === undefined || count === undefined ? [] : [{ first, count }];
  });
}

/** The name of this container, for people; empty where it is unknown. */
export function hostName(): string {
  const name = unlessUnknown(() => readOr('/proc/sys/kernel/hostname', ''));
  return name instanceof LookFailed ? '' : name.trim();
}

/**
 * Identifies this start of the container: the machine's boot and when process 1 began. /run
 * outlives a container that is stopped and started, where it is not a tmpfs.
 * @param root the root directory of the world; in any but `/` no container was started
 * @throws LookFailed when it is unknown
 */
export function startOfContainer(root: string): string {
  if (root !== '/') return '';
  const stat = readOr('/proc/1/stat', '');
  // The fields after the name, which may hold anything; see proc_pid_stat(5).
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return `${readOr('/proc/sys/kernel/random/boot_id', '').trim()} ${ticks}`;
}

/** The script that s6-overlay runs as the main program; the user's words come after it. */
const WRAPPER = /(^|\/)main-wrapper\.sh$/;

/** What may stand before the user's words where no wrapper does. */
const ENTRY = /^\/init$|(^|\/)(entrypoint-dispatch(\.sh)?|entrypoint\.sh)$/;

const AGENT = /(^|\/)hermes$/;

/**
 * What the container was started for, from the argument lists of its processes: s6 gives scripts
 * of the boot no arguments. Under s6 the process that waits to run the main program still has them
 * in its own list; process 1 has them where there is no s6.
 */
export function mainProgram(s6: boolean): readonly string[] {
  const lists = argumentLists(s6);
  for (const words of lists) {
    const at = words.findIndex((word) => WRAPPER.test(word));
    if (at !== -1) return peel(words.slice(at + 1));
  }
  const [first = []] = lists;
  return ENTRY.test(first[0] ?? '') ? peel(first) : [];
}

/** The argument lists of all processes, or of process 1 alone, in the order of their start. */
function argumentLists(all: boolean): (readonly string[])[] {
  const ids = all ? processIds() : ['1'];
  return ids
    .sort((a, b) => Number(a) - Number(b))
    .map(argumentsOf)
    .filter((words) => words.length > 0);
}

function peel(words: readonly string[]): readonly string[] {
  const start = words.findIndex((word) => !ENTRY.test(word) && !WRAPPER.test(word));
  const own = start === -1 ? [] : words.slice(start);
  return AGENT.test(own[0] ?? '') ? own.slice(1) : own;
}

function processIds(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch (error) {
    throw lookProblem(error, '/proc');
  }
}

function argumentsOf(id: string): string[] {
  const path = `/proc/${id}/cmdline`;
  try {
    // Any other user could say that it was started for anything. The directory tells whose a process
    // is; a process can make its files root's (PR_SET_DUMPABLE in prctl(2)).
    const { uid } = statSync(`/proc/${id}`);
    if (uid !== 0 && uid !== process.geteuid?.()) return [];
    return readFileSync(path, 'utf8').split('\0').slice(0, -1);
  } catch (error) {
    // It has ended meanwhile, or belongs to somebody else.
    if (isAbsence(error) || ['ESRCH', 'EACCES', 'EPERM'].includes(errnoOf(error) ?? '')) return [];
    throw lookProblem(error, path);
  }
}
