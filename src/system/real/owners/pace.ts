import { setImmediate } from 'node:timers/promises';
import { checkTime, type Time } from '../../scan.ts';

/** After how many entries a walk lets timers and signals in. */
const ENTRIES_AT_A_STRETCH = 1024;

/** Lets timers and signals in on a long walk, and stops it when its time is up. */
export class Pace {
  readonly #time: Time;
  readonly #doing: string;
  #entries = 0;

  constructor(time: Time, doing: string) {
    this.#time = time;
    this.#doing = doing;
  }

  /** Whether a walk that has passed so many entries more is to wait for `rest`. */
  passed(entries: number): boolean {
    this.#entries += entries;
    return this.#entries >= ENTRIES_AT_A_STRETCH;
  }

  /** @throws what `checkTime` throws */
  async rest(): Promise<void> {
    this.#entries = 0;
    await setImmediate();
    this.check();
  }

  /** @throws what `checkTime` throws */
  check(): void {
    checkTime(this.#time.signal, this.#doing);
  }
}
