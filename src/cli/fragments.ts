import type { PlanSource } from '../plan/source.ts';
import type { Stat } from '../system/entry.ts';
import { showMode, showOwner } from '../system/entry.ts';
import { join } from '../system/path.ts';
import type { ReadSystem } from '../system/system.ts';
import { EarlyEnd } from './end.ts';

/** Where derived images and operators put what they change of a plan. */
const FRAGMENTS = ['/etc', '/etc/hermes-boot', '/etc/hermes-boot/plan.d'] as const;

/** In bytes. */
const LARGEST = 1024 * 1024;

const WRITABLE_BY_GROUP = 0o020;
const WRITABLE_BY_OTHERS = 0o002;

/**
 * The fragments of a world, in the order of their names. Root does what they say, so nobody else
 * may have written them.
 * @param path names a path of the world as messages show it
 * @throws EarlyEnd when one could have been written by somebody else: a boot without what it says
 *   would not be the boot that was asked for
 */
export function readFragments(system: ReadSystem, path: (path: string) => string): PlanSource[] {
  const directory = FRAGMENTS[2];
  const names = system.list(directory).filter((name) => /^[^.].*\.yaml$/.test(name));
  if (names.length === 0) return [];
  const refused = [...FRAGMENTS, ...names.map((name) => join(directory, name))].flatMap((place) =>
    refusal(system, place, path(place)),
  );
  if (refused.length > 0) {
    throw new EarlyEnd('config', ...refused, 'nothing was run: root does what fragments say');
  }
  return names.map((name) => {
    const place = join(directory, name);
    return { file: path(place), text: system.readText(place, LARGEST) };
  });
}

function refusal(system: ReadSystem, place: string, shown: string): string[] {
  const entry = system.look(place);
  const wanted = FRAGMENTS.some((directory) => directory === place) ? 'directory' : 'file';
  if (entry.type !== wanted) return [`${shown} is a ${entry.type}, wanted a ${wanted} of root`];
  const { stat } = entry;
  const faults = [
    ...(isTrusted(stat) ? [] : [`belongs to ${showOwner(stat)}`]),
    ...(isShared(stat) ? [`can be written by others (${showMode(stat.mode)})`] : []),
  ];
  if (faults.length === 0) return [];
  const mend = `chown root:root ${shown} && chmod go-w ${shown}`;
  return [`${shown} ${faults.join(' and ')}; mend it with`, `  ${mend}`];
}

/** Whoever boots cannot be tricked by himself. */
function isTrusted({ uid }: Stat): boolean {
  return uid === 0 || uid === process.geteuid?.();
}

/** The group of root is root, as for sudoers(5): a umask of 002 leaves 0664 root:root behind. */
function isShared({ mode, gid }: Stat): boolean {
  return (mode & WRITABLE_BY_OTHERS) !== 0 || ((mode & WRITABLE_BY_GROUP) !== 0 && gid !== 0);
}
