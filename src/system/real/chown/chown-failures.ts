/** Collects what a repair of owners could not change, so that one entry does not stop the others. */
import { errnoOf, Problem } from '../../../errors/problem.ts';
import { systemProblem } from '../errno.ts';

/** How many failures are reported one by one. */
const MAX_SHOWN = 3;

/** What vanishes or turns into something else during a walk is somebody else's doing. */
const VANISHED = ['ENOENT', 'ENOTDIR', 'ELOOP'];

/** The failures of one repair: the first few in words, and how many there are. */
export class ChownFailures {
  #count = 0;
  #first: Problem | undefined;
  readonly #shown: string[] = [];

  /** Whether there is one. */
  get any(): boolean {
    return this.#first !== undefined;
  }

  /** Does something to `path`, and notes why it could not be done. */
  attempt(path: string, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.add(path, error);
    }
  }

  /** Notes why something could not be done to `path`; returns whether that is a failure at all. */
  add(path: string, error: unknown): boolean {
    if (VANISHED.includes(errnoOf(error) ?? '')) return false;
    const problem = systemProblem(error, `setting the owner of ${path}`);
    this.#count += 1;
    this.#first ??= problem;
    if (this.#shown.length < MAX_SHOWN) this.#shown.push(problem.found);
    return true;
  }

  /** @throws Problem that says how many entries below `path` could not be changed, if any */
  throwAny(path: string): void {
    if (this.#first === undefined) return;
    const { code, mend, sharedCause: cause, errno } = this.#first;
    const more = this.#count - this.#shown.length;
    const found = `${this.#shown.join('; ')}${more > 0 ? `; and ${more} more below ${path}` : ''}`;
    throw new Problem({ code, found, mend, cause, errno });
  }
}
