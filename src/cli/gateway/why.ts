/** Why a gateway is up, down, parked or not there at all: from s6, its state file and its log. */
import { readIntents } from '../../../steps/profile-gateways/intents.ts';
import { isAnswer, LookFailed, unlessProblem } from '../../errors/look-failed.ts';
import {
  DEFAULT_PROFILE,
  profileDirectory,
  profilesOf,
  slotName,
  type NoProfile,
  type Profile,
} from '../../gateway/profiles.ts';
import { readFields, STATE_FILE, type RecordedState } from '../../gateway/state.ts';
import { readInput } from '../../plan/inputs.ts';
import type {
  ExplainedGateway,
  GatewayState,
  GatewayView,
  S6Status,
} from '../../report/show-gateways.ts';
import { lookBelow } from '../../step/paths.ts';
import type { Reader } from '../../system/content.ts';
import { join } from '../../system/path.ts';
import { outputLines } from '../../system/real/helper-output.ts';
import { nullable, text } from '../../text/codec.ts';
import { showSpan, showTimestamp, timestampOf } from '../../text/phrases.ts';
import type { Environment } from '../../report/paint.ts';
import { variableOr } from '../locations.ts';
import { STOPPED_AT, STOPPED_BY } from './intent.ts';
import { statusOf, type GatewayContext } from './s6.ts';

/** It refused its settings, and would again: EX_CONFIG of sysexits.h(3). */
const EX_CONFIG = 78;

/** Whether a gateway ended in a way that its finish script takes for final. */
export function isParked({ supervised, up, wantedUp, exitCode }: S6Status): boolean {
  return supervised && !up && !wantedUp && exitCode === EX_CONFIG;
}

/** How a gateway ended, as the end of a sentence; undefined for one that never ran. */
export function howItEnded({ exitCode, signal }: S6Status): string | undefined {
  if (signal !== null) return `was ended by ${signal}`;
  if (exitCode === null) return undefined;
  if (exitCode === EX_CONFIG) return `ended with ${EX_CONFIG} (its configuration is invalid)`;
  return `ended with ${exitCode}`;
}

/**
 * Explains the gateways of a home: of each profile, and of what only looks like a profile.
 * @param supervised whether s6 runs here; else what the next boot does is shown
 * @throws Problem when the home cannot be looked at
 */
export async function explainGateways(
  context: GatewayContext,
  env: Environment,
  supervised: boolean,
): Promise<ExplainedGateway[]> {
  const { system, home } = context;
  const { profiles, others } = profilesOf(system, home);
  const options = gatewayOptions(context, env);
  const intents = await readIntents({ system, with: options }, home, profiles, false);
  const intentOf = (profile: Profile): RecordedState | string => {
    try {
      return intents.of(profile);
    } catch (error) {
      if (error instanceof LookFailed) return error.message;
      throw error;
    }
  };
  const role = variableOr(system, env, 'HERMES_ROLE', '');
  const known = profiles.map((profile) => {
    const subject = { context, env, profile, intent: intentOf(profile), role };
    return supervised ? withS6(subject) : withoutS6(subject);
  });
  return [...known, ...others.map(noGateway)];
}

/**
 * Whether the default gateway serves a profile, so that its own would be a second one.
 * @throws LookFailed where that is not known
 */
export async function isServed(
  context: GatewayContext,
  env: Environment,
  name: string,
): Promise<boolean> {
  if (name === DEFAULT_PROFILE) return false;
  // No other profile decides it: what cannot be read of one costs only that one.
  const profiles = [
    { name: DEFAULT_PROFILE, below: '' },
    { name, below: profileDirectory(name) },
  ];
  const { system, home } = context;
  const options = gatewayOptions(context, env);
  return (await readIntents({ system, with: options }, home, profiles, false)).serves(name);
}

/** The options of the step that registers gateways, from the variables that the plan reads. */
function gatewayOptions(
  { system }: GatewayContext,
  env: Environment,
): { multiplex?: boolean; gateways: 'one' | 'each' } {
  const isOne = variableOr(system, env, 'HERMES_GATEWAYS', '') === 'one';
  const shared = variableOr(system, env, 'GATEWAY_MULTIPLEX_PROFILES', '');
  const reading = readInput({ type: 'boolean' }, shared);
  const multiplex = reading.ok ? { multiplex: reading.value === true } : {};
  return { ...multiplex, gateways: isOne ? 'one' : 'each' };
}

