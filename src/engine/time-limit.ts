/** Limits the time that a boot and its steps may take. */

/** A time in milliseconds since another one. Not performance.now(), whose module has to load. */
export function now(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1_000_000;
}

/**
 * The time that something may take. Its signal is made on first use: most steps of a boot that
 * finds nothing to do never look at theirs.
 */
export class TimeLimit {
  readonly #end: number;
  readonly #outer: readonly AbortSignal[];
  /** Kept, because a signal made of others does not keep them: it would never abort. */
  #clock: AbortSignal | undefined;
  #signal: AbortSignal | undefined;

  /** @param duration in milliseconds; @param outer each aborts it, too */
  constructor(duration: number, ...outer: readonly AbortSignal[]) {
    this.#end = now() + duration;
    this.#outer = outer;
  }

  /** Milliseconds that are left; 0 when the time is up. */
  get left(): number {
    return Math.max(0, this.#end - now());
  }

  /** Aborts when the time is up. */
  get signal(): AbortSignal {
    this.#clock ??= AbortSignal.timeout(Math.ceil(this.left));
    this.#signal ??= AbortSignal.any([...this.#outer, this.#clock]);
    return this.#signal;
  }
}
