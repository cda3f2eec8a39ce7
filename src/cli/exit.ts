/** How the process ends: the exit codes, and what is reported when a command fails. */
import { type BootResult, SEVERITIES } from '../engine/result.ts';
import { problemOf } from '../errors/look-failed.ts';
import { Problem, type ProblemCode } from '../errors/problem.ts';
import { writeLog } from '../report/boot-log.ts';
import { type AnyDocument, type ErrorDocument, writeDocument } from '../report/documents.ts';
import type { Output } from '../report/paint.ts';
import type { Redactor } from '../report/redact.ts';
import { problemLines } from '../report/step-view.ts';

/** The exit codes and what each means; `--help` prints this table. */
export const EXIT = {
  done: { code: 0, meaning: 'done, or nothing to do; also degraded, unless --strict' },
  stopped: {
    code: 1,
    meaning: 'a step stopped the boot, status found trouble, or gateway control failed',
  },
  drift: {
    code: 2,
    meaning: 'drift: verify; plan and diff with --detailed-exitcode; run with --expect',
  },
  usage: { code: 64, meaning: 'the command line is wrong' },
  noInput: { code: 66, meaning: 'no such plan or root directory' },
  bug: { code: 70, meaning: 'a bug of hermes-boot; the only case with a stack trace' },
  io: { code: 74, meaning: 'an I/O error: a file cannot be read, or stdout cannot be written' },
  timeout: { code: 75, meaning: 'something took too long; trying again may help' },
  notPermitted: {
    code: 77,
    meaning: 'this process lacks the privileges it needs, also to look',
  },
  config: { code: 78, meaning: 'the plan, an input or a facts document is not valid' },
  interrupted: { code: 130, meaning: 'stopped by SIGINT' },
  terminated: { code: 143, meaning: 'stopped by SIGTERM' },
} as const;

/** The name of an exit code. */
export type Exit = keyof typeof EXIT;

/** How an expected failure ends the process. */
export const EXIT_OF_PROBLEM: Readonly<Record<ProblemCode, Exit>> = {
  failed: 'stopped',
  'not-permitted': 'notPermitted',
  timeout: 'timeout',
  transient: 'timeout',
  io: 'io',
  invalid: 'config',
  unanswered: 'config',
};

/** What decides the exit code of a boot besides its result. */
interface Verdict {
  /** Whether a degraded boot counts as failed. */
  readonly strict: boolean;
  /** Whether a world that is not converged counts as failed. */
  readonly drift: boolean;
}

/** How a boot or dry run ends the process. */
export function exitOfReport(report: BootResult, { strict, drift }: Verdict): Exit {
  if (SEVERITIES[report.status] === 'error') {
    return EXIT_OF_PROBLEM[report.stoppedBy?.problem?.code ?? 'failed'];
  }
  if (report.steps.some(({ unseen }) => unseen !== undefined)) return 'notPermitted';
  if (report.status === 'degraded' && strict) return 'stopped';
  return drift && !report.converged ? 'drift' : 'done';
}

/** Ends a command before its work is done, for a reason that the caller can fix. */
export class ExitError extends Error {
  readonly exit: Exit;
  /** What to write to stderr, one line each. */
  readonly lines: readonly string[];
  /** What programs get in place of an error document. */
  readonly document: AnyDocument | undefined = undefined;

  constructor(exit: Exit, ...lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'ExitError';
    this.exit = exit;
    this.lines = lines;
  }
}

/** The request to stop that a signal makes. */
export class Interruption extends Problem {
  readonly exit: Exit;

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super({ found: `interrupted by ${signal}` });
    this.exit = signal === 'SIGINT' ? 'interrupted' : 'terminated';
  }
}

/** The interruption that has aborted a signal. */
export function interruptionOf({ reason }: { readonly reason: unknown }): Interruption | undefined {
  return reason instanceof Interruption ? reason : undefined;
}

/** Where errors are reported. */
interface Reporting {
  readonly io: { readonly stdout: Output; readonly stderr: Output; readonly signal: AbortSignal };
  readonly redactor: Redactor;
  readonly isJson?: boolean;
}

/**
 * Reports on stderr what ended a command, and for programs on stdout, too.
 * @returns how the process ends
 */
export function reportError(error: unknown, { io, redactor, isJson }: Reporting): Exit {
  const [exit, lines] = explainError(error, io.signal);
  if (isJson === true) {
    const own = error instanceof ExitError ? error.document : undefined;
    writeDocument(io.stdout, own ?? redactor.document(errorDocument(exit, lines)));
  }
  for (const line of lines) writeLog(io.stderr, 'error', redactor.text(line));
  return exit;
}

function errorDocument(exit: Exit, [message = '', ...details]: readonly string[]): ErrorDocument {
  return { version: 1, type: 'error', exit: EXIT[exit].code, code: exit, message, details };
}

function explainError(error: unknown, signal: AbortSignal): readonly [Exit, readonly string[]] {
  if (error instanceof ExitError) return [error.exit, error.lines];
  const interruption = interruptionOf(signal);
  if (interruption !== undefined) return [interruption.exit, [interruption.found]];
  const problem = problemOf(error);
  if (problem !== undefined) return [EXIT_OF_PROBLEM[problem.code], problemLines(problem)];
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const request = 'this is a bug of hermes-boot; please report it with the following lines';
  return ['bug', [request, ...stack.split('\n')]];
}
