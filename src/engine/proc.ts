/**
 * Reads from /proc: the main program, the ids that exist here, the name and start of the container,
 * and whether a process still runs.
 */
import { readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { LookFailed, unlessUnknown } from '../errors/look-failed.ts';
import { errnoOf } from '../errors/problem.ts';
import type { IdRange } from '../step/facts.ts';
import { isAbsence, lookProblem } from '../system/real/errno.ts';
import { bootOfMachine, readOr, startOf } from '../system/real/proc-files.ts';
import { fits, number, object, text, type TypeOf } from '../text/codec.ts';

/**
 * Reads the ids that exist here from the text of a uid_map or gid_map: on each line the first of a
 * range inside, the first outside, and how many. See user_namespaces(7).
 */
export function parseIdMap(map: string): readonly IdRange[] {
  return map.split('\n').flatMap((line) => {
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
  return `${bootOfMachine()} ${startOf('1') ?? ''}`;
}

/** An id that no other boot has. */
export function newBootId(): string {
  // The kernel's own: the module that makes such ids takes longer to load than a step to look.
  const id = unlessUnknown(() => readOr('/proc/sys/kernel/random/uuid', '').trim());
  return id instanceof LookFailed || id === '' ? `${Date.now()}-${process.pid}` : id;
}

const processMark = object({
  /** Of the machine. */
  boot: text,
  /** The namespace that the id belongs to; see pid_namespaces(7). */
  space: text,
  /** Its id there. */
  id: number,
  /** When it began: another process may get its id later. */
  began: text,
});

/** A process, so that it can be told later whether it still runs. */
export type ProcessMark = TypeOf<typeof processMark>;

/** This process; undefined where /proc does not say. */
export function ownProcess(): ProcessMark | undefined {
  const mark = unlessUnknown(() => ({
    boot: bootOfMachine(),
    space: pidSpace(),
    id: process.pid,
    began: startOf('self') ?? '',
  }));
  return mark instanceof LookFailed || mark.space === '' || mark.began === '' ? undefined : mark;
}

/** Whether a process has ended, as far as this one can see; false where it cannot. */
export function hasEnded(mark: unknown): boolean {
  if (!fits(processMark, mark)) return false;
  const own = ownProcess();
  if (own === undefined) return false;
  if (own.boot !== mark.boot) return true;
  // Where not even process 1 can be seen, that nothing is seen of another says nothing.
  if (own.space !== mark.space || unlessUnknown(() => startOf('1')) === undefined) return false;
  const began = unlessUnknown(() => startOf(String(mark.id)));
  return !(began instanceof LookFailed) && began !== mark.began;
}

function pidSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch (error) {
    if (isAbsence(error)) return '';
    throw lookProblem(error, '/proc/self/ns/pid');
  }
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
