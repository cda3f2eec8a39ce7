/** The gateways of a home for people: how each is, why, and the command that changes it. */
import { counted } from '../text/phrases.ts';
import { mapStrings, printable } from '../text/printable.ts';
import type { Brush, Paint } from './paint.ts';
import { pad, widthOf, pageWidth, wrap } from './wrap.ts';

/** How a gateway is. */
export type GatewayState =
  | 'up'
  /** It ends again and again, and s6 starts it again. */
  | 'failing'
  /** It ended in a way that s6 does not try again. */
  | 'parked'
  | 'down'
  /** There is nothing that s6 could start. */
  | 'none'
  /** No s6 runs here, and the next boot starts it. */
  | 'due';

/** One gateway, and why it is as it is. */
export interface GatewayView {
  /** The name of the profile. */
  readonly profile: string;
  /** How it is. */
  readonly state: GatewayState;
  /** As the end of a sentence that starts with the state. */
  readonly reason: string;
  /** Since when it is so, in UTC; null where nobody knows. */
  readonly since: string | null;
  /** Whether it should be up, by its state file or by s6. */
  readonly wanted: boolean;
  /** The last line of its log, without secrets; null while it is up, and where there is none. */
  readonly lastLine: string | null;
  /** Its log; null where there is none. */
  readonly log: string | null;
  /** The command that changes it; null where none does. */
  readonly fix: string | null;
}

/** What s6 knows about a gateway. */
export interface S6Status {
  /** Whether s6 supervises it; if not, the rest has no meaning. */
  readonly supervised: boolean;
  /** Whether it runs. */
  readonly up: boolean;
  /** Whether s6 tries to keep it up. */
  readonly wantedUp: boolean;
  /** Whether s6 starts it with the container. */
  readonly normallyUp: boolean;
  /** Its process id; null while it is down. */
  readonly pid: number | null;
  /** How it ended last; null while it runs, or when a signal ended it. */
  readonly exitCode: number | null;
  /** The signal that ended it; null where none did. */
  readonly signal: string | null;
  /** How long it has been up or down, in seconds. */
  readonly seconds: number;
}

/** A gateway with what s6 says of it. */
export interface ExplainedGateway extends GatewayView {
  /** What s6 says of it; null where it has no slot, or no s6 runs. */
  readonly status: S6Status | null;
}

/** How gateways are, and why. */
export interface GatewayStatus {
  /** The version of the document. */
  readonly version: 1;
  /** Which document it is. */
  readonly type: 'gateway-status';
  /** The action of the command line. */
  readonly action: 'status';
  /** Whether s6 runs here; else the next boot is what is told. */
  readonly supervised: boolean;
  /** The gateways of all profiles, or that of one. */
  readonly gateways: readonly ExplainedGateway[];
  /** The container that runs them; missing where that is this one or none. */
  readonly runBy?: string;
}

/** What came of controlling gateways. */
export interface GatewayResults {
  /** The version of the document. */
  readonly version: 1;
  /** Which document it is. */
  readonly type: 'gateway-results';
  /** The action of the command line. */
  readonly action: 'register' | 'unregister' | 'start' | 'stop' | 'restart';
  /** What came of it for each profile. */
  readonly gateways: readonly GatewayResult[];
}

/** What came of controlling one gateway. */
export interface GatewayResult {
  /** The name of the profile. */
  readonly profile: string;
  /** Whether it is done. */
  readonly ok: boolean;
  /** What was done, or what stands in the way. */
  readonly message: string;
}

/** The profiles with a gateway slot. */
export interface GatewayList {
  /** The version of the document. */
  readonly version: 1;
  /** Which document it is. */
  readonly type: 'gateway-list';
  /** The action of the command line. */
  readonly action: 'list';
  /** The names of the profiles. */
  readonly profiles: readonly string[];
}

/** What the gateways of a home are shown with. */
export interface GatewaysShown {
  readonly gateways: readonly GatewayView[];
  /** Whether s6 runs here; else the next boot is what is shown. */
  readonly supervised: boolean;
  /** Whether to count them: not for a single one. */
  readonly counts: boolean;
}

/** A column of reasons is not narrower than this. */
const NARROWEST = 40;

/** A line for each gateway, its log below where it is in trouble, and how many are up. */
export function renderGateways(view: GatewaysShown, paint: Paint): string {
  const { gateways, supervised, counts } = mapStrings(view, printable);
  const profiles = Math.max(0, ...gateways.map(({ profile }) => widthOf(profile)));
  const states = Math.max(0, ...gateways.map(({ state }) => state.length));
  const lines = gateways.flatMap((gateway) => gatewayLines(gateway, profiles, states, paint));
  return `${[...lines, ...(counts ? total(gateways, supervised) : [])].join('\n')}\n`;
}

function gatewayLines(
  { profile, state, reason, lastLine, log, fix }: GatewayView,
  profiles: number,
  states: number,
  paint: Paint,
): string[] {
  // On a narrow terminal a long name leaves no room for a column of reasons.
  const column = profiles + states + 4 + NARROWEST > pageWidth() ? 4 : profiles + states + 4;
  const head = `${pad(profile, profiles)}  ${pad(state, states)}`;
  const first = column === 4 ? [head.trimEnd()] : [];
  const start = column === 4 ? ' '.repeat(column) : `${head}  `;
  const reasons = wrap(start, reason, column);
  const end = reasons.at(-1) ?? '';
  const beside = fix !== null && widthOf(end) + 2 + widthOf(fix) <= pageWidth();
  const lines = [
    ...first,
    ...(beside
      ? [...reasons.slice(0, -1), pad(end, pageWidth() - widthOf(fix)) + paint.strong(fix)]
      : reasons),
    // To be typed, so it is not broken.
    ...(fix === null || beside ? [] : [`${' '.repeat(column)}${paint.strong(fix)}`]),
    ...(lastLine === null ? [] : wrap(' '.repeat(column), `last line: ${lastLine}`, column + 2)),
    ...(lastLine === null || log === null
      ? []
      : wrap(' '.repeat(column), `log: ${log}`, column + 2)),
  ];
  const brush = brushOf(state, paint);
  const [line = '', ...rest] = lines;
  return [line.replace(` ${state}`, () => ` ${brush(state)}`), ...rest];
}

function brushOf(state: GatewayState, paint: Paint): Brush {
  const brushes: Readonly<Record<GatewayState, Brush>> = {
    up: paint.good,
    failing: paint.error,
    parked: paint.error,
    down: paint.warning,
    none: paint.faint,
    due: paint.change,
  };
  return brushes[state];
}

function total(gateways: readonly GatewayView[], supervised: boolean): string[] {
  const state = supervised ? 'up' : 'due';
  const many = gateways.filter((gateway) => gateway.state === state).length;
  const of = `${many} of ${counted(gateways.length, 'gateway')}`;
  if (supervised) return wrap('', `${of} ${many === 1 ? 'is' : 'are'} up.`, 0);
  const start = 'No s6 runs here, so no gateway does. The next boot of this home would start';
  return wrap('', `${start} ${of}.`, 0);
}
