/** Turns failed system calls into problems that say what an operator can do. */
import { statfsSync } from 'node:fs';
import { LookFailed } from '../../errors/look-failed.ts';
import { Problem, errnoOf, type ProblemParts } from '../../errors/problem.ts';
import type { MountPoint } from '../mounts.ts';
import { showBytes } from '../../text/phrases.ts';

type Explanation = Pick<ProblemParts, 'code' | 'wanted' | 'mend'> & { readonly found: string };

/** What the error codes mean that an operator can do something about; see errno(3). */
const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  EACCES: {
    found: 'permission denied',
    code: 'not-permitted',
    mend: 'start the container as root, or give the directory to the account',
  },
  EPERM: {
    found: 'operation not permitted',
    code: 'not-permitted',
    mend: 'root needs CAP_CHOWN, CAP_DAC_OVERRIDE and CAP_FOWNER; a network share may refuse root',
  },
  EROFS: { found: 'read-only file system', mend: 'mount it writable' },
  ENOSPC: { found: 'no space left', mend: 'free some space on the volume' },
  EDQUOT: { found: 'quota exceeded', mend: 'free some space, or raise the quota' },
  EBUSY: {
    found: 'it is a mount point of its own and cannot be replaced',
    mend: 'mount the directory that holds it instead of the single file',
  },
  ELOOP: {
    found: 'a link has taken the place of a directory',
    wanted: 'no other process to change it',
  },
  ENOTDIR: {
    found: 'something else has taken the place of a directory',
    wanted: 'no other process to change it',
  },
  ENOENT: { found: 'it, or a directory on the way to it, is not there' },
  EINVAL: {
    found: 'the kernel does not accept the value',
    mend: 'in a user namespace only mapped ids can own files; see user_namespaces(7)',
  },
};

/** The only errors that tell that something is not there; see Tree. */
export function isAbsence(error: unknown): boolean {
  const code = errnoOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** Undefined where a system call fails, with one of some codes if they are named; all else is thrown. */
export function unlessErrno<T>(act: () => T, ...codes: readonly string[]): T | undefined {
  try {
    return act();
  } catch (error) {
    const code = errnoOf(error);
    if (code === undefined || (codes.length > 0 && !codes.includes(code))) throw error;
    return undefined;
  }
}

/**
 * What an error of a look at `path` is: a failed look where the kernel gave no answer. What it said
 * of the world, such as that a link stands there, stays a Problem; anything else is a bug.
 */
export function lookProblem(error: unknown, path: string): Problem {
  const code = errnoOf(error);
  const isAnswer = error instanceof Problem || isAbsence(error) || code === 'ELOOP';
  if (isAnswer || code === undefined) return systemProblem(error, `reading ${path}`);
  return new LookFailed(path, callOf(error) ?? 'open', code);
}

/** The system call that failed, as Node names it. */
function callOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error)) return undefined;
  return typeof error.syscall === 'string' ? error.syscall : undefined;
}

/**
 * Turns a failed system call into a Problem; anything else is a bug and is thrown as it is.
 *
 * @param doing what was being done to which path: `setting the owner of /opt/data`
 */
export function systemProblem(error: unknown, doing: string): Problem {
  if (error instanceof Problem) return error;
  const code = errnoOf(error);
  if (code === undefined || !(error instanceof Error)) throw error;
  const known = EXPLANATIONS[code];
  if (known === undefined) return new Problem({ found: `${doing}: ${code}`, errno: code });
  return new Problem({ ...known, found: `${doing}: ${known.found} (${code})`, errno: code });
}

/**
 * The problem of a file system on which nothing fits any more.
 *
 * @param doing what was being done to which path: `writing /opt/data/.env`
 * @param host a path of this machine on that file system
 * @param needed in bytes, where that is known
 */
export function outOfSpace(
  doing: string,
  host: string | Buffer,
  mount: MountPoint | undefined,
  needed: number | undefined,
): Problem {
  const { bavail, bsize, blocks, files, ffree } = statfsSync(host);
  const point = mount?.point ?? '/';
  const isFull = files > 0 && ffree === 0 && bavail > 0;
  const left = isFull
    ? `no further file fits on it, of ${files}`
    : `${showBytes(bavail * bsize)} of ${showBytes(blocks * bsize)} are free`;
  const takes = needed === undefined ? '' : ` takes ${showBytes(needed)}, and`;
  return new Problem({
    found: `${doing}${takes === '' ? ':' : takes} no space is left on ${point} (ENOSPC)`,
    errno: 'ENOSPC',
    cause: {
      key: `no-space:${point}`,
      denies: `cannot write on ${point}`,
      found: `no space is left there: ${left}`,
      effect:
        'What could not be written is missing, or as it was before: nothing is half written. ' +
        'Services will fail to write there, too.',
      mend: [
        'free some space on the volume, or make it larger, and start the container again',
        ...(mount?.type === 'tmpfs' ? tmpfs(point) : []),
      ],
    },
  });
}

function tmpfs(point: string): string[] {
  return [
    `  docker run:  --tmpfs ${point}:size=1g`,
    '  Kubernetes:  emptyDir: { medium: Memory, sizeLimit: 1Gi }',
  ];
}