/** One profile, and what is known of it. */
interface Subject {
  readonly context: GatewayContext;
  readonly env: Environment;
  readonly profile: Profile;
  /** What a boot does with it; a text says why that is unknown. */
  readonly intent: RecordedState | string;
  readonly role: string;
}

function noGateway({ name, why }: NoProfile): ExplainedGateway {
  return { ...nothing(name, 'none', why), status: null };
}

function nothing(profile: string, state: GatewayState, reason: string) {
  return {
    profile,
    state,
    reason,
    since: null,
    wanted: false,
    lastLine: null,
    log: null,
    fix: null,
  };
}

/** Why a container of another role than the gateways' runs none; undefined where it may. */
function otherRole({ role }: Subject): string | undefined {
  if (role === '' || role === 'gateway') return undefined;
  return `HERMES_ROLE is ${role}: this container runs no gateways`;
}

function withoutS6(subject: Subject): ExplainedGateway {
  const { context, profile, intent } = subject;
  const { name } = profile;
  const elsewhere = otherRole(subject);
  if (elsewhere !== undefined) return { ...nothing(name, 'none', elsewhere), status: null };
  if (typeof intent === 'string') {
    return { ...nothing(name, 'down', `unknown: ${intent}`), status: null };
  }
  const { starts, why } = intent;
  const state = starts ? 'due' : 'down';
  const { stopped, at } = lastOrder(context, profile);
  const reason = starts || intent.served !== undefined ? why : (stopped ?? why);
  return { ...nothing(name, state, reason), since: at, wanted: starts, status: null };
}

function withS6(subject: Subject): ExplainedGateway {
  const { context, profile, intent } = subject;
  const { name } = profile;
  const path = join(context.scandir, slotName(name));
  const isWanted = isDue(intent);
  if (context.system.look(path).type !== 'directory') {
    const elsewhere = otherRole(subject);
    if (elsewhere !== undefined) return { ...nothing(name, 'none', elsewhere), status: null };
    const reason = 'it is not registered with s6';
    const fix = `hermes-boot gateway register ${name}`;
    return { ...nothing(name, 'none', reason), wanted: isWanted, fix, status: null };
  }
  const status = statusOf(context, path);
  const { supervised, up, wantedUp, pid, seconds } = status;
  if (!supervised) {
    const reason = 'it is registered, but s6 does not supervise it: restart the container';
    return { ...nothing(name, 'down', reason), wanted: isWanted, status };
  }
  const since = timestampOf(new Date(Date.now() - seconds * 1000));
  if (up) {
    const stopping = wantedUp ? '' : ', being stopped';
    const isSecond = wantedUp && typeof intent !== 'string' && intent.served !== undefined;
    const second = isSecond ? '; the default gateway serves it, too' : '';
    const reason = `pid ${pid ?? 'unknown'}, ${showSpan(seconds)}${stopping}${second}`;
    const fix = isSecond ? `hermes-boot gateway stop ${name}` : null;
    return { ...nothing(name, 'up', reason), since, wanted: wantedUp, fix, status };
  }
  if (!wantedUp && typeof intent !== 'string' && intent.served !== undefined) {
    return { ...nothing(name, 'down', intent.why), since, ...servedBy(context, intent), status };
  }
  const { state, reason, wanted } = whyDown(subject, status);
  const fix = state === 'failing' ? null : `hermes-boot gateway start ${name}`;
  const inTrouble = state !== 'down' || wanted;
  return {
    ...{ profile: name, state, reason, since, wanted, fix },
    ...(inTrouble ? lastWords(subject) : { lastLine: null, log: null }),
    status,
  };
}

/** Whether a gateway runs, or s6 starts it again. */
export function isKeptUp({ up, wantedUp }: S6Status): boolean {
  return up || wantedUp;
}

/** What is to be done about a profile that the default gateway serves: it runs where that does. */
function servedBy(
  context: GatewayContext,
  { served }: RecordedState,
): Partial<Pick<GatewayView, 'reason' | 'wanted' | 'fix'>> {
  const slot = join(context.scandir, slotName(DEFAULT_PROFILE));
  const isThere = context.system.look(slot).type === 'directory';
  if (served === 'unwanted' || (isThere && isKeptUp(statusOf(context, slot)))) return {};
  const reason = 'the default gateway, which serves it, is down';
  return { reason, wanted: true, fix: `hermes-boot gateway start ${DEFAULT_PROFILE}` };
}

