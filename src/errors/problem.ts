/** Expected failures: what was found, what was wanted and how to fix it; every other error is a bug. */

/**
 * Why a step or the boot cannot go on, by what the caller can do about it. It decides the exit
 * code: `not-permitted` is 77, `timeout` and `transient` (trying again may help) 75, `io` (the
 * kernel could not read) 74, `invalid` (an input that does not fit) and `unanswered` (facts that do
 * not know) 78, `failed` 1.
 */
export type ProblemCode =
  'failed' | 'not-permitted' | 'timeout' | 'transient' | 'io' | 'invalid' | 'unanswered';

/**
 * One thing that stands in the way of several steps: it is reported once, with what follows from it and
 * how to mend it, and the problems of the steps point to it.
 */
export interface Cause {
  /** Equal for equal causes, so that programs can compare it: `capability:CHOWN`. */
  readonly key: string;
  /** What cannot be done, as the start of a sentence: `cannot change owners here`. */
  readonly denies: string;
  /** What is missing or wrong, as a phrase: `CAP_CHOWN is missing`. */
  readonly found: string;
  /** What follows from it, in one or two sentences for the person who owns the files. */
  readonly effect: string;
  /** What the operator can do; one line each, indented where it is something to type. */
  readonly mend: readonly string[];
}

/** The parts of a problem. Each is a phrase in lower case without a full stop. */
export interface ProblemParts {
  readonly code?: ProblemCode;
  /** What was found, with the path in the world or the variable where it was found. */
  readonly found: string;
  /** What was wanted instead, where that is not plain from `found`. */
  readonly wanted?: string;
  /** What the operator can do; one line each. */
  readonly mend?: string | readonly string[];
  /** What stands in the way of other steps, too. Its advice is that of the problem. */
  readonly cause?: Cause | undefined;
  /** The code of the system error behind it, such as EPERM. */
  readonly errno?: string | undefined;
}

/**
 * An expected failure: something about the world or the plan that a person can mend. It is shown
 * without a stack; every other error is a bug of ours and is shown with one.
 */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly found: string;
  readonly wanted: string | undefined;
  readonly mend: readonly string[];
  readonly sharedCause: Cause | undefined;
  readonly errno: string | undefined;

  constructor(parts: ProblemParts) {
    super(parts.wanted === undefined ? parts.found : `${parts.found}; wanted ${parts.wanted}`);
    this.name = 'Problem';
    this.code = parts.code ?? 'failed';
    this.found = parts.found;
    this.wanted = parts.wanted;
    const mend = parts.mend ?? parts.cause?.mend ?? [];
    this.mend = typeof mend === 'string' ? [mend] : mend;
    this.sharedCause = parts.cause;
    this.errno = parts.errno;
  }
}

/** The check behind every exhaustive switch: reaching it is a bug. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}

/** The codes of Linux that Node has no name for: it calls them "Unknown system error -116". */
const UNNAMED: ReadonlyMap<unknown, string> = new Map([
  [-37, 'ENOLCK'],
  [-74, 'EBADMSG'],
  [-116, 'ESTALE'],
  [-117, 'EUCLEAN'],
  [-122, 'EDQUOT'],
  [-126, 'ENOKEY'],
]);

/** The code of a system error, such as ENOENT; undefined for anything else. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  const name = 'errno' in error ? UNNAMED.get(error.errno) : undefined;
  return name ?? (typeof error.code === 'string' ? error.code : undefined);
}

/**
 * A question that a recorded world cannot answer. No Problem, since steps take some of those for
 * an answer: what is not known must never pass for what is not there.
 */
export class Unanswered extends Error {
  /** What the step that asked fails with. */
  readonly problem: Problem;

  /** @param what what was asked for, as the start of a sentence: `the owner of /opt/x` */
  constructor(what: string) {
    const problem = new Problem({
      code: 'unanswered',
      found: `${what} was not recorded`,
      mend: 'take the facts again, with this plan',
    });
    super(problem.message);
    this.name = 'Unanswered';
    this.problem = problem;
  }
}
