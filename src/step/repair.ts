/**
 * Finds what has a wrong owner in a tree or at a path, and says what of it is left alone and why.
 */
import type { Change, OwnerReasons } from '../changes/change.ts';
import { planTreeOwner, whyOwner } from '../changes/tree-owner.ts';
import { Problem } from '../errors/problem.ts';
import { accountOf, closedMount } from './mounted-files.ts';
import { acceptable, info, warning } from './notes.ts';
import type { Note, StepContext } from './step.ts';
import { type Owner, type Present, sameOwner, showOwner } from '../system/entry.ts';
import { clearedBits } from '../system/memory-node.ts';
import type { OwnerRule } from '../system/owner-rule.ts';
import { componentsOf } from '../system/path.ts';
import { isHardLinked } from '../system/scan.ts';
import type { ReadSystem } from '../system/system.ts';
import type { OwnerScan } from '../system/tree.ts';
import { counted, listed } from '../text/phrases.ts';

/** The owner that entries should have, and the name that the plan gives it. */
export interface Wanted {
  readonly owner: Owner;
  readonly name: string;
  /** What to make of something that root owns, as a phrase. */
  readonly byRoot: string;
  /** What in a tree is given to the owner; what is named by itself is in any case. */
  readonly rule: OwnerRule;
}

/** What a look at one path led to. */
export interface Repair {
  readonly changes: readonly Change[];
  readonly notes: readonly Note[];
  /** Entries of other users, which are left alone. */
  readonly others: number;
  /** What could not be looked at, so that nobody knows whether it has to change. */
  readonly unseen: readonly string[];
}

/** Where there is nothing to do. */
export const NOTHING: Repair = { changes: [], notes: [], others: 0, unseen: [] };

/** Directories of everybody that no plan may give away, whatever it says. */
const SYSTEM_DIRECTORIES =
  /^\/(?:bin|boot|dev|dev\/shm|etc|home|lib[^/]*|media|mnt|opt|proc|root|run|run\/(?:lock|s6|user)|sbin|srv|sys|tmp|usr|usr\/(?:local\/)?(?:bin|etc|games|include|lib[^/]*|local|man|sbin|share|src)|var|var\/(?:backups|cache|lib|local|log|mail|opt|spool|tmp))?$/;

/** Directories of the kernel, of devices and of programs, in which nothing is anybody's own. */
const SYSTEM_TREES = /^\/(?:boot|dev(?!\/shm\/)|proc|sys|(?:usr\/(?:local\/)?)?s?bin)\//;

/**
 * Refuses to give away a directory that the system itself needs.
 * @throws Problem when `path`, a canonical one, is such a directory, or lies in one of programs
 */
export function refuseSystemDirectory(path: string, variable: string | undefined): void {
  const isOne = SYSTEM_DIRECTORIES.test(path);
  const at = SYSTEM_TREES.exec(path)?.[0].slice(0, -1) ?? '';
  if (!isOne && at === '') return;
  throw new Problem({
    found: `${path} ${isOne ? 'is' : `lies in ${at},`} a directory of the system`,
    wanted: 'a directory of its own, such as /opt/data',
    mend:
      variable === undefined ? 'name another one in the plan' : `set ${variable} to another one`,
  });
}

/** Gives everything wrong at and below a path, a canonical one and no link, to its owner. */
export async function repairTree(
  context: StepContext<unknown>,
  path: string,
  wanted: Wanted,
): Promise<Repair> {
  if (context.system.isMount(path)) return mountedElsewhere(context, path, wanted);
  return repairWithin(context, path, wanted);
}

/** The same for a tree that is a mount of its own where nobody has to be asked. */
export async function repairWithin(
  context: StepContext<unknown>,
  path: string,
  wanted: Wanted,
): Promise<Repair> {
  const { system } = context;
  const look = await system.lookToOwn(path, wanted.rule, context);
  const { changes, seen } = planTreeOwner(path, look, wanted.rule, reasonsOf(wanted));
  const notes = seen === undefined ? [] : scanNotes(system, seen, wanted.owner);
  return { changes, notes, others: look.others, unseen: look.unreadable };
}

