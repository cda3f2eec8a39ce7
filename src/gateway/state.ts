import { isAnswer } from '../errors/look-failed.ts';
import { whatIs } from '../step/phrases.ts';
import { lookBelow } from '../step/place.ts';
import type { Reader } from '../system/content.ts';
import { join } from '../system/path.ts';
import type { ReadSystem } from '../system/system.ts';
import { nullable, object, text } from '../text/codec.ts';

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
  const states = readStates(system, path);
  if (typeof states === 'string') return doubtful(states);
  const { desired, last } = states;
  if (desired !== null) return judge(desired, 'it was told to be');
  if (last === null) return down(undefined, `${path} records no state`);
  return judge(last, 'its last state is');
}

/** What a state file says, as far as a boot looks at it; null for what it does not say. */
interface States {
  readonly desired: string | null;
  readonly last: string | null;
}

/** Longer ones are shown cut off, and none of them is known. */
const LONGEST_SHOWN = 40;

const states: Reader<States | null> = {
  name: 'the state',
  codec: nullable(object<States>({ desired: nullable(text), last: nullable(text) })),
  read(content) {
    const fields = fieldsOf(content);
    if (fields === undefined) return null;
    const stateOf = (name: string): string | null => {
      const state = fields.get(name) ?? null;
      const shown = typeof state === 'string' || state === null ? state : JSON.stringify(state);
      // One more, so that it can be told that there are more.
      return shown?.slice(0, LONGEST_SHOWN + 1) ?? null;
    };
    return { desired: stateOf('desired_state'), last: stateOf('gateway_state') };
  },
};

function readStates(system: ReadSystem, path: string): States | string {
  try {
    return system.readAs(path, states, LARGEST_STATE) ?? `${path} is no JSON object`;
  } catch (error) {
    if (isAnswer(error)) return error.message;
    throw error;
  }
}

/** The fields of a state file; a text says why there are none. */
export function readFields(
  system: ReadSystem,
  path: string,
): ReadonlyMap<string, unknown> | string {
  try {
    return fieldsOf(system.readText(path, LARGEST_STATE)) ?? `${path} is no JSON object`;
  } catch (error) {
    if (isAnswer(error)) return error.message;
    throw error;
  }
}

function fieldsOf(content: string): ReadonlyMap<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(content.replace(/^\uFEFF/, ''));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return new Map<string, unknown>(Object.entries(value));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function judge(state: string, is: string): RecordedState {
  const shown = JSON.stringify(state.slice(0, LONGEST_SHOWN));
  const prior = /^[a-z_-]{1,40}$/.test(state) ? state : 'unknown';
  const starts = state === 'running' || (is !== 'it was told to be' && AS_RUNNING.includes(state));
  return { prior, starts, why: `${is} ${shown}`, doubtful: false };
}

function down(prior: string | undefined, why: string): RecordedState {
  return { prior, starts: false, why, doubtful: false };
}

function doubtful(why: string): RecordedState {
  return { prior: 'unknown', starts: false, why, doubtful: true };
}
