import { isAnswer } from '../errors/look-failed.ts';
import { lookBelow } from '../step/place.ts';
import type { Reader } from '../system/content.ts';
import { join } from '../system/path.ts';
import type { ReadSystem } from '../system/system.ts';
import { flag } from '../text/codec.ts';

const CONFIG = 'config.yaml';

/** As YAML 1.1 has it, which the agent reads its configuration with. */
const FLAG = /(?:^|[\s{,])["']?multiplex_profiles["']?\s*:\s*["']?(?:true|yes|on)\b/i;

const multiplexed: Reader<boolean> = {
  name: 'gateway.multiplex_profiles',
  codec: flag,
  read: (text) => FLAG.test(sectionOf(text, 'gateway')),
};

/**
 * Whether the configuration of a home says that one gateway serves all profiles:
 * `gateway.multiplex_profiles`. By a look at its lines, since a boot must not wait for a YAML
 * parser to load; a file that is too large says nothing.
 */
export function multiplexes(system: ReadSystem, home: string): boolean {
  if (lookBelow(system, home, CONFIG).type !== 'file') return false;
  try {
    return system.readAs(join(home, CONFIG), multiplexed);
  } catch (error) {
    if (isAnswer(error)) return false;
    throw error;
  }
}

/** The lines of a top-level mapping, without comments. */
function sectionOf(text: string, name: string): string {
  // YAML skips a byte order mark.
  const all = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const lines = all.map((line) => line.replace(/(^|\s)#.*$/, ''));
  const start = lines.findIndex((line) => line.startsWith(`${name}:`));
  if (start === -1) return '';
  const length = lines.slice(start + 1).findIndex((line) => /^\S/.test(line));
  return lines.slice(start, length === -1 ? undefined : start + 1 + length).join('\n');
}
