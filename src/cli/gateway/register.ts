import { makeChange } from '../../changes/kinds.ts';
import { Problem } from '../../errors/problem.ts';
import { slotLayout } from '../../gateway/layout.ts';
import { slotName } from '../../gateway/names.ts';
import { slotOptions } from '../../gateway/options.ts';
import { profileDirectory } from '../../gateway/profiles.ts';
import { isSupervised } from '../../gateway/slot.ts';
import { whatIs } from '../../step/phrases.ts';
import { lookBelow } from '../../step/place.ts';
import { join } from '../../system/path.ts';
import type { Done } from './done.ts';
import { s6, until } from './s6.ts';
import { ACCOUNT, type Surroundings } from './surroundings.ts';

/** How long s6 may take to see a slot, in milliseconds. */
const PATIENCE = 5000;

/**
 * Registers the gateway of a profile, down: the next boot starts it if its state says so.
 * @throws Problem when it is registered already, or there is no such profile
 */
export async function register(around: Surroundings, profile: string): Promise<Done> {
  const { system, home, scandir, owner, signal } = around;
  const path = join(scandir, slotName(profile));
  if (system.look(path).type !== 'missing') {
    throw new Problem({
      found: `a gateway is registered for ${profile} already`,
      mend: `hermes-boot gateway start ${profile}`,
    });
  }
  const directory = lookBelow(system, home, profileDirectory(profile));
  if (directory.type !== 'directory') {
    const found = `${join(home, profileDirectory(profile))} is ${whatIs(directory)}`;
    throw new Problem({ found, wanted: `the directory of the profile ${profile}` });
  }
  const options = { profile, account: ACCOUNT, home, env: {}, owner, starts: false };
  const slot = slotLayout(slotOptions(system, options));
  const label = `gateway of ${profile}, down`;
  await makeChange({ kind: 'slot', path, slot, label, why: 'asked for' }, system, { signal });
  try {
    s6(around, 's6-svscanctl', '-a', scandir);
  } catch (error) {
    system.removeTree(path);
    throw error;
  }
  if (await until(around, PATIENCE, () => isSupervised(system, path))) {
    return { text: 'registered, down' };
  }
  const found = `${path} is there, but s6 has not started to supervise it within 5 s`;
  throw new Problem({ code: 'timeout', found });
}
