import type { HomeLock } from '../system/home-lock.ts';
import type { TimeLimit } from './context.ts';
import type { BootEvent, Listener } from './event.ts';

/** Why a boot starts over: another one has changed the world since it was looked at. */
export class StaleWorld extends Error {}

/**
 * Stands before the first change of a boot, until no other boot of the same home is at work. What
 * was found before that is held back, since it may have to be found again.
 */
export class LockGate {
  readonly #lock: HomeLock | undefined;
  readonly #listener: Listener;
  readonly #held: BootEvent[] = [];
  #state: 'closed' | 'open' | 'stale';
  /** What all steps that come to the gate meanwhile wait for. */
  #opening: Promise<void> | undefined;

  /** @param lock none where no boot can get in the way */
  constructor(lock: HomeLock | undefined, listener: Listener) {
    this.#lock = lock;
    this.#listener = listener;
    this.#state = lock === undefined ? 'open' : 'closed';
  }

  /** Begins to look at the world, once more after a StaleWorld. */
  begin(): void {
    this.#held.length = 0;
    if (this.#state === 'stale') this.#state = 'open';
    if (this.#state === 'closed') this.#lock?.mark();
  }

  /** Tells an event now or, where it may have to be taken back, later. */
  readonly tell: Listener = (event) => {
    const final = !['note', 'cause-found', 'step-finished'].includes(event.type);
    if (this.#state === 'open' || final) this.#listener(event);
    else this.#held.push(event);
  };

  /**
   * Waits for the way to be free; undefined where it is.
   * @throws StaleWorld when the world has to be looked at again
   * @throws HomeHeld when it takes too long
   */
  pass(limit: TimeLimit): Promise<void> | undefined {
    if (this.#state === 'open' || this.#lock === undefined) return undefined;
    if (this.#state === 'stale') throw new StaleWorld();
    this.#opening ??= this.#open(this.#lock, limit);
    return this.#opening;
  }

  /** Tells what was held back. */
  flush(): void {
    for (const event of this.#held.splice(0)) this.#listener(event);
  }

  async #open(lock: HomeLock, limit: TimeLimit): Promise<void> {
    const acquired = await lock.acquire(limit.signal, ({ severity, text }) => {
      this.#listener({ type: 'lock', severity, text });
    });
    if (acquired === 'absent') {
      // The home may be what the next change makes.
      this.#opening = undefined;
    } else if (acquired === 'stale') {
      this.#state = 'stale';
      throw new StaleWorld();
    } else {
      this.#state = 'open';
      this.flush();
    }
  }
}
