/**
 * Runs commands: those of changes, as an account and below a root, and short ones whose output is
 * kept.
 */
import { spawnSync } from 'node:child_process';
import { Problem, errnoOf } from '../../errors/problem.ts';
import type { Identity } from '../accounts.ts';
import type { Command } from '../system.ts';
import { accountEnvironment, ROOT_PATH, rootEnvironment, rootProgram } from './environment.ts';

/** How many of the last lines of a failed command are told. */
const TOLD_LINES = 5;

/** How much of a command's output is kept, in characters; more than that fails it. */
const MAX_OUTPUT = 10_000_000;

/** How long a command may take to end after SIGTERM, in milliseconds. */
const GRACE = 5000;

/**
 * Runs a command of the world to its end: below another root it is chrooted there, as another user
 * it gets that user's groups. Its output is kept for the case that it fails.
 *
 * @throws Problem with its exit code and last lines when it fails or cannot be started, and of
 *   code `timeout` when `signal` aborts it
 */
export async function runCommand(
  root: string,
  command: Command,
  signal: AbortSignal,
): Promise<void> {
  const { execa } = await import('execa');
  const [program, ...args] = wrap(root, command);
  const child = execa(program, args, {
    stdin: 'ignore',
    all: true,
    maxBuffer: MAX_OUTPUT,
    extendEnv: false,
    env: environment(root, command),
    cwd: root === '/' ? command.cwd : '/',
    // A process group of its own: what the command started is ended with it.
    detached: true,
    reject: false,
  });
  const release = endWith(signal, child.pid);
  const result = await child;
  release();
  if (!result.failed) return;
  const shown = command.argv.join(' ');
  if (signal.aborted) {
    if (signal.reason instanceof Problem) throw signal.reason;
    throw new Problem({ code: 'timeout', found: `${shown} did not end in time` });
  }
  const lines = result.all.trim().split('\n').slice(-TOLD_LINES).join(' | ');
  const how =
    result.exitCode === undefined
      ? (result.originalMessage ?? 'it could not be started')
      : `exit code ${result.exitCode}`;
  throw new Problem({
    found: `${shown} failed: ${how}${lines === '' ? '' : `: ${lines}`}`,
    wanted: 'exit code 0',
  });
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
    return [rootProgram('chroot'), ...user, root, ...there, ...argv];
  }
  if (identity === undefined || identity.uid === process.geteuid?.()) return argv;
  const { uid, gid, groups } = identity;
  const as = [`--reuid=${uid}`, `--regid=${gid}`, `--groups=${groups.join(',')}`];
  return [rootProgram('setpriv'), ...as, '--', ...argv];
}

function chrootUser({ uid, gid, groups }: Identity): readonly string[] {
  return [`--userspec=+${uid}:+${gid}`, `--groups=${groups.map((id) => `+${id}`).join(',')}`];
}

/** The container's environment is the account's too, but never root's, nor that of another root. */
function environment(root: string, { identity, env }: Command): Record<string, string> {
  if (root !== '/') return definedOnly({ PATH: ROOT_PATH, ...ownOf(identity), ...env });
  if (identity === undefined) return definedOnly({ ...rootEnvironment(), ...env });
  return definedOnly({ PATH: ROOT_PATH, ...accountEnvironment(), ...ownOf(identity), ...env });
}

function ownOf(identity: Identity | undefined): Readonly<Record<string, string>> {
  return identity === undefined ? {} : { HOME: identity.home, USER: identity.name };
}

function definedOnly(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const defined: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined) defined[name] = value;
  }
  return defined;
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
    encoding: 'utf8',
    env: rootEnvironment(),
    timeout: PATIENCE,
  });
  return { code: status, stdout, stderr: error === undefined ? stderr.trim() : error.message };
}
