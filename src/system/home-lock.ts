/** Keeps boots that share a home apart: what the engine knows of the lock; real/real-home-lock.ts is it. */
import { Problem } from '../errors/problem.ts';

/** The file that a boot locks, below the home. Root's own, so on no list of a plan. */
export const LOCK_FILE = '.hermes-boot.lock';

/** How much somebody should know about the lock of a home. */
export interface LockNotice {
  readonly severity: 'info' | 'warning';
  readonly text: string;
}

/**
 * What came of asking for a home: it is ours and as it was when its mark was taken (`fresh`); ours,
 * but another boot was at it since (`stale`); not there yet, so that there is nothing to share
 * (`absent`); or it cannot be locked here (`unavailable`).
 */
export type Acquired = 'fresh' | 'stale' | 'absent' | 'unavailable';

/**
 * Keeps boots that share a home apart. It is asked for when the first change is to be made: a boot
 * with nothing to do takes no lock and starts no process.
 */
export interface HomeLock {
  /** Notes which boot was the last, before anything of the world is looked at. */
  mark(): void;
  /**
   * Waits until no other boot is at work.
   * @param tell takes what a person should know meanwhile
   * @throws Problem of code `timeout`, naming who holds the home, when that takes too long
   */
  acquire(signal: AbortSignal, tell: (notice: LockNotice) => void): Promise<Acquired>;
  /** Lets the next one in. */
  release(): void;
}

/** Another boot has the home, and did not end in time. */
export class HomeHeld extends Problem {}
