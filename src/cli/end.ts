import { problemOf } from '../errors/look-failed.ts';
import { Problem } from '../errors/problem.ts';
import { showLine } from '../report/boot-log.ts';
import { problemLines, viewProblem } from '../report/step-view.ts';
import { exitOfProblem } from './exit.ts';
import type { Exit } from './exit.ts';
import type { Context } from './io.ts';

/** Ends a command before its work is done, for a reason that the caller can mend. */
export class EarlyEnd extends Error {
  readonly exit: Exit;
  /** What to tell on stderr, a line each. */
  readonly lines: readonly string[];

  constructor(exit: Exit, ...lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'EarlyEnd';
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

/** Tells on stderr what ended a command, and says how the process ends. */
export function endOf(error: unknown, { io, redactor }: Context): Exit {
  const tell = (lines: readonly string[]): void => {
    for (const line of lines) {
      io.stderr.write(showLine({ level: 'fatal', text: redactor.text(line) }));
    }
  };
  if (error instanceof EarlyEnd) {
    tell(error.lines);
    return error.exit;
  }
  if (io.signal.aborted && io.signal.reason instanceof Interruption) {
    tell([io.signal.reason.found]);
    return io.signal.reason.exit;
  }
  const problem = problemOf(error);
  if (problem !== undefined) {
    tell(problemLines(viewProblem(problem)));
    return exitOfProblem(problem.code);
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  tell(['this is a bug of hermes-boot; please report it with what follows', ...stack.split('\n')]);
  return 'bug';
}
