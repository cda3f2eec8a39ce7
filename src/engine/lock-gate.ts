/** Takes the lock of the home before the first change. Where another boot held it meanwhile, what was seen may be old, and this boot begins again. */
import type { HomeLock } from '../system/home-lock.ts';
import { now, type TimeLimit } from './time-limit.ts';
import type { BootEvent, Listener, Span } from './result.ts';

/** Another boot has changed the world since this one looked: it starts over. */
export class StaleWorld extends Error {}

/**
 * Holds the first change of a boot until no other boot of the same home runs. Events of what was
 * found before that are held back, since it may have to be found again.
 */
export class LockGate {
  readonly #lock: HomeLock | undefined;
  readonly #listener: Listener;
  readonly #held: BootEvent[] = [];
  #state: 'closed' | 'open' | 'stale';
  #waited: Span | undefined;
  /** What all steps wait for that reach the gate meanwhile. */
  #opening: Promise<void> | undefined;

  constructor(lock: HomeLock | undefined, listener: Listener) {
    this.#lock = lock;
    this.#listener = listener;
    this.#state = lock === undefined ? 'open' : 'closed';
  }

  /** A look at the world begins, the first or one after a StaleWorld. */
  begin(): void {
    this.#held.length = 0;
    if (this.#state === 'stale') this.#state = 'open';
    if (this.#state === 'closed') this.#lock?.mark();
  }

  /** Passes an event on now or, where it may turn out wrong, later. */
  readonly emit: Listener = (event) => {
    const final = !['note', 'cause-found', 'step-finished'].includes(event.type);
    if (this.#state === 'open' || final) this.#listener(event);
    else this.#held.push(event);
  };

  /**
   * Waits until changes may be made; undefined where they may at once.
   * @throws StaleWorld when the world has to be looked at again
   * @throws HomeHeld when it takes too long
   */
  pass(limit: TimeLimit): Promise<void> | undefined {
    if (this.#state === 'open' || this.#lock === undefined) return undefined;
    if (this.#state === 'stale') throw new StaleWorld();
    this.#opening ??= this.#open(this.#lock, limit);
    return this.#opening;
  }

  /**
   * When the boot waited for the lock, and for how long in all; undefined where it needed none.
   * @param since when the boot began; see `now`
   */
  waited(since: number): Span | undefined {
    return this.#waited && { ...this.#waited, began: this.#waited.began - since };
  }

  /** Passes on what was held back. */
  flush(): void {
    for (const event of this.#held.splice(0)) this.#listener(event);
  }

  async #open(lock: HomeLock, limit: TimeLimit): Promise<void> {
    const asked = now();
    const acquired = await lock.acquire(limit.signal, ({ severity, text }) => {
      this.#listener({ type: 'lock', severity, text });
    });
    const { began, duration } = this.#waited ?? { began: asked, duration: 0 };
    this.#waited = { began, duration: duration + now() - asked };
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
