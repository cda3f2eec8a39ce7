import { Problem } from '../errors/problem.ts';
import { whatIs } from '../step/phrases.ts';
import { lookBelow } from '../step/place.ts';
import { join } from '../system/path.ts';
import type { ReadSystem } from '../system/system.ts';

/** Where a profile keeps what became of its gateway, and what was wanted of it. */
export const STATE_FILE = 'gateway_state.json';

/** In bytes; a state is a few hundred. */
const LARGEST_STATE = 64 * 1024;

/** States that only a running gateway passes through: it was stopped in the middle of them. */
const AS_RUNNING = ['draining', 'degraded'];

/** What the recorded state of a gateway says of the next boot. */
export interface RecordedState {
  /** The state as it is logged; undefined where none is recorded. */
  readonly prior: string | undefined;
  readonly starts: boolean;
  /** Why it starts or stays down, as a phrase. */
  readonly why: string;
  /** Whether somebody should have a look at the file. */
  readonly doubtful: boolean;
}

/**
 * What the recorded state of a profile's gateway says. What somebody wanted of it counts before
 * what was last seen of it, which an upgrade or a kill may have left in passing (#46292, #33597).
 *
 * @param base the home; @param below the profile's directory in it, empty for the home itself
 */
export function readState(system: ReadSystem, base: string, below: string): RecordedState {
  const path = join(join(base, below), STATE_FILE);
  const entry = lookBelow(system, base, join(below, STATE_FILE));
  if (entry.type === 'missing') return down(undefined, 'no state of it is recorded');
  if (entry.type !== 'file') return doubtful(`${path} is ${whatIs(entry)}`);
  const fields = readFields(system, path);
  if (typeof fields === 'string') return doubtful(fields);
  const desired = fields.get('desired_state') ?? undefined;
  if (desired !== undefined) return judge(desired, 'it was told to be');
  const last = fields.get('gateway_state') ?? undefined;
  if (last === undefined) return down(undefined, `${path} records no state`);
  return judge(last, 'its last state is');
}

/** The fields of a state file; a text says why there are none. */
export function readFields(
  system: ReadSystem,
  path: string,
): ReadonlyMap<string, unknown> | string {
  try {
    const text = system.readText(path, LARGEST_STATE).replace(/^\uFEFF/, '');
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return new Map<string, unknown>(Object.entries(value));
    }
  } catch (error) {
    if (error instanceof Problem) return error.message;
    if (!(error instanceof SyntaxError)) throw error;
  }
  return `${path} is no JSON object`;
}

function judge(state: unknown, is: string): RecordedState {
  const text = typeof state === 'string' ? state : JSON.stringify(state);
  const shown = JSON.stringify(text.slice(0, 40));
  const prior = /^[a-z_-]{1,40}$/.test(text) ? text : 'unknown';
  const starts = text === 'running' || (is !== 'it was told to be' && AS_RUNNING.includes(text));
  return { prior, starts, why: `${is} ${shown}`, doubtful: false };
}

function down(prior: string | undefined, why: string): RecordedState {
  return { prior, starts: false, why, doubtful: false };
}

function doubtful(why: string): RecordedState {
  return { prior: 'unknown', starts: false, why, doubtful: true };
}
