import type { ReadSystem } from '../system/system.ts';
import type { SlotOptions } from './layout.ts';
import { environmentShebang, s6Program } from './programs.ts';

/** What a slot depends on besides the machine that it is made on. */
type OwnOptions = Omit<SlotOptions, 'shebang' | 'setuidgid' | 'log'>;

/** Adds what the machine has: s6-overlay's programs, or those of Debian's s6. */
export function slotOptions(system: ReadSystem, options: OwnOptions): SlotOptions {
  return {
    ...options,
    shebang: environmentShebang(system),
    setuidgid: s6Program(system, 's6-setuidgid'),
    log: s6Program(system, 's6-log'),
  };
}
