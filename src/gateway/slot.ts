/** The changes that make a gateway slot what it should be, and whether s6 runs on it. */
import type { Change } from '../changes/change.ts';
import { isAnswer } from '../errors/look-failed.ts';
import { Problem } from '../errors/problem.ts';
import { whatIs } from '../step/notes.ts';
import { rightsChanges } from '../step/rights.ts';
import { contentEquals } from '../step/program.ts';
import type { Content } from '../system/content.ts';
import type { Owner } from '../system/entry.ts';
import { join } from '../system/path.ts';
import type { Part, NewDirectory } from '../system/new-directory.ts';
import type { ReadSystem } from '../system/system.ts';
import type { SlotAccess } from './slot-layout.ts';

/** The file that keeps s6-supervise from starting a service at once. */
const DOWN = 'down';

const RIGHTS = {
  mode: 'otherwise its supervisor or the account cannot use it',
  owner: 'the account controls its gateways, and no more of them than was meant',
};

/**
 * Who can change slots and who controls them, for a boot by root or by the account itself.
 * @param owner the account that gateways run as
 */
export function accessFor(isRoot: boolean, wanted: 'closed' | 'open', owner: Owner): SlotAccess {
  if (isRoot && wanted === 'closed') return { kind: 'closed', group: owner.gid };
  return { kind: 'open', owner };
}

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
 * @throws Problem when something else is in its place
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
  const { owner, mode, parts } = slot;
  const rights = rightsChanges(path, entry, { owner, mode }, RIGHTS);
  if (isSupervised(system, path)) {
    const read = parts.filter(({ name }) => name !== DOWN);
    return [...read.flatMap((part) => partChanges(system, path, part, owner)), ...rights];
  }
  const isDown = system.look(join(path, DOWN)).type !== 'missing';
  const isAsWanted =
    rights.length === 0 &&
    isDown === parts.some(({ name }) => name === DOWN) &&
    parts.every(
      (part) =>
        system.look(join(path, part.name)).type === part.type &&
        partChanges(system, path, part, owner).length === 0,
    );
  if (isAsWanted) return [];
  const why = 'nothing runs on it, and it differs from what this boot registers';
  return [{ kind: 'tree-removal', path, from: 'service directory', why }, publish];
}

function partChanges(system: ReadSystem, slot: string, part: Part, top: Owner): Change[] {
  const path = join(slot, part.name);
  const { mode, owner = top } = part;
  const fileChanges = (from: 'absent' | 'file', why: string): Change[] => {
    // A FIFO is made by the supervisor that reads from it.
    if (part.type !== 'file') return [];
    const { content } = part;
    return [{ kind: 'file', path, content, mode, owner, from, label: content.toString(), why }];
  };
  const entry = system.look(path);
  if (entry.type === 'missing') {
    const why = 'the slot lacks it';
    if (part.type === 'directory') return [{ kind: 'directory', path, mode, owner, why }];
    return fileChanges('absent', why);
  }
  if (entry.type !== part.type || !('stat' in entry)) {
    throw new Problem({ found: `${path} is ${whatIs(entry)}`, wanted: `a ${part.type}` });
  }
  if (part.type === 'file' && !holds(system, path, part.content)) {
    return fileChanges('file', 'it differs from what this boot registers');
  }
  return rightsChanges(path, entry, { owner, mode }, RIGHTS);
}

function holds(system: ReadSystem, path: string, content: Content): boolean {
  try {
    return system.readAs(path, contentEquals(content), content.size);
  } catch (error) {
    // It is larger than it should be.
    if (isAnswer(error)) return false;
    throw error;
  }
}
