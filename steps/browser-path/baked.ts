import { warning, whatIs } from '../../src/step/phrases.ts';
import { endOf } from '../../src/step/program.ts';
import type { Note } from '../../src/step/step.ts';
import type { Reader } from '../../src/system/content.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { nullable, text } from '../../src/text/codec.ts';
import { isExecutable } from './program.ts';

/** Of a file that holds a path and the end of its line, in bytes; see PATH_MAX in limits.h. */
const LONGEST_PATH = 4098;

const onePath: Reader<string | null> = {
  name: 'the path',
  codec: nullable(text),
  read(content) {
    const path = content.replace(/\r?\n$/, '');
    return /^\/\P{Cc}*$/u.test(path) ? path : null;
  },
};

/** What the image says of its browser: a path, nothing, or something that is of no use. */
export function readBaked(
  system: ReadSystem,
  file: string | undefined,
): { readonly path?: string; readonly notes: readonly Note[] } {
  const entry = file === undefined ? undefined : system.look(file);
  if (file === undefined || entry === undefined || entry.type === 'missing') return { notes: [] };
  const useless = (found: string) => ({ notes: [warning(`${found}: not used`)] });
  if (entry.type !== 'file') return useless(`${file} is ${whatIs(entry)}`);
  if (entry.stat.size > LONGEST_PATH) return useless(`${file} has ${entry.stat.size} bytes`);
  const path = system.readAs(file, onePath, LONGEST_PATH);
  if (path === null) return useless(`${file} does not hold one absolute path`);
  const browser = endOf(system, path);
  if (isExecutable(browser)) return { path, notes: [] };
  const is = browser.type === 'file' ? 'not executable' : whatIs(browser);
  return useless(`${file} names ${path}, which is ${is}`);
}
