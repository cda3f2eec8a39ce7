/** Reads the recorded state of a profile's gateway, which decides whether a boot starts it. */
import { isAnswer } from '../errors/look-failed.ts';
import { whatIs } from '../step/notes.ts';
import { lookBelow } from '../step/paths.ts';
import type { Reader } from '../system/content.ts';
import { join } from '../system/path.ts';
import type { ReadSystem } from '../system/system.ts';
import { nullable, object, text, type TypeOf } from '../text/codec.ts';
import { parseObject } from '../text/json-object.ts';

/** The file in which a profile records the state of its gateway, and the wanted state. */
export const STATE_FILE = 'gateway_state.json';

/** In bytes; a state is a few hundred. */
const LARGEST_STATE = 64 * 1024;

/** States that only a running gateway passes through: it was stopped in the middle of them. */
const AS_RUNNING = ['draining', 'degraded'];

/** What the next boot does with a gateway. */
export interface RecordedState {
  /** The state as it is logged; undefined where none is recorded. */
  readonly prior: string | undefined;
  readonly starts: boolean;
  /** Why it starts or stays down, as a phrase. */
  readonly why: string;
  /** Whether somebody should check the file. */
  readonly doubtful: boolean;
  /** Set where the default gateway serves the profile: whether it wants to run by its own state. */
  readonly served?: 'wanted' | 'unwanted';
}

/**
 * Reads the recorded state of a profile's gateway. The wanted state comes before the last state,
 * which an upgrade or a kill may have left in passing (#46292, #33597).
 * @param base the home
 * @param below the profile's directory in it, empty for the home itself
 */
export function readState(system: ReadSystem, base: string, below: string): RecordedState {
  const path = join(join(base, below), STATE_FILE);
  const entry = lookBelow(system, base, join(below, STATE_FILE));
  if (entry.type === 'missing') return down(undefined, 'no state is recorded');
  if (entry.type !== 'file') return doubtful(`${path} is ${whatIs(entry)}`);
  const read = orReason(path, () => system.readAs(path, states, LARGEST_STATE));
  if (typeof read === 'string') return doubtful(read);
  const { desired, last } = read;
  if (desired !== null) return judge(desired, WANTED);
  if (last === null) return down(undefined, `${path} records no state`);
  return judge(last, 'its last state is');
}

const WANTED = 'its wanted state is';

/** What a boot reads from a state file; null for what is missing. */
const statesCodec = object({ desired: nullable(text), last: nullable(text) });

type States = TypeOf<typeof statesCodec>;

/** Longer states are shown cut off; no known state is longer. */
const LONGEST_SHOWN = 40;

const states: Reader<States | null> = {
  name: 'the state',
  codec: nullable(statesCodec),
  read(content) {
    const fields = fieldsOf(content);
    if (fields === undefined) return null;
    const stateOf = (name: string): string | null => {
      const state = fields.get(name) ?? null;
      const shown = typeof state === 'string' || state === null ? state : JSON.stringify(state);
      // One more, so that it is known that there are more.
      return shown?.slice(0, LONGEST_SHOWN + 1) ?? null;
    };
    return { desired: stateOf('desired_state'), last: stateOf('gateway_state') };
  },
};

/** The fields of a state file; a text says why there are none. */
export function readFields(
  system: ReadSystem,
  path: string,
): ReadonlyMap<string, unknown> | string {
  return orReason(path, () => fieldsOf(system.readText(path, LARGEST_STATE)));
}

/** What was read, or why nothing could be. */
function orReason<T>(path: string, read: () => T | null | undefined): T | string {
  try {
    return read() ?? `${path} is not a JSON object`;
  } catch (error) {
    if (isAnswer(error)) return error.message;
    throw error;
  }
}

/** The fields of a JSON object, with or without a byte order mark; undefined for anything else. */
export function fieldsOf(content: string): ReadonlyMap<string, unknown> | undefined {
  return parseObject(content.replace(/^\uFEFF/, ''));
}

function judge(state: string, is: string): RecordedState {
  const shown = JSON.stringify(state.slice(0, LONGEST_SHOWN));
  const prior = /^[a-z_-]{1,40}$/.test(state) ? state : 'unknown';
  const starts = state === 'running' || (is !== WANTED && AS_RUNNING.includes(state));
  return { prior, starts, why: `${is} ${shown}`, doubtful: false };
}

function down(prior: string | undefined, why: string): RecordedState {
  return { prior, starts: false, why, doubtful: false };
}

function doubtful(why: string): RecordedState {
  return { prior: 'unknown', starts: false, why, doubtful: true };
}
