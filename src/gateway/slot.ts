/** The changes that make a gateway slot what it should be, and whether s6 runs on it. */

import type { Change } from '../changes/change.ts';
import { isAnswer } from '../errors/look-failed.ts';
import { Problem } from '../errors/problem.ts';
import { whatIs } from '../step/notes.ts';
import { rightsChanges } from '../step/rights.ts';
import { contentEquals } from '../step/program.ts';
import { sameOwner, type Entry } from '../system/entry.ts';
import { join } from '../system/path.ts';
import type { Part, NewDirectory } from '../system/new-directory.ts';
import type { ReadSystem } from '../system/system.ts';

/** The file that keeps s6-supervise from starting a service at once. */
const DOWN = 'down';

const RIGHTS = {
  mode: 'otherwise its supervisor or the account cannot use it',
  owner: 'the account controls its own gateways',
};

/** Whether an s6-supervise runs on a service directory. */
export function isSupervised(system: ReadSystem, slot: string): boolean {
  return system.ask({ kind: 'listens', path: join(slot, 'supervise/control') });
}

/** Whether an s6-svscan runs on a scan directory. */
export function isScanned(system: ReadSystem, scandir: string): boolean {
  return system.ask({ kind: 'listens', path: join(scandir, '.s6-svscan/control') });
}

/**
 * The changes that make a slot what it should be. One that nothing supervises is made anew if
 * anything in it differs; under a running service only files, modes and owners are fixed, and what
 * only a new supervisor reads is left to the next boot.
 * @throws Problem when something else stands in its place
 */
export function slotChanges(
  system: ReadSystem,
  path: string,
  slot: NewDirectory,
  about: { readonly label: string; readonly why: string },
): Change[] {
  const publish: Change = { kind: 'slot', path, slot, ...about };
  const entry = system.look(path);
  if (entry.type === 'missing') return [publish];
  if (entry.type !== 'directory') {
    throw new Problem({
      found: `${path} is ${whatIs(entry)}`,
      wanted: 'a service directory, or nothing',
      mend: `remove ${path}`,
    });
  }
  if (isSupervised(system, path)) {
    const { owner, mode } = slot;
    const parts = slot.parts.filter(({ name }) => name !== DOWN);
    return [
      ...parts.flatMap((part) => partChanges(system, path, part, slot)),
      ...rightsChanges(path, entry, { owner, mode }, RIGHTS),
    ];
  }
  if (isAsPublished(system, path, slot)) return [];
  const why = 'nothing runs on it, and it differs from what this boot registers';
  return [{ kind: 'tree-removal', path, from: 'service directory', why }, publish];
}

function isAsPublished(system: ReadSystem, path: string, slot: NewDirectory): boolean {
  const { owner, mode, parts } = slot;
  const isDown = system.look(join(path, DOWN)).type !== 'missing';
  if (isDown !== parts.some(({ name }) => name === DOWN)) return false;
  const entry = system.look(path);
  if (!('stat' in entry) || entry.stat.mode !== mode || !sameOwner(entry.stat, owner)) return false;
  return parts.every(
    (part) =>
      system.look(join(path, part.name)).type === part.type &&
      partChanges(system, path, part, slot).length === 0,
  );
}

function partChanges(
  system: ReadSystem,
  slot: string,
  part: Part,
  { owner }: NewDirectory,
): Change[] {
  const path = join(slot, part.name);
  const { mode } = part;
  const entry = system.look(path);
  if (entry.type === 'missing') {
    const why = 'the slot lacks it';
    if (part.type === 'directory') return [{ kind: 'directory', path, mode, owner, why }];
    // A FIFO is made by the supervisor that reads from it.
    return part.type === 'fifo' ? [] : [fileChange(path, part, owner, 'absent', why)];
  }
  if (entry.type !== part.type || !('stat' in entry)) throw inTheWay(path, part, entry);
  if (part.type === 'file' && !holds(system, path, part)) {
    return [fileChange(path, part, owner, 'file', 'it differs from what this boot registers')];
  }
  return rightsChanges(path, entry, { owner, mode }, RIGHTS);
}

type FilePart = Extract<Part, { type: 'file' }>;

function fileChange(
  path: string,
  { content, mode }: FilePart,
  owner: NewDirectory['owner'],
  from: 'absent' | 'file',
  why: string,
): Change {
  return { kind: 'file', path, content, mode, owner, from, label: content.toString(), why };
}

function holds(system: ReadSystem, path: string, { content }: FilePart): boolean {
  try {
    return system.readAs(path, contentEquals(content), content.size);
  } catch (error) {
    // It is larger than it should be.
    if (isAnswer(error)) return false;
    throw error;
  }
}

function inTheWay(path: string, part: Part, entry: Entry): Problem {
  return new Problem({ found: `${path} is ${whatIs(entry)}`, wanted: `a ${part.type}` });
}
