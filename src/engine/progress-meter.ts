/** Says how far a step is, at most once a second: what it looks at, how fast, and what it makes. */
import type { Change } from '../changes/change.ts';
import type { Progress } from '../system/scan.ts';

/** How often a step says how far it is, in milliseconds. */
const INTERVAL = 1000;

/** How far a step is. */
export interface Measured {
  readonly progress: Progress;
  /** How many entries it looks at in a second; unset where it looks at none. */
  readonly rate?: number;
  /** What is being made; unset while the step looks. */
  readonly change?: Change;
}

/** What a meter asks for the time, and whom it tells. */
interface Meter {
  /** In milliseconds since the step began, without what it waited for another boot. */
  readonly elapsed: () => number;
  readonly tell: (measured: Measured, elapsed: number) => void;
  /** Acts again and again until the function that it returns is called. */
  readonly every?: (interval: number, act: () => void) => () => void;
}

/** Measures one step. */
export class ProgressMeter {
  readonly #meter: Meter;
  #next = INTERVAL;
  #change: Change | undefined;
  /** How far the walk is that goes on, and when it may have begun. */
  #walk: Progress | undefined;
  #began = 0;
  #stop: (() => void) | undefined;

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  /** A walk has come so far; one that has come less far than before is another one. */
  readonly walked = (done: Progress): void => {
    if (this.#walk !== undefined && done.looked < this.#walk.looked) {
      this.#began = this.#meter.elapsed();
    }
    this.#walk = done;
    this.#tell();
  };

  /** A change is being made, which may take long without a word. */
  making(change: Change): void {
    this.#change = change;
    this.#walk = undefined;
    this.#began = this.#meter.elapsed();
    this.#stop ??= (this.#meter.every ?? every)(INTERVAL, () => {
      this.#tell();
    });
  }

  /** The step has ended. */
  end(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  #tell(): void {
    const elapsed = this.#meter.elapsed();
    if (elapsed < this.#next) return;
    this.#next = elapsed + INTERVAL;
    const progress = this.#walk ?? { looked: 0, changed: 0 };
    const seconds = (elapsed - this.#began) / 1000;
    this.#meter.tell(
      {
        progress,
        ...(progress.looked > 0 && seconds > 0
          ? { rate: Math.round(progress.looked / seconds) }
          : {}),
        ...(this.#change === undefined ? {} : { change: this.#change }),
      },
      elapsed,
    );
  }
}

/**
 * Acts again and again until the function that it returns is called. It keeps nobody waiting: a boot
 * that ends does not wait for it.
 * @param interval in milliseconds
 */
export function every(interval: number, act: () => void): () => void {
  const timer = setInterval(act, interval).unref();
  return () => {
    clearInterval(timer);
  };
}
