import { setImmediate } from 'node:timers/promises';
import { checkTime, type Progress, type Time } from '../../scan.ts';

/** After how many entries a walk lets timers and signals in. */
const ENTRIES_AT_A_STRETCH = 1024;

/** Lets timers and signals in on a long walk, says how far it is, and stops it when its time is up. */
export class Pace {
  readonly #time: Time;
  readonly #doing: string;
  readonly #done: () => Progress;
  #entries = 0;

  /** @param doing for the message when it is stopped; @param done how far the walk is */
  constructor(time: Time, doing: string, done: () => Progress) {
    this.#time = time;
    this.#doing = doing;
    this.#done = done;
  }

  /** Whether a walk that has passed so many entries more is to wait for `rest`. */
  passed(entries: number): boolean {
    this.#entries += entries;
    return this.#entries >= ENTRIES_AT_A_STRETCH;
  }

  /** @throws what `checkTime` throws */
  async rest(): Promise<void> {
    this.#entries = 0;
    this.#time.progress?.(this.#done());
    await setImmediate();
    this.check();
  }

  /** @throws what `checkTime` throws */
  check(): void {
    checkTime(this.#time.signal, this.#doing);
  }
}
