import { isSupervised } from '../../gateway/slot.ts';
import { s6 } from './s6.ts';
import type { Surroundings } from './surroundings.ts';

/** What s6 knows of a gateway. */
export interface Status {
  /** Whether s6 supervises it at all; the rest says nothing where it does not. */
  readonly supervised: boolean;
  readonly up: boolean;
  /** Whether s6 tries to keep it up. */
  readonly wantedUp: boolean;
  /** Whether s6 starts it with the container. */
  readonly normallyUp: boolean;
  readonly pid: number | null;
  /** How it ended last; null while it runs, or when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** How long it has been up or down, in seconds. */
  readonly seconds: number;
}

const UNSUPERVISED: Status = {
  supervised: false,
  up: false,
  wantedUp: false,
  normallyUp: false,
  pid: null,
  exitCode: null,
  signal: null,
  seconds: 0,
};

/**
 * The fields for programs: the line for people has changed between versions of s6, and broke
 * whoever read it.
 */
const FIELDS = 'up,wantedup,normallyup,pid,exitcode,signal,updownfor';

/** Asks s6 how a slot is doing. */
export function statusOf(around: Surroundings, slot: string): Status {
  if (!isSupervised(around.system, slot)) return UNSUPERVISED;
  const words = s6(around, 's6-svstat', '-o', FIELDS, slot).trim().split(/\s+/);
  const [up, wantedUp, normallyUp, pid, exitCode, signal, seconds] = words;
  return {
    supervised: true,
    up: up === 'true',
    wantedUp: wantedUp === 'true',
    normallyUp: normallyUp === 'true',
    pid: positive(pid, 1),
    exitCode: up === 'true' ? null : positive(exitCode, 0),
    signal: up !== 'true' && signal?.startsWith('SIG') === true ? signal : null,
    seconds: Number(seconds),
  };
}

/** A status for people, as the end of a sentence: `up, pid 12, for 3 s`. */
export function showStatus(status: Status): string {
  const { supervised, up, wantedUp, pid, exitCode, signal, seconds } = status;
  if (!supervised) return 'registered, but not supervised yet';
  if (up) return `up, pid ${pid ?? 'unknown'}, for ${seconds} s`;
  const ended = signal ?? (exitCode === null ? undefined : `exit code ${exitCode}`);
  const parts = [
    'down',
    ...(ended === undefined ? [] : [ended]),
    `for ${seconds} s`,
    ...(wantedUp ? ['about to be started again'] : []),
  ];
  return parts.join(', ');
}

function positive(text: string | undefined, least: number): number | null {
  const value = Number(text);
  return Number.isInteger(value) && value >= least ? value : null;
}
