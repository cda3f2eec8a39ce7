/**
 * directory.private: a directory belongs to one account alone, in a place that others may write to.
 */
import { type Facts, hasOwner, mayGiveTo } from '../src/step/facts.ts';
import { owner, path } from '../src/step/fields.ts';
import { leftAlone, warning } from '../src/step/notes.ts';
import { ownerOf } from '../src/step/owner.ts';
import { canonical, parentChanges } from '../src/step/paths.ts';
import { refuseSystemDirectory } from '../src/step/repair.ts';
import { rightsChanges } from '../src/step/rights.ts';
import { changesOr, type Converged, defineStep, type Note } from '../src/step/step.ts';
import { mayChange, reliesOnOwner } from '../src/step/touch.ts';
import { type Owner, sameOwner, showMode, showOwner, type Stat } from '../src/system/entry.ts';
import { parentOf } from '../src/system/path.ts';
import type { ReadSystem } from '../src/system/system.ts';
import { counted } from '../src/text/phrases.ts';

const MODE = 0o700;

export const directoryPrivate = defineStep({
  uses: 'directory.private',
  summary: 'Keep a directory private to one account, in a place that others may write to.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: [],
    properties: {
      path: path(
        'The directory. Missing parents are made for root, with mode 0755. Unset: nothing is done.',
      ),
      owner: owner('Whose it is. Without this it is `as`, or the user that runs this.'),
    },
  },
  plan(context) {
    const { system, facts, with: options } = context;
    const variable = context.variable('path');
    if (options.path === undefined) {
      return { skipped: `${variable ?? 'the directory'} is not set` };
    }
    const entry = system.look(options.path);
    const present = entry.type === 'directory' ? entry.stat : undefined;
    if (present === undefined && entry.type !== 'missing') {
      return refused(options.path, leftAlone(options.path, entry, 'move it out of the way'));
    }
    const at = canonical(system, options.path);
    refuseSystemDirectory(at, variable);
    const wanted = ownerOf(context, options.owner);
    const name = options.owner ?? context.as ?? showOwner(wanted);
    const strange = present === undefined ? undefined : strangeness(system, at, present, wanted);
    if (strange !== undefined) return refused(at, warning(`${at} ${strange}: left alone`));

    // What is there already takes CAP_CHOWN to give away, even by its owner.
    const given =
      present === undefined ? mayGiveTo(wanted, facts) : facts.capabilities.has('CHOWN');
    const { uid, gid } = present ?? facts;
    const to = given ? wanted : { uid, gid };
    const notes = [...ungiven(at, to, wanted, name, facts), ...exposed(system, at, wanted)];
    if (present === undefined) {
      const why = 'it is missing';
      const made = { kind: 'directory', path: at, mode: MODE, owner: to, why } as const;
      return { changes: [...parentChanges(context, at), made], notes };
    }
    const reasons = { mode: `it is private to ${name}`, owner: `it should belong to ${name}` };
    const closed = { type: 'directory', stat: { ...present, mode: MODE } } as const;
    // The mode first: it gives nothing to anybody but the owner, and takes no CAP_FOWNER of root.
    const changes = [
      ...rightsChanges(at, { type: 'directory', stat: present }, { mode: MODE }, reasons),
      ...rightsChanges(at, closed, { owner: to }, reasons),
    ];
    return changesOr(changes, `${at} is ${showMode(MODE)} ${showOwner(to)}`, notes);
  },
  touches: (options) =>
    options.path === undefined
      ? []
      : [...mayChange(options.path, 'existence', 'mode', 'owner'), ...reliesOnOwner(options.owner)],
});

function refused(at: string, note: Note): Converged {
  return { converged: `${at} is left alone`, notes: [note] };
}

/**
 * Why a directory is nobody's to give away, as the end of a sentence: another account made it, or
 * root did and keeps something in it that others are meant to reach.
 */
function strangeness(
  system: ReadSystem,
  at: string,
  { uid, gid, mode }: Stat,
  wanted: Owner,
): string | undefined {
  if (uid !== 0 && uid !== wanted.uid) {
    return `belongs to ${showOwner({ uid, gid })}, who may have put it there to be trusted`;
  }
  const names = (mode & 0o077) === 0 ? 0 : system.list(at).length;
  if (names === 0) return undefined;
  const whose = uid === 0 ? "root's, " : '';
  return `is ${whose}open to others and holds ${counted(names, 'name')}, so no private one`;
}

function ungiven(at: string, is: Owner, wanted: Owner, name: string, facts: Facts): Note[] {
  if (sameOwner(is, wanted)) return [];
  const why = hasOwner(facts.ids, wanted)
    ? `CAP_CHOWN is missing (this is uid ${facts.uid})`
    : `the user namespace has no ${showOwner(wanted)}`;
  return [warning(`${at} belongs to ${showOwner(is)} and not to ${name}: ${why}`)];
}

/** Says where on the way somebody else could put another directory in its place. */
function exposed(system: ReadSystem, path: string, wanted: Owner): Note[] {
  for (let at = path; at !== '/';) {
    at = parentOf(at);
    const entry = system.look(at);
    if (entry.type !== 'directory' || !isOpen(entry.stat, wanted)) continue;
    const text =
      `${at} is ${showMode(entry.stat.mode)} ${showOwner(entry.stat)}: others can put another ` +
      `directory in place of ${path}; chown it to root and chmod it to 1777`;
    return [warning(text)];
  }
  return [];
}

/** Whether others than root and the owner can rename what a directory holds; see unlink(2). */
function isOpen({ uid, gid, mode }: Stat, wanted: Owner): boolean {
  if (uid !== 0 && uid !== wanted.uid) return true;
  if ((mode & 0o1000) !== 0) return false;
  return (mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && gid !== 0 && gid !== wanted.gid);
}
