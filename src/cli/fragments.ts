/** Reads the plan fragments in /etc/hermes-boot/plan.d, and refuses those that others can write. */
import { isAnswer, LookFailed } from '../errors/look-failed.ts';
import type { PlanSource } from '../plan/plan.ts';
import type { Reader } from '../system/content.ts';
import { othersMayWrite, type Stat, showMode, showOwner } from '../system/entry.ts';
import { join } from '../system/path.ts';
import type { ReadSystem } from '../system/system.ts';
import { nullable, text } from '../text/codec.ts';
import { ExitError } from './exit.ts';

/** Where derived images and operators put their changes to a plan. */
const FRAGMENTS = ['/etc', '/etc/hermes-boot', '/etc/hermes-boot/plan.d'] as const;

/** In bytes. */
const LARGEST = 1024 * 1024;

/** To list a directory and look into it, as in the last octal digit of a mode. */
const LIST = 0o5;

/**
 * The fragments of a world, in the order of their names. Root does what they say, so only root may
 * have written them.
 * @param path a path of the world, as messages show it
 * @throws ExitError when one cannot be read, or others can write it: a boot without it would not be
 *   the boot that was asked for
 */
export function readFragments(system: ReadSystem, path: (path: string) => string): PlanSource[] {
  const directory = FRAGMENTS[2];
  for (const place of FRAGMENTS) {
    const { type } = system.look(place);
    if (type === 'missing') return [];
    if (type !== 'directory') refuse([`${path(place)} is a ${type}; wanted a directory of root`]);
    if (system.ask({ kind: 'permits', path: place, bits: LIST }) === false)
      throw new LookFailed(path(place), 'access', 'EACCES');
  }
  const all = system.list(directory);
  // Editors leave other names behind; this one was meant.
  const misnamed = all.filter((name) => /^[^.].*\.yml$/s.test(name));
  const names = all.filter((name) => /^[^.].*\.yaml$/s.test(name));
  const places =
    names.length === 0 ? [] : [...FRAGMENTS, ...names.map((name) => join(directory, name))];
  refuse([
    ...misnamed.map((name) => `${path(join(directory, name))} is not read; name it .yaml`),
    ...places.flatMap((place) => faultsOf(system, place, path(place))),
  ]);
  return names.map((name) => readFragment(system, join(directory, name), path));
}

function refuse(why: readonly string[]): void {
  if (why.length === 0) return;
  throw new ExitError('config', ...why, 'nothing was run: root does what fragments say');
}

function readFragment(
  system: ReadSystem,
  place: string,
  path: (path: string) => string,
): PlanSource {
  const file = path(place);
  try {
    const own = system.read(place, LARGEST).open(utf8);
    if (own !== null) return { file, text: own };
  } catch (error) {
    if (!isAnswer(error)) throw error;
    throw new ExitError('config', `${file}: ${error.message}`, 'nothing was run');
  }
  throw new ExitError('config', `${file} is not UTF-8 text`, 'nothing was run');
}

const utf8: Reader<string | null> = {
  name: 'a fragment',
  codec: nullable(text),
  read: (content, exact) => (exact ? content : null),
};

function faultsOf(system: ReadSystem, place: string, shown: string): string[] {
  const entry = system.look(place);
  const wanted = FRAGMENTS.some((directory) => directory === place) ? 'directory' : 'file';
  if (entry.type === 'missing') return [`${shown} cannot be found`];
  if (entry.type !== wanted) return [`${shown} is a ${entry.type}; wanted a ${wanted} of root`];
  const { stat } = entry;
  const faults = [
    ...(isTrusted(stat) ? [] : [`belongs to ${showOwner(stat)}`]),
    ...(othersMayWrite(stat) ? [`can be written by others (${showMode(stat.mode)})`] : []),
  ];
  if (faults.length === 0) return [];
  const mend = `chown root:root ${shown} && chmod go-w ${shown}`;
  return [`${shown} ${faults.join(' and ')}; fix it with`, `  ${mend}`];
}

/** A user who boots may trust files of their own. */
function isTrusted({ uid }: Stat): boolean {
  return uid === 0 || uid === process.geteuid?.();
}
