import { Problem } from '../../errors/problem.ts';
import { slotName } from '../../gateway/names.ts';
import { isSupervised } from '../../gateway/slot.ts';
import { join } from '../../system/path.ts';
import type { Done } from './done.ts';
import { announceStop } from './intent.ts';
import { isHeld, s6, until } from './s6.ts';
import { statusOf } from './status.ts';
import type { Surroundings } from './surroundings.ts';

/** How long a gateway may take to end, in milliseconds. */
const GRACE = 10_000;

/** How long supervisors may take to end, in milliseconds. */
const PATIENCE = 5000;

/**
 * Takes a gateway down and its slot away. The slot is renamed before s6 is told to look again:
 * s6-svscan lets only the supervisors of directories go that it does not see any more, and one
 * that loses its directory while it runs would stay for ever. Killed in between, this leaves
 * nothing but a name that the next boot clears away.
 */
export async function unregister(around: Surroundings, profile: string): Promise<Done> {
  const { system, scandir } = around;
  const path = join(scandir, slotName(profile));
  if (system.look(path).type === 'missing') return { text: 'was not registered' };
  if (isSupervised(system, path)) await takeDown(around, profile, path);
  const hidden = system.unpublish(path);
  s6(around, 's6-svscanctl', '-an', scandir);
  if (!(await until(around, PATIENCE, () => !isHeld(around, hidden)))) {
    const found = `the supervisors of ${profile} have not ended within 5 s; ${hidden} is left`;
    throw new Problem({ code: 'timeout', found, mend: 'the next boot clears it away' });
  }
  system.removeTree(hidden);
  return { text: 'unregistered' };
}

async function takeDown(around: Surroundings, profile: string, slot: string): Promise<void> {
  announceStop(around, profile, statusOf(around, slot).pid);
  s6(around, 's6-svc', '-d', slot);
  if (await until(around, GRACE, () => !statusOf(around, slot).up)) return;
  throw new Problem({
    code: 'timeout',
    found: `${profile} still runs ${GRACE / 1000} s after SIGTERM; its slot stays`,
    mend: `end it, and try again: s6-svc -k ${slot}`,
  });
}
