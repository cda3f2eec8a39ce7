/** The s6 that supervises the gateways of this container: where it runs, its clients, its status. */
import { setTimeout } from 'node:timers/promises';
import type { Io } from '../command-line.ts';
import { variableOr } from '../locations.ts';
import { observeFacts } from '../../engine/observe-facts.ts';
import { LookFailed, unlessUnknown } from '../../errors/look-failed.ts';
import { Problem } from '../../errors/problem.ts';
import { s6Program, type SlotAccess } from '../../gateway/slot-layout.ts';
import { accessFor, isScanned, isSupervised } from '../../gateway/slot.ts';
import type { S6Status } from '../../report/show-gateways.ts';
import { serviceUser } from '../../step/owner.ts';
import type { Owner } from '../../system/entry.ts';
import { normalise } from '../../system/path.ts';
import { RealSystem } from '../../system/real/real.ts';
import { capture } from '../../system/real/run-command.ts';

/** The account that gateways run as. */
export const ACCOUNT = 'hermes';

/** How often to look again, in milliseconds. */
const PAUSE = 20;

/** The exit code of the clients of s6 when they have waited too long. */
const TIMED_OUT = 99;

/** Their exit code when the kernel refuses. */
const SYSTEM_FAILED = 111;

/** Where gateways are controlled, and by whom. */
export interface GatewayContext {
  readonly system: RealSystem;
  readonly home: string;
  readonly scandir: string;
  readonly isRoot: boolean;
  /** Whether HERMES_ROLE says that this container runs gateways, whoever else does. */
  readonly isForced: boolean;
  /** The account that gateways run as; who this is, where that is not root. */
  readonly owner: Owner;
  /** The account that a gateway becomes; undefined where there is nobody to become. */
  readonly account: string | undefined;
  /** Whether the scan directory is another user's: this one controls slots, and asks for new ones. */
  readonly isClosed: boolean;
  /** Who can change the slots that this user makes. */
  readonly access: SlotAccess;
  readonly signal: AbortSignal;
}

/** Finds the home and the scan directory of s6, whether or not s6 runs there. */
export function gatewayContext({ env, signal }: Io): GatewayContext {
  const looking = new RealSystem('/');
  const pathOf = (name: string, fallback: string): string =>
    normalise(variableOr(looking, env, name, fallback));
  const home = pathOf('HERMES_HOME', '/opt/data');
  const scandir = pathOf('S6_PROFILE_GATEWAY_SCANDIR', '/run/service');
  const system = new RealSystem('/', [home, scandir]);
  const facts = observeFacts('/');
  const { uid } = facts;
  const isRoot = uid === 0;
  return {
    system,
    home,
    scandir,
    isRoot,
    isForced: variableOr(looking, env, 'HERMES_ROLE', '') === 'gateway',
    get owner() {
      return isRoot ? serviceUser({ system, facts }, ACCOUNT).owner : { uid, gid: facts.gid };
    },
    get isClosed() {
      return !isRoot && ownerOfDirectory(system, scandir) !== uid;
    },
    get access() {
      const isOpen = ownerOfDirectory(system, scandir) !== 0;
      return accessFor(isRoot, isOpen ? 'open' : 'closed', this.owner);
    },
    get account() {
      return isRoot ? serviceUser({ system, facts }, ACCOUNT).account : ACCOUNT;
    },
    signal,
  };
}

function isAccount({ system, owner }: GatewayContext): boolean {
  return system.accounts().owner(ACCOUNT).uid === owner.uid;
}

function ownerOfDirectory(system: RealSystem, path: string): number | undefined {
  const entry = system.look(path);
  return entry.type === 'directory' ? entry.stat.uid : undefined;
}

/**
 * Whether an s6-svscan runs on the scan directory.
 * @throws Problem when this user may not ask it
 */
export function isS6Here(context: GatewayContext): boolean {
  const { s6: isS6 } = observeFacts('/');
  const control = context.system.look(`${context.scandir}/.s6-svscan/control`);
  if (!isS6 && control.type === 'missing') return false;
  requireS6(context);
  return true;
}

/**
 * Makes sure that an s6-svscan runs on the scan directory.
 * @throws Problem when none does, or this user may not control it
 */
