import { errnoOf, Problem } from '../../../errors/problem.ts';
import { systemProblem } from '../errno.ts';
import type { FailureReport } from './share-report.ts';

/** How many failures are told one by one. */
const TOLD_FAILURES = 3;

/** Collects failures, so that one entry does not keep the others from being repaired. */
export class Failures {
  #count = 0;
  #first: Problem | undefined;
  readonly #told: string[] = [];

  /** Whether there is one. */
  get any(): boolean {
    return this.#first !== undefined;
  }

  /** Does something to `path`; undefined when it failed. */
  attempt<T>(path: string, act: () => T): T | undefined {
    try {
      return act();
    } catch (error) {
      this.add(path, error);
      return undefined;
    }
  }

  /** Notes why something could not be done to `path`; tells whether that is a failure at all. */
  add(path: string, error: unknown): boolean {
    // What vanishes or turns into something else while we walk is somebody else's doing.
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errnoOf(error) ?? '')) return false;
    const problem = systemProblem(error, `setting the owner of ${path}`);
    this.#count += 1;
    this.#first ??= problem;
    if (this.#told.length < TOLD_FAILURES) this.#told.push(problem.found);
    return true;
  }

  /** For a process that puts several together. */
  report(): FailureReport {
    const report = { count: this.#count, told: this.#told };
    if (this.#first === undefined) return report;
    const { code, found, mend, errno } = this.#first;
    return { ...report, first: { code, found, mend }, errno };
  }

  /** Puts those of another process to these. */
  join({ count, told, first, errno }: FailureReport): void {
    if (first === undefined) return;
    this.#first ??= new Problem({ ...first, errno });
    this.#count += count;
    this.#told.push(...told.slice(0, TOLD_FAILURES - this.#told.length));
  }

  /** @throws Problem that tells how many entries below `path` could not be changed, if any */
  throwAny(path: string): void {
    if (this.#first === undefined) return;
    const more = this.#count - this.#told.length;
    throw new Problem({
      code: this.#first.code,
      found: `${this.#told.join('; ')}${more > 0 ? `; and ${more} more below ${path}` : ''}`,
      mend: this.#first.mend,
      cause: this.#first.sharedCause,
      errno: this.#first.errno,
    });
  }
}
