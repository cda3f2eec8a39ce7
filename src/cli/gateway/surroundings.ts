import { observeFacts } from '../../engine/facts.ts';
import { LookFailed, unlessUnknown } from '../../errors/look-failed.ts';
import { Problem } from '../../errors/problem.ts';
import { isScanned } from '../../gateway/slot.ts';
import type { Owner } from '../../system/entry.ts';
import { normalise } from '../../system/path.ts';
import { RealSystem } from '../../system/real/real.ts';
import type { Io } from '../io.ts';
import { variableOr } from '../variable.ts';

/** Who gateways run as. */
export const ACCOUNT = 'hermes';

/** Where gateways are controlled, and by whom. */
export interface Surroundings {
  readonly system: RealSystem;
  readonly home: string;
  readonly scandir: string;
  readonly isRoot: boolean;
  /** Who owns what is made. */
  readonly owner: Owner;
  readonly signal: AbortSignal;
}

/** Looks around; whether s6 runs here is another question. */
export function surroundings({ env, signal }: Io): Surroundings {
  const looking = new RealSystem('/');
  const valueOf = (name: string, otherwise: string): string =>
    normalise(variableOr(looking, env, name, otherwise));
  const home = valueOf('HERMES_HOME', '/opt/data');
  const scandir = valueOf('S6_PROFILE_GATEWAY_SCANDIR', '/run/service');
  const system = new RealSystem('/', [home, scandir]);
  const { uid, gid } = observeFacts('/');
  const isRoot = uid === 0;
  return {
    system,
    home,
    scandir,
    isRoot,
    get owner() {
      return isRoot ? system.accounts().owner(ACCOUNT) : { uid, gid };
    },
    signal,
  };
}

/**
 * Makes sure that an s6-svscan runs on the scan directory: what no supervisor listens to would be
 * done in vain.
 * @throws Problem when there is none
 */
export function requireS6({ system, scandir }: Surroundings): void {
  // Whoever may not even ask whether somebody listens may not control anything either.
  const isHeard = unlessUnknown(() => isScanned(system, scandir));
  if (isHeard === true) return;
  if (isHeard instanceof LookFailed && isHeard.code !== 'not-permitted') throw isHeard;
  const { s6 } = observeFacts('/');
  const control = system.look(`${scandir}/.s6-svscan/control`);
  if (isHeard instanceof LookFailed || (s6 && control.type !== 'missing')) {
    throw new Problem({
      code: 'not-permitted',
      found: `this user may not control ${scandir}, or its s6-svscan does not listen`,
      wanted: 'root or hermes',
      mend: 'docker exec --user hermes …',
    });
  }
  throw new Problem({
    found: `no s6 supervises gateways here: no s6-svscan runs on ${scandir}`,
    mend: [
      'start the container with its own entry point, so that /init is process 1',
      'or run the gateway yourself: hermes gateway run',
    ],
  });
}
