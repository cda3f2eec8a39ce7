import type { HomeLock } from '../system/home-lock.ts';
import type { BootEvent, Listener } from './event.ts';

/** Why a boot starts over: another one has changed the world since it was looked at. */
export class StaleWorld extends Error {}

/**
 * Stands before the first change of a boot, until no other boot of the same home is at work. What
 * was found before that is held back, since it may have to be found again.
 */
export class Gate {
  readonly #lock: HomeLock | undefined;
  readonly #listener: Listener;
  readonly #held: BootEvent[] = [];
  #open: boolean;

  /** @param lock none where no boot can get in the way */
  constructor(lock: HomeLock | undefined, listener: Listener) {
    this.#lock = lock;
    this.#listener = listener;
    this.#open = lock === undefined;
  }

  /** Begins to look at the world, once more after a StaleWorld. */
  begin(): void {
    this.#held.length = 0;
    if (!this.#open) this.#lock?.mark();
  }

  /** Tells an event now or, where it may have to be taken back, later. */
  readonly tell: Listener = (event) => {
    const final = !['note', 'cause-found', 'step-finished'].includes(event.type);
    if (this.#open || final) this.#listener(event);
    else this.#held.push(event);
  };

  /**
   * Waits for the way to be free.
   * @throws StaleWorld when the world has to be looked at again
   * @throws HomeHeld when it takes too long
   */
  async pass(signal: AbortSignal): Promise<void> {
    if (this.#open || this.#lock === undefined) return;
    const acquired = await this.#lock.acquire(signal, ({ severity, text }) => {
      this.#listener({ type: 'lock', severity, text });
    });
    // The home may be what the next change makes.
    if (acquired === 'absent') return;
    this.#open = true;
    if (acquired === 'stale') throw new StaleWorld();
    this.flush();
  }

  /** Tells what was held back. */
  flush(): void {
    for (const event of this.#held.splice(0)) this.#listener(event);
  }
}
