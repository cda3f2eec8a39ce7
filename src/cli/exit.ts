import type { BootReport } from '../engine/report.ts';
import type { ProblemCode } from '../errors/problem.ts';
import { unreachable } from '../errors/problem.ts';

/** The exit codes and what each means; `--help` prints this table. */
export const EXIT = {
  done: { code: 0, meaning: 'done, or nothing to do; degraded too, unless --strict' },
  stopped: {
    code: 1,
    meaning: 'a step stopped the boot; status: not well; a gateway could not be told',
  },
  drift: { code: 2, meaning: 'drift: verify, and plan with --detailed-exitcode' },
  usage: { code: 64, meaning: 'the command line is wrong' },
  noInput: { code: 66, meaning: 'no such plan or root' },
  bug: { code: 70, meaning: 'a bug of hermes-boot; the only time that a stack is shown' },
  io: { code: 74, meaning: 'an I/O error: a file cannot be read, or standard output written' },
  timeout: { code: 75, meaning: 'something took too long; trying again may help' },
  notPermitted: { code: 77, meaning: 'this process has not the rights that it takes' },
  config: { code: 78, meaning: 'the plan, an input or a facts document is not valid' },
  interrupted: { code: 130, meaning: 'stopped by SIGINT' },
  terminated: { code: 143, meaning: 'stopped by SIGTERM' },
} as const;

/** The name of an exit code. */
export type Exit = keyof typeof EXIT;

/** How an expected failure ends the process. */
export function exitOfProblem(code: ProblemCode): Exit {
  switch (code) {
    case 'failed':
      return 'stopped';
    case 'not-permitted':
      return 'notPermitted';
    case 'timeout':
    case 'transient':
      return 'timeout';
    case 'io':
      return 'io';
    case 'invalid':
    case 'unanswered':
      return 'config';
    default:
      return unreachable(code);
  }
}

/** What decides the exit code of a boot besides its report. */
interface Verdict {
  /** A degraded boot is a failed one. */
  readonly strict: boolean;
  /** A world that is not converged is a failed one. */
  readonly drift: boolean;
}

/** How a boot, dry or real, ends the process. */
export function exitOfReport(report: BootReport, { strict, drift }: Verdict): Exit {
  if (report.result === 'stopped') {
    return exitOfProblem(report.stoppedBy?.problem?.code ?? 'failed');
  }
  if (report.result === 'degraded' && strict) return 'stopped';
  return drift && !report.converged ? 'drift' : 'done';
}
