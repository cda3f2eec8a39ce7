/** What can be done to the gateway of a profile: register, unregister, start, stop, restart. */
import { makeChange } from '../../changes/kinds.ts';
import { Problem } from '../../errors/problem.ts';
import { profileDirectory, slotName } from '../../gateway/profiles.ts';
import { HOLDER_SLOT, otherHolder } from '../../gateway/holder.ts';
import { isSupervised } from '../../gateway/slot.ts';
import { slotLayout, slotOptions } from '../../gateway/slot-layout.ts';
import { whatIs } from '../../step/notes.ts';
import { lookBelow } from '../../step/paths.ts';
import { join } from '../../system/path.ts';
import { announceStop, recordIntent } from './intent.ts';
import { askRegistrar } from './registrar.ts';
import { howItEnded, isParked } from './why.ts';
import { isDown, s6, statusOf, until, type GatewayContext } from './s6.ts';

/** What an action did to a gateway. */
interface Done {
  /** As the end of a sentence that starts with the profile. */
  readonly text: string;
  readonly warnings?: readonly string[];
}

type Action = (context: GatewayContext, profile: string) => Done | Promise<Done>;

/** How long a gateway may take to end after SIGTERM, in milliseconds. */
const GRACE = 10_000;

/** How long s6 may take to notice a slot, or supervisors to end, in milliseconds. */
const PATIENCE = 5000;

/** The name of an action. */
export type ActionName = 'register' | 'unregister' | 'start' | 'stop' | 'restart';

/** The actions by name. */
export const ACTIONS: Readonly<Record<ActionName, Action>> = {
  /** The gateway is down at first: the next boot starts it if its recorded state says so. */
  async register(context, profile) {
    const { system, home, scandir, access, signal } = context;
    const path = slotOf(context, profile);
    if (system.look(path).type !== 'missing') {
      throw new Problem({
        found: `a gateway is already registered for ${profile}`,
        mend: `hermes-boot gateway start ${profile}`,
      });
    }
    if (context.isClosed) return askRegistrar('register', profile);
    const directory = lookBelow(system, home, profileDirectory(profile));
    if (directory.type !== 'directory') {
      const found = `${join(home, profileDirectory(profile))} is ${whatIs(directory)}`;
      throw new Problem({ found, wanted: `the directory of the profile ${profile}` });
    }
    const options = { profile, account: context.account, home, env: {}, access, starts: false };
    const slot = slotLayout(slotOptions(system, options));
    const label = `gateway of ${profile}, down`;
    await makeChange({ kind: 'slot', path, slot, label, why: 'asked for' }, system, { signal });
    try {
      s6(context, 's6-svscanctl', '-a', scandir);
    } catch (error) {
      system.removeTree(path);
      throw error;
    }
    if (await until(context, PATIENCE, () => isSupervised(system, path))) {
      return { text: 'registered, down' };
    }
    const found = `${path} exists, but s6 has not started to supervise it within 5 s`;
    throw new Problem({ code: 'timeout', found });
  },

  /**
   * The slot is renamed before s6 looks again: s6-svscan ends only the supervisors of directories
   * that have disappeared, and one whose directory is removed while it runs would stay for ever.
   * Killed in between, this leaves a name that the next boot removes.
   */
  async unregister(context, profile) {
    const { system, scandir } = context;
    const path = slotOf(context, profile);
    if (system.look(path).type === 'missing') return { text: 'was not registered' };
    if (isSupervised(system, path)) await takeDown(context, profile, path);
    if (context.isClosed) return askRegistrar('unregister', profile);
    const hidden = system.unpublish(path);
    s6(context, 's6-svscanctl', '-an', scandir);
    const isHeld = () => isSupervised(system, hidden) || isSupervised(system, join(hidden, 'log'));
    if (!(await until(context, PATIENCE, () => !isHeld()))) {
      const found = `the supervisors of ${profile} have not ended within 5 s; ${hidden} is left`;
      throw new Problem({ code: 'timeout', found, mend: 'the next boot removes it' });
    }
    system.removeTree(hidden);
    return { text: 'unregistered' };
  },

  start(context, profile) {
    const slot = existingSlot(context, profile);
    requireHome(context);
    const warnings = recordIntent(context, profile, 'running');
    s6(context, 's6-svc', '-u', slot);
    return { text: 'starting', warnings };
  },

  stop(context, profile) {
    const slot = existingSlot(context, profile);
    // Recorded first: on its way down the gateway writes to the same file.
    const warnings = recordIntent(context, profile, 'stopped');
    announceStop(context, profile, statusOf(context, slot).pid);
    s6(context, 's6-svc', '-d', slot);
    return { text: 'stopping', warnings };
  },

  async restart(context, profile) {
    const slot = existingSlot(context, profile);
    requireHome(context);
    const warnings = recordIntent(context, profile, 'running');
    const status = statusOf(context, slot);
    const { up, pid } = status;
    if (up) {
      announceStop(context, profile, pid);
      // Down until its finish script has ended, instead of a mere SIGTERM: after exit code 0 that
      // script keeps the gateway down, and a start before it has ended would be lost.
      await bringDown(context, profile, slot);
    }
    s6(context, 's6-svc', '-u', slot);
    const was = isParked(status) ? `was parked: it ${howItEnded(status)}` : 'was down';
    return { text: up ? 'restarted' : `${was}; starting`, warnings };
  },
};

/**
 * The slot of a profile's gateway.
 * @throws Problem when it has none
 */
export function existingSlot(context: GatewayContext, profile: string): string {
  const slot = slotOf(context, profile);
  if (context.system.look(slot).type === 'directory') return slot;
  throw new Problem({
    found: `no gateway is registered for ${profile}: ${slot} is missing`,
    mend: [
      `register it: hermes-boot gateway register ${profile}`,
      'hermes-boot gateway list shows those that are registered',
    ],
  });
}

/**
 * Makes this container the one that runs the gateways of the home, and says so on the volume.
 * @throws Problem when another one runs them
 */
function requireHome(context: GatewayContext): void {
  const { system, home, scandir, isForced } = context;
  const other = otherHolder(system, home);
  if (other === 'unknown' || isForced) return;
  if (other !== undefined) {
    throw new Problem({
      found: `the gateways of ${home} are run by ${other.shown}`,
      wanted: 'one container that runs them: two would answer each message twice',
      mend: [
        'control them in that container',
        'or stop it, and start this one anew',
        'or start this one with HERMES_ROLE=gateway, where that one is gone for good',
      ],
    });
  }
  const holder = join(scandir, HOLDER_SLOT);
  if (isSupervised(system, holder)) s6(context, 's6-svc', '-u', holder);
}

function slotOf({ scandir }: GatewayContext, profile: string): string {
  return join(scandir, slotName(profile));
}

async function takeDown(context: GatewayContext, profile: string, slot: string): Promise<void> {
  announceStop(context, profile, statusOf(context, slot).pid);
  await bringDown(context, profile, slot);
}

/** Asks again and again: only who may write to root's slot could wait for its events. */
async function bringDown(context: GatewayContext, profile: string, slot: string): Promise<void> {
  s6(context, 's6-svc', '-d', slot);
  if (await until(context, GRACE, () => isDown(context, slot))) return;
  throw new Problem({
    code: 'timeout',
    found: `${profile} still runs ${GRACE / 1000} s after SIGTERM; its slot stays`,
    mend: `end it, and try again: s6-svc -k ${slot}`,
  });
}
