/** Locks account files as useradd(8) does, and tells which locks a killed process left behind. */
import { closeSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { Problem } from '../../errors/problem.ts';
import { unlessErrno } from './errno.ts';
import { pathOf, statOf, TO_MAKE } from './open.ts';
import { startIn } from './proc-files.ts';

/** How long to wait for somebody else who edits accounts, in milliseconds. */
const PATIENCE = 15_000;

/** How often to look again, in milliseconds. */
const PAUSE = 50;

/** The resolution of /proc/PID/stat, in ticks a second; sysconf(_SC_CLK_TCK) on every Linux. */
const TICKS = 100;

/**
 * Does something while holding the lock of an account file as useradd(8) and its kin take it: a
 * file `passwd.lock` beside it that holds the number of its process. A lock whose process is gone
 * is taken over.
 *
 * @param directory the open directory of the file; @param name the file's name there
 * @throws Problem of code `timeout` when somebody keeps it for 15 s
 */
export function withFileLock<T>(directory: number, name: string, act: () => T): T {
  const lock = `${name}.lock`;
  acquire(directory, lock);
  try {
    return act();
  } finally {
    unlinkSync(pathOf(directory, lock));
  }
}

function acquire(directory: number, lock: string): void {
  const deadline = performance.now() + PATIENCE;
  while (!create(directory, lock)) {
    if (isAbandoned(directory, lock)) {
      unlinkSync(pathOf(directory, lock));
      continue;
    }
    if (performance.now() > deadline) {
      throw new Problem({
        code: 'timeout',
        found: `/etc/${lock} is held by process ${holderOf(directory, lock) ?? 'unknown'}`,
        wanted: `it to be released within ${PATIENCE / 1000} s`,
        mend: `wait for that process, or remove /etc/${lock} if it is not an account tool`,
      });
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
  }
}

function create(directory: number, lock: string): boolean {
  const fd = unlessErrno(() => openSync(pathOf(directory, lock), TO_MAKE, 0o600), 'EEXIST');
  if (fd === undefined) return false;
  try {
    writeSync(fd, `${process.pid}\0`);
  } finally {
    closeSync(fd);
  }
  return true;
}

/**
 * Whether the process that made a lock is gone: there is none with its number, or that one started
 * after the lock was made (numbers start over with each container).
 * @throws the system error when that cannot be told: a lock is never taken over on suspicion
 */
export function isAbandoned(directory: number, lock: string): boolean {
  const stats = statOf(pathOf(directory, lock));
  if (stats === undefined) return false;
  const holder = holderOf(directory, lock);
  const age = Date.now() - stats.mtimeMs;
  // Its maker may be between creating it and writing its number.
  if (holder === undefined) return age > 1000;
  const started = startOf(holder);
  return started === undefined || started > stats.mtimeMs + 1000;
}

/** The number of the process that a lock names. */
function holderOf(directory: number, lock: string): number | undefined {
  const path = pathOf(directory, lock);
  const text = unlessErrno(() => readFileSync(path, 'utf8'), 'ENOENT', 'ENOTDIR');
  const pid = text?.replace('\0', '').trim() ?? '';
  return /^[1-9]\d*$/.test(pid) ? Number(pid) : undefined;
}

/** When a process started, in milliseconds since the epoch; see proc_pid_stat(5). */
function startOf(pid: number): number | undefined {
  const read = (): number => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const ticks = Number(startIn(stat));
    const boot = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1];
    return (Number(boot) + ticks / TICKS) * 1000;
  };
  // ESRCH: it ended between the open and the read.
  return unlessErrno(read, 'ENOENT', 'ENOTDIR', 'ESRCH');
}
