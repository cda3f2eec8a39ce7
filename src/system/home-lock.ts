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

/** What the boot that holds a home says of itself, for those that wait. */
export interface LockHolder {
  /** Tells boots apart. */
  readonly boot: string;
  readonly plan: string;
  /** The name of its host: in a container, what the container is called there. */
  readonly host: string;
  readonly pid: number;
  /** When it took the lock, as ISO 8601. */
  readonly since: string;
  /** Whether it has come to its end. */
  readonly ended: boolean;
}

/** The record of a lock file as text. */
export function showHolder(holder: LockHolder): string {
  return `${JSON.stringify(holder)}\n`;
}

/**
 * Reads the record of a lock file; undefined where there is none that makes sense. Whoever owns
 * the home could have written it.
 */
export function parseHolder(text: string): LockHolder | undefined {
  const record = parse(text);
  if (typeof record !== 'object' || record === null) return undefined;
  const { boot, plan, host, pid, since, ended } = Object.fromEntries(Object.entries(record));
  if (typeof boot !== 'string' || typeof plan !== 'string' || typeof host !== 'string') {
    return undefined;
  }
  if (typeof pid !== 'number' || typeof since !== 'string') return undefined;
  return { boot, plan, host, pid, since, ended: ended === true };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
