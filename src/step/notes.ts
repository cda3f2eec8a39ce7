/** What steps say of what they find: what an entry is, and notes on what is left alone. */
import type { LookFailed } from '../errors/look-failed.ts';
import { type Cause, Problem, unreachable } from '../errors/problem.ts';
import type { Acceptable, Note } from './step.ts';
import { type Entry, isLinked } from '../system/entry.ts';
import { join, normalise, parentOf } from '../system/path.ts';

/** What an entry is, as the end of a sentence that starts with its path: `a link to /srv`. */
export function whatIs(entry: Entry): string {
  switch (entry.type) {
    case 'link':
      return `a link to ${entry.target}`;
    case 'behind-link':
      return `behind ${entry.link}, a link to ${entry.target}`;
    case 'missing':
      return 'missing';
    case 'file':
      return 'a regular file';
    case 'directory':
    case 'fifo':
    case 'socket':
    case 'device':
      return `a ${entry.type}`;
    default:
      return unreachable(entry);
  }
}

/** Says that something was found which this step must not touch. */
export function leftAlone(path: string, entry: Entry, mend?: string): Note {
  const consequence = isLinked(entry)
    ? 'refusing to follow it; left alone, and what it points to (#52781)'
    : 'left alone';
  const advice = mend === undefined ? '' : `; ${mend}`;
  const text = `${path} is ${whatIs(entry)}: ${consequence}${advice}`;
  if (entry.type === 'directory') {
    return { severity: 'warning', text, cause: directoryForFile(path) };
  }
  const warns = { of: isLinked(entry) ? 'link' : 'type', path } as const;
  return { severity: 'warning', text, key: `${entry.type}:${path}`, warns };
}

/** Says that nobody knows what stands at a path: this boot leaves it out, the next looks again. */
export function unknownNote(path: string, failed: LookFailed): Note {
  return warning(`${path} is left as it is, and the next boot looks again: ${failed.found}`);
}

/** A directory where a file belongs, for every step that comes upon it. */
export function directoryForFile(path: string): Cause {
  return {
    key: `directory:${path}`,
    denies: `cannot use ${path}`,
    found: 'it is a directory, and a file belongs there',
    effect: 'No step can read or write the file, and neither can the agent.',
    mend: [
      'Docker makes a directory where the source of a mounted file is missing: remove it and ' +
        'create the file on the host',
      `or, where nothing is mounted, move ${path} out of the way`,
    ],
  };
}

/** The refusal to take something else for a regular file. */
export function notAFile(path: string, entry: Entry, wanted = 'a regular file'): Problem {
  if (entry.type === 'directory') return causedBy(directoryForFile(path));
  const found = `${path} is ${whatIs(entry)}`;
  return new Problem({ found, wanted, mend: `move ${path} out of the way` });
}

/** The problem that is nothing but a cause. */
export function causedBy(cause: Cause): Problem {
  return new Problem({ found: `${cause.denies}: ${cause.found}`, cause });
}

/** A note that explains and asks for nothing. */
export function info(text: string): Note {
  return { severity: 'info', text };
}

/** What changes nothing, and what somebody would look for in the log. */
export function said(text: string): Note {
  return { severity: 'info', text, logged: 'said' };
}

/** A note about something that somebody should look at. */
export function warning(text: string): Note {
  return { severity: 'warning', text };
}

/** A warning that the plan may accept. */
export function acceptable(of: Acceptable, path: string | undefined, text: string): Note {
  return { ...warning(text), warns: path === undefined ? { of } : { of, path } };
}

/** Where the text of a link leads, as an absolute path. */
export function targetOf(link: string, target: string): string {
  return target.startsWith('/') ? normalise(target) : join(parentOf(link), target);
}
