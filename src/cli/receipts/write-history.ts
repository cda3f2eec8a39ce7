import { jsonOf, shortOf } from '../../report/receipt.ts';
import type { Receipt } from '../../report/receipt.ts';
import type { Facts } from '../../step/facts.ts';
import { canonical } from '../../step/place.ts';
import { refuseSystemDirectory } from '../../step/repair.ts';
import type { Entry, Owner } from '../../system/entry.ts';
import type { RealSystem } from '../../system/real/real.ts';
import { historyFile, stateDirectory } from './places.ts';

/**
 * Adds a boot to the history of its home. A home that is not there is not made, and one that the
 * boot did not get to its end with is left as it is, unless it has a history already.
 *
 * What is made belongs to the owner of the home, so that it is in nobody's way: neither of a user
 * of the host who moves the volume, nor of a later boot without the rights of root.
 * @throws Problem when it cannot be written
 */
export function writeHistory(
  system: RealSystem,
  home: string,
  receipt: Receipt,
  facts: Facts,
): void {
  const owner = (): Owner => ownerFor(system.look(home), facts);
  if (system.look(stateDirectory(home)).type === 'missing') {
    if (receipt.result !== 'ok' && receipt.result !== 'degraded') return;
    if (system.look(home).type !== 'directory') return;
    refuseSystemDirectory(canonical(system, home), undefined);
    system.createDirectory(stateDirectory(home), 0o755, owner());
  }
  const converged = receipt.result === 'ok' && receipt.changes === 0;
  system.appendLine(historyFile(home), jsonOf(converged ? shortOf(receipt) : receipt), owner);
}

/** The owner of the home, where this process may give files away; itself otherwise. */
function ownerFor(home: Entry, { uid, gid, capabilities }: Facts): Owner {
  const mayGive = 'stat' in home && capabilities.has('CHOWN');
  return mayGive ? { uid: home.stat.uid, gid: home.stat.gid } : { uid, gid };
}
