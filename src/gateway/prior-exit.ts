/** Reads how a profile's last gateway ended, from the lifecycle record that the gateway keeps. */
import { isAnswer, LookFailed } from '../errors/look-failed.ts';
import { lookBelow } from '../step/paths.ts';
import type { Reader } from '../system/content.ts';
import { join } from '../system/path.ts';
import type { ReadSystem } from '../system/system.ts';
import { nullable, word } from '../text/codec.ts';
import { fieldsOf } from './state.ts';

/** Below the profile. The gateway writes `running` when it starts and `exited` when it ends by itself. */
const RECORD = 'state/gateway.lifecycle.json';

/** In bytes; a record is a few hundred. */
const LARGEST_RECORD = 64 * 1024;

/** `unclean`: it was killed, or the machine was. `unknown`: there is no record that says. */
export type PriorExit = 'clean' | 'unclean' | 'unknown';

const exit: Reader<'clean' | 'unclean' | null> = {
  name: 'how the last gateway ended',
  codec: nullable(word('clean', 'unclean')),
  read(content) {
    const phase = fieldsOf(content)?.get('phase');
    if (phase === 'exited') return 'clean';
    // At boot no process of the container before is left.
    return phase === 'running' ? 'unclean' : null;
  },
};

/** How the last gateway of a profile ended. It is for the log alone, so that no failure counts. */
export function readPriorExit(system: ReadSystem, home: string, below: string): PriorExit {
  const path = join(below, RECORD);
  try {
    if (lookBelow(system, home, path).type !== 'file') return 'unknown';
    return system.readAs(join(home, path), exit, LARGEST_RECORD) ?? 'unknown';
  } catch (error) {
    if (error instanceof LookFailed || isAnswer(error)) return 'unknown';
    throw error;
  }
}
