/** A look at the world that failed: thrown, so that nothing can take it for something missing. */
import { errnoOf, Problem, type ProblemCode } from './problem.ts';

/** What a failed look means to a person, by its error code; see errno(3). */
interface Meaning {
  readonly found: string;
  readonly code: ProblemCode;
  readonly mend?: string;
}

const AGAIN = 'start it again; if it stays, look at the disk or the share that this lies on';
const DENIED = 'run as root, or give this user the right to read it where it comes from';
const DISK = 'look at the disk or the share that this lies on; dmesg of the host may say more';

const MEANINGS: Readonly<Record<string, Meaning>> = {
  EACCES: { found: 'permission denied', code: 'not-permitted', mend: DENIED },
  EPERM: { found: 'operation not permitted', code: 'not-permitted', mend: DENIED },
  EIO: { found: 'input/output error', code: 'io', mend: DISK },
  ENOSPC: { found: 'no space left', code: 'io', mend: 'free some space on the volume' },
  ESTALE: { found: 'the share does not know the file any more', code: 'transient', mend: AGAIN },
  ETIMEDOUT: { found: 'the share did not answer in time', code: 'transient', mend: AGAIN },
  EHOSTDOWN: { found: 'the host of the share is down', code: 'transient', mend: AGAIN },
  EHOSTUNREACH: { found: 'the host of the share is out of reach', code: 'transient', mend: AGAIN },
  ENOTCONN: { found: 'the share is not connected', code: 'transient', mend: AGAIN },
  EAGAIN: { found: 'not available at the moment', code: 'transient', mend: AGAIN },
  EBUSY: { found: 'in use at the moment', code: 'transient', mend: AGAIN },
  EINTR: { found: 'interrupted', code: 'transient', mend: AGAIN },
  EMFILE: { found: 'too many files are open', code: 'transient', mend: 'raise ulimit -n' },
  ENFILE: { found: 'too many files are open on this machine', code: 'transient', mend: AGAIN },
  ENOMEM: { found: 'not enough memory', code: 'transient', mend: 'give the container more memory' },
};

/** What a program should take a failed look for: it decides the exit code. */
export function codeOfErrno(errno: string): ProblemCode {
  return MEANINGS[errno]?.code ?? 'io';
}

/**
 * A look at the world that got no answer. Only ENOENT and ENOTDIR mean that something is not
 * there; after any other error nobody knows, and this is thrown, so that it cannot be taken for an
 * answer. It fails the step, or costs the one entry where a step takes it apart with
 * `unlessUnknown`; nothing may be recorded from it.
 */
export class LookFailed extends Problem {
  /** What was looked at, as a path of the world. */
  readonly path: string;
  /** The system call that failed, such as lstat. */
  readonly call: string;
  override readonly errno: string;

  constructor(path: string, call: string, errno: string) {
    const { found, mend } = MEANINGS[errno] ?? { found: undefined, mend: DISK };
    const meaning = found === undefined ? errno : `${errno}, ${found}`;
    super({
      code: codeOfErrno(errno),
      found: `cannot look at ${path} (${call}: ${meaning})`,
      errno,
      ...(mend === undefined ? {} : { mend }),
    });
    this.path = path;
    this.call = call;
    this.errno = errno;
  }
}

/**
 * The expected failure that an error is: a Problem, or what the kernel answered to a system call
 * and nobody has put into words. Undefined for a bug.
 */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  const errno = errnoOf(error);
  if (errno === undefined || !(error instanceof Error)) return undefined;
  const call = 'syscall' in error ? String(error.syscall) : undefined;
  if (call === undefined) return undefined;
  const path = 'path' in error ? ` ${String(error.path)}` : '';
  return new Problem({ code: codeOfErrno(errno), found: `${call}${path}: ${errno}`, errno });
}

/** Whether an error is a Problem that tells something of the world, where a failed look does not. */
export function isAnswer(error: unknown): error is Problem {
  return error instanceof Problem && !(error instanceof LookFailed);
}

/** What `act` returns, or the look in it that failed. Everything else is thrown on. */
export function unlessUnknown<T>(act: () => T): T | LookFailed {
  try {
    return act();
  } catch (error) {
    if (error instanceof LookFailed) return error;
    throw error;
  }
}

/** What `act` returns; undefined where a Problem that is an answer keeps it from that. */
export function unlessProblem<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (isAnswer(error)) return undefined;
    throw error;
  }
}
