/** Locks a home with flock(2) on a file of its volume, and says in that file who holds it. */
import { spawn } from 'node:child_process';
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { Problem } from '../../errors/problem.ts';
import { flag, number, object, text } from '../../text/codec.ts';
import { printable } from '../../text/printable.ts';
import {
  HomeHeld,
  LOCK_FILE,
  type Acquired,
  type HomeLock,
  type LockNotice,
} from '../home-lock.ts';
import { parseRecord } from '../home-record.ts';
import { join } from '../path.ts';
import { ROOTS_PATH } from './command-env.ts';
import { lookProblem, unlessErrno } from './errno.ts';
import { pathOf, statOf } from './open.ts';
import type { RealSystem } from './real.ts';

/** Tells a lock that somebody else holds from every other failure of flock(1). */
const CONFLICT = 75;

/** The right to make entries in a directory, as in the last octal digit of a mode. */
const WRITE_IN = 0o3;

/** Another name each time (random(4)); the module of Node for it takes longer than a lock. */
const UNIQUE = '/proc/sys/kernel/random/uuid';

/** All may read who holds the home, the account of the services among them. */
const MODE = 0o644;

/** In bytes. */
const LARGEST_RECORD = 4096;

const OPEN = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** How often a lock file that was replaced under us is opened again. */
const MOST_TRIES = 5;

/** What the boot that holds a home says of itself, for those that wait. */
interface LockHolder {
  /** Tells boots apart. */
  readonly boot: string;
  readonly plan: string;
  /** The name of its host: in a container, what the container is called there. */
  readonly host: string;
  readonly pid: number;
  /** When it took the lock, as ISO 8601. */
  readonly since: string;
  /** Whether it has come to its end. */
  readonly ended: boolean;
}

const lockHolder = object<LockHolder>({
  boot: text,
  plan: text,
  host: text,
  pid: number,
  since: text,
  ended: flag,
});

/** The record of a lock file as text. */
export function showHolder(holder: LockHolder): string {
  return `${JSON.stringify(holder)}\n`;
}

/** Reads the record of a lock file. Whoever owns the home could have written it. */
export function parseHolder(record: string): LockHolder | undefined {
  return parseRecord(lockHolder, record);
}

/** Takes what a person should know while a boot waits. */
type Tell = (notice: LockNotice) => void;

/** A lock file that is open and ours. */
interface Held {
  readonly fd: number;
  readonly record: string;
}

/**
 * The lock of one home: flock(2) on a file of the volume, so that containers that share it see
 * each other, and the death of a boot lets go of it. Node has no flock; the program of util-linux
 * locks the open file for us, and the lock stays with it when the program ends.
 */
export class RealHomeLock implements HomeLock {
  readonly #system: RealSystem;
  readonly #home: string;
  readonly #plan: string;
  readonly #timeout: number;
  readonly #path: string;
  #mark = '';
  #held: Held | undefined;

  /**
   * @param plan the name of the plan, for those that wait
   * @param timeout how long to wait, in milliseconds
   * @param path where flock(1) is looked for: never in a PATH of the container's
   */
  constructor(system: RealSystem, home: string, plan: string, timeout: number, path = ROOTS_PATH) {
    this.#system = system;
    this.#home = home;
    this.#plan = plan;
    this.#timeout = timeout;
    this.#path = path;
  }

  mark(): void {
    this.#mark = this.#record();
  }