export function requireS6(context: GatewayContext): void {
  const { system, scandir } = context;
  // Of root's s6 the account hears nothing but its own slots, which s6 itself will tell.
  if (context.isClosed && isAccount(context) && observeFacts('/').s6) return;
  // A user who may not even ask whether it listens may not control it either.
  const isHeard = unlessUnknown(() => isScanned(system, scandir));
  if (isHeard === true) return;
  if (isHeard instanceof LookFailed && isHeard.code !== 'not-permitted') throw isHeard;
  const { s6: isS6 } = observeFacts('/');
  const control = system.look(`${scandir}/.s6-svscan/control`);
  if (isHeard instanceof LookFailed || (isS6 && control.type !== 'missing')) {
    throw new Problem({
      code: 'not-permitted',
      found: `this user may not control ${scandir}, or its s6-svscan does not listen`,
      wanted: 'root or hermes',
      mend: 'docker exec --user hermes …',
    });
  }
  throw new Problem({
    found: `s6 supervises no gateways here: no s6-svscan runs on ${scandir}`,
    mend: [
      'start the container with its own entry point, so that /init is process 1',
      'or run the gateway yourself: hermes gateway run',
    ],
  });
}

/**
 * Runs a client of s6 and returns what it prints.
 * @throws Problem with its exit code and text when it fails
 */
export function s6({ system }: GatewayContext, name: string, ...args: readonly string[]): string {
  const program = s6Program(system, name);
  const { code, stdout, stderr } = capture(program, args);
  if (code === 0) return stdout;
  const refused = code === SYSTEM_FAILED && /permission denied/i.test(stderr);
  throw new Problem({
    code: refused ? 'not-permitted' : code === TIMED_OUT ? 'timeout' : 'failed',
    found: `${program} ${args.join(' ')} ended with ${code ?? 'no exit code'}: ${stderr}`,
    ...(refused ? { mend: 'run this as hermes or root' } : {}),
  });
}

/** Waits until something holds; returns whether it does in time. */
export async function until(
  { signal }: GatewayContext,
  milliseconds: number,
  holds: () => boolean,
): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  while (!holds()) {
    if (performance.now() > deadline) return false;
    await setTimeout(PAUSE, undefined, { signal });
  }
  return true;
}

const UNSUPERVISED: S6Status = {
  supervised: false,
  up: false,
  wantedUp: false,
  normallyUp: false,
  pid: null,
  exitCode: null,
  signal: null,
  seconds: 0,
};

/** The fields for programs: the line for people has changed between versions of s6. */
const FIELDS = 'up,wantedup,normallyup,pid,exitcode,signal,updownfor';

/** Asks s6 for the status of a slot. */
export function statusOf(context: GatewayContext, slot: string): S6Status {
  if (!isSupervised(context.system, slot)) return UNSUPERVISED;
  const words = s6(context, 's6-svstat', '-o', FIELDS, slot).trim().split(/\s+/);
  const [up, wantedUp, normallyUp, pid, exitCode, signal, seconds] = words;
  return {
    supervised: true,
    up: up === 'true',
    wantedUp: wantedUp === 'true',
    normallyUp: normallyUp === 'true',
    pid: atLeast(1, pid),
    exitCode: up === 'true' ? null : atLeast(0, exitCode),
    signal: up !== 'true' && signal?.startsWith('SIG') === true ? signal : null,
    seconds: Number(seconds),
  };
}

/** How long s6 lets a finish script run, in seconds; see timeout-finish in servicedir of s6. */
const LONGEST_FINISH = 5;

/**
 * Whether a gateway is down and its finish script has ended: only then s6 takes a start for one. The
 * line for people says so, no field does; where it should be worded anew, the time tells.
 */
export function isDown(context: GatewayContext, slot: string): boolean {
  const { up, seconds } = statusOf(context, slot);
  if (up) return false;
  return seconds > LONGEST_FINISH || /\bready\b/.test(s6(context, 's6-svstat', slot));
}

function atLeast(least: number, text: string | undefined): number | null {
  const value = Number(text);
  return Number.isInteger(value) && value >= least ? value : null;
}
