import { setImmediate } from 'node:timers/promises';
import { checkTime } from '../../scan.ts';

/** Lets timers and signals in on a long walk, and stops it when its time is up. */
export class Pace {
  readonly #signal: AbortSignal;
  readonly #doing: string;
  readonly #stretch: number;
  #entries = 0;

  /** @param stretch after how many entries it does so */
  constructor(signal: AbortSignal, doing: string, stretch: number) {
    this.#signal = signal;
    this.#doing = doing;
    this.#stretch = stretch;
  }

  /** Whether a walk that has passed so many entries more is to wait for `rest`. */
  passed(entries: number): boolean {
    this.#entries += entries;
    return this.#entries >= this.#stretch;
  }

  /** @throws what `checkTime` throws */
  async rest(): Promise<void> {
    this.#entries = 0;
    await setImmediate();
    this.check();
  }

  /** @throws what `checkTime` throws */
  check(): void {
    checkTime(this.#signal, this.#doing);
  }
}
