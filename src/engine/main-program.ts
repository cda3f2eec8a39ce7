import { readFileSync, readdirSync } from 'node:fs';
import { errnoOf } from '../errors/problem.ts';
import { isAbsence, lookProblem } from '../system/real/errno.ts';

/** The script that s6-overlay runs as the main program; the user's words come after it. */
const WRAPPER = /(^|\/)main-wrapper\.sh$/;

/** What may stand before the user's words where no wrapper does. */
const ENTRY = /^\/init$|(^|\/)(entrypoint-dispatch|entrypoint\.sh)$/;

const AGENT = /(^|\/)hermes$/;

/**
 * What the container was started for, from the argument lists of its processes: s6 gives scripts
 * of the boot no arguments. Under s6 the process that waits to run the main program still has them
 * in its own list; process 1 itself has them where there is no s6.
 *
 * @param lists the argument lists, that of process 1 first
 */
export function mainProgramOf(lists: readonly (readonly string[])[]): readonly string[] {
  for (const words of lists) {
    const at = words.findIndex((word) => WRAPPER.test(word));
    if (at !== -1) return peel(words.slice(at + 1));
  }
  const [first = []] = lists;
  return ENTRY.test(first[0] ?? '') ? peel(first) : [];
}

/**
 * The argument lists of processes, in the order in which they were started.
 * @param all of every one; otherwise of process 1 alone
 */
export function argumentLists(all: boolean): (readonly string[])[] {
  const ids = all ? processIds() : ['1'];
  return ids
    .sort((a, b) => Number(a) - Number(b))
    .map((id) => argumentsOf(id))
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
    return readFileSync(path, 'utf8').split('\0').slice(0, -1);
  } catch (error) {
    // It has ended meanwhile, or belongs to somebody else.
    if (isAbsence(error) || ['ESRCH', 'EACCES', 'EPERM'].includes(errnoOf(error) ?? '')) return [];
    throw lookProblem(error, path);
  }
}
