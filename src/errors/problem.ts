/**
 * Why a step or the boot cannot go on, by what the caller can do about it. It decides the exit
 * code: `not-permitted` is 77, `timeout` 75, `invalid` (an input that does not fit) and `unanswered`
 * (facts that do not know) 78, `failed` 1.
 */
export type ProblemCode = 'failed' | 'not-permitted' | 'timeout' | 'invalid' | 'unanswered';

/** The parts of a problem. Each is a phrase in lower case without a full stop. */
export interface ProblemParts {
  readonly code?: ProblemCode;
  /** What was found, with the path in the world or the variable where it was found. */
  readonly found: string;
  /** What was wanted instead, where that is not plain from `found`. */
  readonly wanted?: string;
  /** What the operator can do; one line each. */
  readonly mend?: string | readonly string[];
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

  constructor(parts: ProblemParts) {
    super(parts.wanted === undefined ? parts.found : `${parts.found}; wanted ${parts.wanted}`);
    this.name = 'Problem';
    this.code = parts.code ?? 'failed';
    this.found = parts.found;
    this.wanted = parts.wanted;
    this.mend = typeof parts.mend === 'string' ? [parts.mend] : (parts.mend ?? []);
  }
}

/** The check behind every exhaustive switch: reaching it is a bug. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}

/** The code of a system error, such as ENOENT; undefined for anything else. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
