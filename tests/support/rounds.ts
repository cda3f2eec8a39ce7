import { inject } from 'vitest';

/*
 * How many generated worlds a law is tried on: all of them, or a few in the short round of `npm test`.
 */

/** A short round tries one world in so many. */
const SHORTENED = 20;

/** The number of runs for a law that a full round tries on `full` worlds. */
export function rounds(full: number): number {
  return inject('laws') === 'short' ? Math.max(2, Math.ceil(full / SHORTENED)) : full;
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** Whether laws are tried on all their worlds; set by vitest.config.ts. */
    laws: 'full' | 'short';
  }
}
