import { Problem } from './problem.ts';

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
