import { errnoOf, Problem, type ProblemParts } from '../../errors/problem.ts';

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
  ELOOP: { found: 'a link has taken the place of a directory', wanted: 'nobody to change it now' },
  ENOTDIR: {
    found: 'something else has taken the place of a directory',
    wanted: 'nobody to change it now',
  },
  ENOENT: { found: 'it has disappeared', wanted: 'nobody to change it now' },
  EINVAL: {
    found: 'the kernel does not accept the value',
    mend: 'in a user namespace only mapped ids can own files; see user_namespaces(7)',
  },
};

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
