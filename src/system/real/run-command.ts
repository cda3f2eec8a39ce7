/**
 * Runs commands: those of changes, as an account and below a root, and short ones whose output is
 * kept.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants, readdirSync, readFileSync } from 'node:fs';
import { Problem, errnoOf } from '../../errors/problem.ts';
import type { Identity } from '../accounts.ts';
import type { Command } from '../system.ts';
import { commandEnvironment, ROOTS_PATH } from './command-env.ts';
import { bounded, outputLines } from './helper-output.ts';

/** How many of the last lines of a failed command are told. */
const TOLD_LINES = 5;

/** How much of a command's output is kept, in characters; more than that fails it. */
const MAX_OUTPUT = 10_000_000;

/** How long a command may take to end after SIGTERM, in milliseconds. */
const GRACE = 5000;

/**
 * Runs a command of the world to its end: below another root it is chrooted there, as another user
 * it gets that user's groups and nothing else of root's: no descriptor, no terminal, no way to gain
 * privileges.
 *
 * @param print takes what it printed, a line each: some of it, and all where it failed
 * @throws Problem with how it ended and its last lines when it fails or cannot be started, and of
 *   code `timeout` when `signal` aborts it
 */
export async function runCommand(
  root: string,
  command: Command,
  signal: AbortSignal,
  print: (line: string) => void = () => undefined,
): Promise<void> {
  const env = commandEnvironment(root, command);
  if (command.identity !== undefined) closeInherited();
  const { execa } = await import('execa');
  const [program, ...args] = wrap(root, command);
  const child = execa(program, args, {
    stdin: 'ignore',
    all: true,
    maxBuffer: MAX_OUTPUT,
    extendEnv: false,
    env,
    cwd: root === '/' ? command.cwd : '/',
    // A session of its own (setsid): what the command started is ended with it, and no terminal of
    // root's is its own to write to (TIOCSTI).
    detached: true,
    reject: false,
  });
  const release = endWith(signal, child.pid);
  const result = await child;
  release();
  const shown = command.argv.join(' ');
  const lines = outputLines(result.all, env);
  const { failsOn } = command;
  const refusal =
    failsOn === undefined ? undefined : lines.find((line) => new RegExp(failsOn, 'i').test(line));
  const failed = result.failed || refusal !== undefined;
  for (const line of bounded(lines, failed)) print(line);
  if (!failed) return;
  if (signal.aborted) {
    if (signal.reason instanceof Problem) throw signal.reason;
    throw new Problem({ code: 'timeout', found: `${shown} did not end in time` });
  }
  if (!result.failed) {
    throw new Problem({
      found: `${shown} reports a failure, with exit code 0: ${refusal ?? ''}`,
      wanted: 'a run without that',
    });
  }
  const last = lines.slice(-TOLD_LINES).join(' | ');
  throw new Problem({
    found: `${shown} failed: ${endOf(result)}${last === '' ? '' : `: ${last}`}`,
    wanted: 'exit code 0',
  });
}

/** Node has these closed on exec, whoever opened them; see uv_disable_stdio_inheritance. */
const LAST_CLOSED_BY_NODE = 15;

const O_CLOEXEC = 0o2000000;

/**
 * Closes the descriptors that this process was started with and that a helper would get, too. All
 * that Node opens are closed on exec.
 */
function closeInherited(): void {
  for (const fd of readdirSync('/proc/self/fd').map(Number)) {
    if (fd <= LAST_CLOSED_BY_NODE) continue;
    try {
      const flags = /^flags:\s*([0-7]+)$/m.exec(
        readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'),
      )?.[1];
      if (flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0) closeSync(fd);
    } catch (error) {
      // The one by which the directory was read is closed already.
      if (errnoOf(error) === undefined) throw error;
    }
  }
}

/** How a command ended, as a phrase. */
function endOf(result: {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly originalMessage?: string | undefined;
}): string {
  if (result.signal !== undefined) {
    const likely =
      result.signal === 'SIGKILL' ? ' (the kernel does that where memory is short)' : '';
    return `ended by ${result.signal}${likely}`;
  }
  return result.exitCode === undefined
    ? (result.originalMessage ?? 'it could not be started')
    : `exit code ${result.exitCode}`;
}

/**
 * Ends a process group when `signal` aborts, and for good when it does not end by itself.
 * @returns what to call when the group has ended
 */
function endWith(signal: AbortSignal, pid: number | undefined): () => void {
  if (pid === undefined) return () => undefined;
  let last: NodeJS.Timeout | undefined;
  const end = (): void => {
    killGroup(pid, 'SIGTERM');
    last = setTimeout(() => {
      killGroup(pid, 'SIGKILL');
    }, GRACE);
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  return () => {
    signal.removeEventListener('abort', end);
    clearTimeout(last);
  };
}

function killGroup(leader: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
}

/** The argument vector that leads to the command: chroot(1) or setpriv(1) where it is needed. */
function wrap(root: string, { argv, identity, cwd }: Command): readonly [string, ...string[]] {
  if (root !== '/') {
    const user = identity === undefined ? [] : chrootUser(identity);
    const there = cwd === '/' ? [] : ['/usr/bin/env', `--chdir=${cwd}`];
    const chroot = ['/usr/sbin/chroot', ...user, root, ...there, ...argv] as const;
    return identity !== undefined && isExecutable(SETPRIV)
      ? [SETPRIV, '--no-new-privs', ...chroot]
      : [...chroot];
  }
  if (identity === undefined) return argv;
  const { uid, gid, groups } = identity;
  if (uid === process.geteuid?.()) {
    return isExecutable(SETPRIV) ? [SETPRIV, '--no-new-privs', '--', ...argv] : argv;
  }
  const as = [`--reuid=${uid}`, `--regid=${gid}`, `--groups=${groups.join(',')}`];
  return [SETPRIV, '--no-new-privs', ...as, '--', ...argv];
}

/** By its own path: root looks for no program in a PATH of the container's. */
const SETPRIV = '/usr/bin/setpriv';

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function chrootUser({ uid, gid, groups }: Identity): readonly string[] {
  return [`--userspec=+${uid}:+${gid}`, `--groups=${groups.map((id) => `+${id}`).join(',')}`];
}

/** What a short command printed and how it ended. */
export interface Captured {
  /** The exit code; null when a signal ended it, or it could not be started. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** In milliseconds; a client of s6 answers at once. */
const PATIENCE = 15_000;

/** Runs a short command of this machine to its end and keeps what it prints. */
export function capture(program: string, args: readonly string[]): Captured {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: ROOTS_PATH },
    encoding: 'utf8',
    timeout: PATIENCE,
  });
  return { code: status, stdout, stderr: error === undefined ? stderr.trim() : error.message };
}
