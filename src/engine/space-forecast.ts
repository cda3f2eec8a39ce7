/** Warns in a dry run where what it would write does not fit on a mount. */
import type { Change } from '../changes/change.ts';
import { needsOf } from '../changes/kinds.ts';
import { warning } from '../step/notes.ts';
import type { Note } from '../step/step.ts';
import type { ReadSystem } from '../system/system.ts';
import { showBytes } from '../text/phrases.ts';

/** Most file systems give a file whole blocks of this size. */
const BLOCK = 4096;

/**
 * Compares what a dry run writes with the free space: a run would find out by failing. It warns
 * once for each mount, and never blocks: file systems that compress or reserve have more room than
 * they report.
 */
export class SpaceForecast {
  readonly #system: ReadSystem;
  /** By mount point, in bytes: what would have been written by now. */
  readonly #written = new Map<string, number>();
  readonly #warned = new Set<string>();

  constructor(system: ReadSystem) {
    this.#system = system;
  }

  /** A warning for each mount on which what is written up to this step does not fit. */
  notes(changes: readonly Change[]): Note[] {
    return changes.flatMap((change) => {
      const needed = needsOf(change).find((one) => one.need === 'space');
      if (needed === undefined) return [];
      const point = this.#system.mountOf(change.path)?.point ?? '/';
      const bytes = Math.ceil(needed.bytes / BLOCK) * BLOCK;
      const written = (this.#written.get(point) ?? 0) + bytes;
      this.#written.set(point, written);
      const free = this.#warned.has(point)
        ? undefined
        : this.#system.ask({ kind: 'freeBytes', path: change.path });
      if (free === undefined || free >= written) return [];
      this.#warned.add(point);
      return [warning(tooFull(point, free, written))];
    });
  }
}

function tooFull(point: string, free: number, needed: number): string {
  return (
    `${point} has ${showBytes(free)} free, but ${showBytes(needed)} are needed up to here: this step ` +
    'and those after it will most likely fail; free some space there, or make it larger'
  );
}