/** Why a supervised gateway does not run. */
function whyDown(
  { context, profile, intent }: Subject,
  status: S6Status,
): Pick<GatewayView, 'state' | 'reason' | 'wanted'> {
  const { wantedUp, normallyUp, exitCode, seconds } = status;
  const ended = howItEnded(status);
  const { desired, stopped } = lastOrder(context, profile);
  const isWanted = desired === 'running';
  if (isParked(status)) {
    return { state: 'parked', reason: `${ended ?? ''}; not tried again`, wanted: true };
  }
  if (wantedUp) {
    const reason = `${ended ?? 'has not started yet'}, ${showSpan(seconds)} ago; s6 starts it again`;
    return { state: 'failing', reason, wanted: true };
  }
  if (stopped !== undefined) return { state: 'down', reason: stopped, wanted: false };
  // s6 says 0 of one that has never run, too.
  const neverRan = exitCode === 0 && !normallyUp && !isDue(intent);
  if (ended !== undefined && !neverRan) {
    const done = exitCode === 0 ? ', which counts as done' : '';
    const reason = `${ended}${done}, ${showSpan(seconds)} ago; not started again`;
    return { state: 'down', reason, wanted: isWanted };
  }
  const reason = typeof intent === 'string' ? `unknown: ${intent}` : intent.why;
  return { state: 'down', reason, wanted: isDue(intent) };
}

/** Whether a boot starts it, as far as that is known. */
function isDue(intent: Subject['intent']): boolean {
  return typeof intent !== 'string' && intent.starts;
}

/** What was ordered last of a gateway. */
interface Order {
  readonly desired: unknown;
  /** Who stopped it and when, as the end of a sentence; undefined where it is not stopped. */
  readonly stopped?: string;
  /** In UTC; null where it is not recorded. */
  readonly at: string | null;
}

function lastOrder({ system, home }: GatewayContext, { below }: Profile): Order {
  const unknown: Order = { desired: undefined, at: null };
  const file = join(below, STATE_FILE);
  const entry = unlessProblem(() => lookBelow(system, home, file));
  if (entry?.type !== 'file') return unknown;
  const fields = unlessProblem(() => readFields(system, join(home, file)));
  if (fields === undefined || typeof fields === 'string') return unknown;
  const desired = fields.get('desired_state');
  const [by, time] = [fields.get(STOPPED_BY), fields.get(STOPPED_AT)];
  const at = typeof time === 'string' && ISO.test(time) ? time : null;
  if (desired !== 'stopped') return { desired, at };
  if (typeof by !== 'string' || at === null) {
    return { desired, at, stopped: 'stopped on purpose: its wanted state is "stopped"' };
  }
  const minutes = showTimestamp(at).slice(0, -':00'.length);
  return { desired, at, stopped: `stopped by you (${by.slice(0, 40)}, ${minutes} UTC)` };
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** In bytes; s6-log begins a new file before this. */
const LARGEST_LOG = 2 * 1024 * 1024;

const lastLineOf: Reader<string | null> = {
  name: 'the last line',
  codec: nullable(text),
  read: (content) => content.trimEnd().split('\n').at(-1)?.replace(STAMP, '') ?? null,
};

/** What s6-log puts in front of a line: the date and the time to the nanosecond. */
const STAMP = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ +/;

/** The last line of a gateway's log, which the account writes: a link is not followed. */
function lastWords({ context, env, profile }: Subject): Pick<GatewayView, 'lastLine' | 'log'> {
  const { system, home } = context;
  const below = join('logs/gateways', join(profile.name, 'current'));
  const log = join(home, below);
  try {
    if (lookBelow(system, home, below).type !== 'file') return { lastLine: null, log: null };
    const line = system.readAs(log, lastLineOf, LARGEST_LOG) ?? '';
    return { lastLine: outputLines(line, secretsIn(env))[0] ?? null, log };
  } catch (error) {
    if (isAnswer(error) || error instanceof LookFailed) return { lastLine: null, log };
    throw error;
  }
}

function secretsIn(env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