/** Gives one entry, and nothing below it, to its owner. */
export function repairEntry(path: string, entry: Present, wanted: Wanted): Repair {
  const { uid, gid } = entry.stat;
  const to = wanted.owner;
  if (sameOwner(entry.stat, to)) return NOTHING;
  if (isHardLinked(entry)) return { ...NOTHING, notes: [hardLinked([path], 1)] };
  const from = { uid, gid };
  const why = whyOwner([from], to, reasonsOf(wanted));
  const clears = clearedBits(entry);
  return { ...NOTHING, changes: [{ kind: 'owner', path, from, to, clears, why }] };
}

/** Leaves a mount of its own alone, and says so where that leaves a wrong owner. */
export function mountedElsewhere(
  { system }: StepContext<unknown>,
  path: string,
  wanted: Wanted,
): Repair {
  const entry = system.look(path);
  if (!('stat' in entry) || sameOwner(entry.stat, wanted.owner)) return NOTHING;
  if (entry.type === 'file') {
    // What matters of a single file is what the account can do with it.
    const cause = closedMount(path, entry.stat, accountOf(system, wanted.name, wanted.owner));
    return cause === undefined
      ? NOTHING
      : { ...NOTHING, notes: [{ ...warning(cause.found), cause }] };
  }
  const text =
    `${path} is a mount of its own and belongs to ${showOwner(entry.stat)}: left alone; ` +
    `chown it to ${showOwner(wanted.owner)} where it comes from if ${wanted.name} should own it`;
  return { ...NOTHING, notes: [acceptable('mount', path, text)] };
}

function reasonsOf({ owner, name, byRoot }: Wanted): OwnerReasons {
  return {
    byRoot,
    byGroup: `the user is right, but the group of ${name} is ${owner.gid}`,
    byOther: /^\d/.test(name)
      ? `the plan gives it to ${name}`
      : `${name} is ${showOwner(owner)} now`,
  };
}

/** Paths that lie in none of the others, in their order: a tree covers what is listed below it. */
export function outermost(paths: readonly string[]): string[] {
  const tidy = paths.map(tidied);
  return paths.filter((_, index) => !tidy.some((other) => isBelow(tidy[index] ?? '', other)));
}

/** Whether a relative path is one of some others, or lies below one of them. */
export function isCovered(path: string, others: readonly string[]): boolean {
  const tidy = tidied(path);
  return others.map(tidied).some((other) => tidy === other || isBelow(tidy, other));
}

function isBelow(path: string, other: string): boolean {
  return other === '' ? path !== '' : path.startsWith(`${other}/`);
}

function tidied(path: string): string {
  return componentsOf(path).join('/');
}

/** What a look at a tree that is given to `owner` leaves alone, and why. */
export function scanNotes(system: ReadSystem, scan: OwnerScan, owner: Owner): Note[] {
  const notes: Note[] = [];
  if (scan.hardLinked.count > 0) {
    notes.push(hardLinked(scan.hardLinked.sample, scan.hardLinked.count));
  }
  for (const mount of scan.mounts) {
    const entry = system.look(mount);
    if (!('stat' in entry) || sameOwner(entry.stat, owner)) continue;
    const whose = showOwner(entry.stat);
    notes.push(info(`${mount} is a mount of its own and belongs to ${whose}: not entered`));
  }
  for (const path of scan.unreadable) {
    const text = `${path} cannot be listed: what is below it keeps its owners`;
    notes.push({ ...warning(text), unread: path });
  }
  return notes;
}

function hardLinked(sample: readonly string[], count: number): Note {
  const more = count > sample.length ? ` and ${counted(count - sample.length, 'other')}` : '';
  const verb = count === 1 ? 'has' : 'have';
  const text =
    `${listed(sample)}${more} ${verb} several hard links: left alone, since another name ` +
    'may lie where nobody listed it';
  return acceptable('hard-links', undefined, text);
}
