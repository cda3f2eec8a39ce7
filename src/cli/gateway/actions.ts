import { Problem } from '../../errors/problem.ts';
import { slotName } from '../../gateway/names.ts';
import { join } from '../../system/path.ts';
import { announceStop, recordIntent } from './intent.ts';
import type { Done } from './done.ts';
import { register } from './register.ts';
import { s6 } from './s6.ts';
import { statusOf } from './status.ts';
import type { Surroundings } from './surroundings.ts';
import { unregister } from './unregister.ts';

/** Does one thing to the gateway of one profile. */
type Action = (around: Surroundings, profile: string) => Done | Promise<Done>;

/** How long a gateway may take to end after SIGTERM, in milliseconds. */
const GRACE = '10000';

/** What can be done to a gateway, by name. */
export const ACTIONS = {
  register,
  unregister,

  start(around, profile) {
    const slot = existingSlot(around, profile);
    const warnings = recordIntent(around, profile, 'running');
    s6(around, 's6-svc', '-u', slot);
    return { text: 'told to start', warnings };
  },

  stop(around, profile) {
    const slot = existingSlot(around, profile);
    // Before it is told: on its way down it writes to the same file.
    const warnings = recordIntent(around, profile, 'stopped');
    announceStop(around, profile, statusOf(around, slot).pid);
    s6(around, 's6-svc', '-d', slot);
    return { text: 'told to stop', warnings };
  },

  restart(around, profile) {
    const slot = existingSlot(around, profile);
    const warnings = recordIntent(around, profile, 'running');
    const { up, pid } = statusOf(around, slot);
    if (up) {
      announceStop(around, profile, pid);
      // Down to the end of its finish script and up again, instead of a mere SIGTERM: a gateway
      // that ends with 0 stays down by that script, and one told to start before it has ended, too.
      s6(around, 's6-svc', '-wD', '-T', GRACE, '-d', slot);
    }
    s6(around, 's6-svc', '-u', slot);
    return { text: up ? 'restarted' : 'was down, and is told to start', warnings };
  },
} satisfies Readonly<Record<string, Action>>;

/** The name of something that can be done to a gateway. */
export type ActionName = keyof typeof ACTIONS;

/**
 * The slot of a profile's gateway.
 * @throws Problem when it has none
 */
export function existingSlot({ system, scandir }: Surroundings, profile: string): string {
  const slot = join(scandir, slotName(profile));
  if (system.look(slot).type === 'directory') return slot;
  throw new Problem({
    found: `no gateway is registered for ${profile}: ${slot} is missing`,
    mend: [
      `register it: hermes-boot gateway register ${profile}`,
      'hermes-boot gateway list shows those that are',
    ],
  });
}
