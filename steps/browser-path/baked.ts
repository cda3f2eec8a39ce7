import { warning, whatIs } from '../../src/step/phrases.ts';
import { endOf } from '../../src/step/program.ts';
import type { Note } from '../../src/step/step.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { isExecutable } from './program.ts';

/** Of a file that holds a path and the end of its line, in bytes; see PATH_MAX in limits.h. */
const LONGEST_PATH = 4098;

const ONE_PATH = /^\/\P{Cc}*$/u;

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
  const path = system.readText(file, LONGEST_PATH).replace(/\r?\n$/, '');
  if (!ONE_PATH.test(path)) return useless(`${file} does not hold one absolute path`);
  const browser = endOf(system, path);
  if (isExecutable(browser)) return { path, notes: [] };
  const is = browser.type === 'file' ? 'not executable' : whatIs(browser);
  return useless(`${file} names ${path}, which is ${is}`);
}
