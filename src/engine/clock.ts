import { Problem } from '../errors/problem.ts';

/** A moment, in milliseconds since another one. Not performance.now(), whose module has to load. */
export function now(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1_000_000;
}

/**
 * The time that something may take. Its signal is made when somebody asks for it: most steps of a
 * boot that finds nothing to do never look at theirs.
 */
export class TimeLimit {
  readonly #end: number;
  readonly #outer: AbortSignal;
  #cut: AbortController | undefined;
  /** Kept, because a signal made of others does not keep them: nothing would end in time. */
  #clock: AbortSignal | undefined;
  #signal: AbortSignal | undefined;

  /** @param duration in milliseconds; @param outer aborts it, too */
  constructor(duration: number, outer: AbortSignal) {
    this.#end = now() + duration;
    this.#outer = outer;
  }

  /** Milliseconds that are left; 0 when the time is up. */
  get left(): number {
    return Math.max(0, this.#end - now());
  }

  /** Aborts when the time is up. */
  get signal(): AbortSignal {
    this.#cut ??= new AbortController();
    this.#clock ??= AbortSignal.timeout(Math.ceil(this.left));
    this.#signal ??= AbortSignal.any([this.#outer, this.#cut.signal, this.#clock]);
    return this.#signal;
  }

  /** Ends it now, because nobody waits for the result any more. */
  cut(): void {
    this.#cut ??= new AbortController();
    this.#cut.abort(new Problem({ found: 'nobody waits for this any more' }));
  }
}