  async acquire(signal: AbortSignal, tell: Tell): Promise<Acquired> {
    if (this.#system.look(this.#home).type === 'missing') return 'absent';
    // What this boot cannot change it need not keep to itself.
    if (this.#system.mountOf(this.#home)?.readOnly === true) return 'unavailable';
    if (this.#system.ask({ kind: 'permits', path: this.#home, bits: WRITE_IN }) === false)
      return 'unavailable';
    try {
      return await this.#acquire(signal, tell);
    } catch (error) {
      if (!(error instanceof Problem) || error instanceof HomeHeld || signal.aborted) throw error;
      const text = `boots of ${this.#home} are not locked against each other: ${error.message}`;
      tell({ severity: 'warning', text });
      return 'unavailable';
    }
  }

  release(): void {
    if (this.#held === undefined) return;
    const { fd, record } = this.#held;
    this.#held = undefined;
    const holder = parseHolder(record);
    if (holder !== undefined) tryToWrite(fd, showHolder({ ...holder, ended: true }));
    closeSync(fd);
  }

  async #acquire(signal: AbortSignal, tell: Tell): Promise<'fresh' | 'stale'> {
    const path = join(this.#home, LOCK_FILE);
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const fd = this.#system.inDirectory(path, 'opening', openLockFile);
      try {
        const waited = await this.#lock(fd, signal, tell);
        const isStill = this.#system.inDirectory(path, 'looking at', (directory, name) =>
          isStillThere(directory, name, fd),
        );
        if (isStill) return this.#take(fd, waited);
      } catch (error) {
        closeSync(fd);
        throw error;
      }
      closeSync(fd);
    }
    throw new Problem({ found: `${path} is replaced again and again` });
  }

  /** Locks an open file. @returns whether somebody else had it */
  async #lock(fd: number, signal: AbortSignal, tell: Tell): Promise<boolean> {
    if (await this.#flock(fd, ['--nonblock'], signal)) return false;
    tell({ severity: 'info', text: `waiting for ${this.#holder()}` });
    const seconds = String(this.#timeout / 1000);
    if (await this.#flock(fd, ['--timeout', seconds], signal)) return true;
    throw new HomeHeld({
      code: 'timeout',
      found: `${this.#home} is held by ${this.#holder()}; waited ${seconds} s for it`,
      mend: 'let that boot end, or stop its container; two boots of one home undo each other',
    });
  }

  #flock(fd: number, how: readonly string[], signal: AbortSignal): Promise<boolean> {
    return flock(fd, how, this.#path, signal);
  }

  #take(fd: number, waited: boolean): 'fresh' | 'stale' {
    const before = read(fd);
    const record = showHolder({
      boot: unique(),
      plan: this.#plan,
      host: hostname(),
      pid: process.pid,
      since: new Date().toISOString(),
      ended: false,
    });
    tryToWrite(fd, record);
    this.#held = { fd, record };
    // A boot that never said that it ended may have been at work when the mark was taken.
    const unfinished = before !== '' && parseHolder(before ?? '')?.ended !== true;
    return waited || unfinished || before !== this.#mark ? 'stale' : 'fresh';
  }

  /** Which boot has taken the home and not said that it has ended; undefined where none has. */
  unended(): string | undefined {
    const holder = parseHolder(this.#record());
    if (holder === undefined || holder.ended) return undefined;
    const { plan, host, pid, since } = holder;
    return printable(`the boot ${plan} on ${host} (process ${pid}, since ${since})`);
  }

  /**
   * Whether another boot has the home now. A boot that begins at this moment waits for the answer, so
   * it is asked only where a boot has not said that it has ended.
   * @throws Problem when the lock cannot be looked at
   */
  async isHeld(signal: AbortSignal): Promise<boolean> {
    const path = join(this.#home, LOCK_FILE);
    if (this.#system.look(path).type === 'missing') return false;
    const fd = this.#system.inDirectory(path, 'opening', (directory, name) =>
      openSync(pathOf(directory, name), READ),
    );
    try {
      return !(await this.#flock(fd, ['--nonblock'], signal));
    } finally {
      closeSync(fd);
    }
  }

  #holder(): string {
    return this.unended() ?? 'another boot';
  }

  #record(): string {
    const path = join(this.#home, LOCK_FILE);
    try {
      if (this.#system.look(path).type !== 'file') return '';
      return this.#system.readText(path, LARGEST_RECORD);
    } catch (error) {
      // A mark that is not known makes the world be looked at once more.
      if (error instanceof Problem) return '';
      throw error;
    }
  }
}

/**
 * Opens a file of our own to lock it, and makes it where it is missing. The caller closes it.
 * @param directory the open directory that holds it
 * @throws Problem when something else stands there: its directory may be anybody's
 */
function openLockFile(directory: number, name: string): number {
  const open = (flags: number): number | undefined =>
    unlessErrno(() => openSync(pathOf(directory, name), flags, MODE), 'ENOENT');
  const fd = open(OPEN) ?? open(OPEN | constants.O_CREAT);
  if (fd === undefined) throw new Problem({ found: `${name} cannot be made` });
  const stats = fstatSync(fd);
  if (stats.isFile() && stats.nlink <= 1) {
    // Whatever the umask, and what earlier releases made for themselves alone.
    if ((stats.mode & 0o777) !== MODE) unlessErrno(() => fchmodSync(fd, MODE));
    return fd;
  }
  closeSync(fd);
  throw new Problem({
    found: `${name} is not a lock file of hermes-boot`,
    wanted: 'a regular file, one name',
  });
}

/** Whether an open lock file is still the one that its name leads to. */
function isStillThere(directory: number, name: string, fd: number): boolean {
  const { dev, ino } = fstatSync(fd);
  const now = statOf(pathOf(directory, name));
  return now?.dev === dev && now.ino === ino;
}

/** What an open lock file says; undefined where it cannot be read: it then equals no mark. */
function read(fd: number): string | undefined {
  const bytes = Buffer.alloc(LARGEST_RECORD);
  return unlessErrno(() => bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, 0)));
}

/** On a full disk there is no record, and the next boot looks at the world once more for it. */
function tryToWrite(fd: number, record: string): void {
  // First the text: the other way round the disk would be given back, and taken again at once.
  const written = unlessErrno(() => writeSync(fd, record, 0));
  unlessErrno(() => {
    ftruncateSync(fd, written ?? 0);
  });
}

/** Another name each time. */
function unique(): string {
  try {
    return readFileSync(UNIQUE, 'utf8').trim();
  } catch (error) {
    throw lookProblem(error, UNIQUE);
  }
}

/**
 * Runs flock(1) on an open file.
 * @returns false when somebody else holds the lock
 * @throws Problem when it cannot be locked at all; the reason of `signal` when that aborts
 */
function flock(
  fd: number,
  how: readonly string[],
  path: string,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const conflict = ['--conflict-exit-code', String(CONFLICT)];
    // The child has the same open file as its descriptor 3.
    const child = spawn('flock', ['--exclusive', ...conflict, ...how, '3'], {
      stdio: ['ignore', 'ignore', 'pipe', fd],
      env: { PATH: path },
      signal,
    });
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('error', (error) => {
      const reason: unknown = signal.aborted ? signal.reason : undefined;
      reject(reason instanceof Problem ? reason : new Problem({ found: error.message }));
    });
    child.on('close', (code) => {
      if (code === 0 || code === CONFLICT) resolve(code === 0);
      else reject(new Problem({ found: said.trim() || `flock ended with ${code}` }));
    });
  });
}
