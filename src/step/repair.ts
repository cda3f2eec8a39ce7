import type { Change } from '../changes/change.ts';
import { Problem } from '../errors/problem.ts';
import { sameOwner, showOwner, type Owner, type Present } from '../system/entry.ts';
import { clearedBits } from '../system/node.ts';
import { componentsOf } from '../system/path.ts';
import { isHardLinked } from '../system/scan.ts';
import type { OwnerScan } from '../system/tree.ts';
import { counted, info, listed, warning } from './phrases.ts';
import type { Note, StepContext } from './step.ts';

/** The owner that entries should have, and the name that the plan gives it. */
export interface Wanted {
  readonly owner: Owner;
  readonly name: string;
  /** What to make of something that root owns, as a phrase. */
  readonly byRoot: string;
}

/** What a look at one path led to. */
export interface Repair {
  readonly changes: readonly Change[];
  readonly notes: readonly Note[];
}

const NOTHING: Repair = { changes: [], notes: [] };

/** Directories of everybody that no plan may give away, whatever it says. */
const SYSTEM_DIRECTORIES =
  /^\/(?:bin|boot|dev|dev\/shm|etc|home|lib[^/]*|media|mnt|opt|proc|root|run|run\/(?:lock|s6|user)|sbin|srv|sys|tmp|usr|var|var\/(?:backups|cache|lib|local|log|mail|opt|spool|tmp))?$/;

/**
 * Refuses to give away a directory that the system itself needs.
 * @throws Problem when `path`, a canonical one, is such a directory
 */
export function refuseSystemDirectory(path: string, variable: string | undefined): void {
  if (!SYSTEM_DIRECTORIES.test(path)) return;
  throw new Problem({
    found: `${path} is a directory of the system`,
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
  const { system, signal } = context;
  if (system.isMount(path)) return mountedElsewhere(context, path, wanted);
  const scan = await system.scanOwners(path, wanted.owner, signal);
  return { changes: treeChanges(path, scan, wanted), notes: scanNotes(context, scan, wanted) };
}

/** Gives one entry, and nothing below it, to its owner. */
export function repairEntry(path: string, entry: Present, wanted: Wanted): Repair {
  const { uid, gid } = entry.stat;
  if (sameOwner(entry.stat, wanted.owner)) return NOTHING;
  if (isHardLinked(entry)) return { changes: [], notes: [hardLinked([path], 1)] };
  const from = { uid, gid };
  const why = whyOwner(from, wanted);
  const clears = clearedBits(entry);
  const to = wanted.owner;
  return { changes: [{ kind: 'owner', path, from, to, clears, why }], notes: [] };
}

/** Leaves a mount of its own alone, and says so where that leaves a wrong owner. */
export function mountedElsewhere(
  { system }: StepContext<unknown>,
  path: string,
  wanted: Wanted,
): Repair {
  const entry = system.look(path);
  if (!('stat' in entry) || sameOwner(entry.stat, wanted.owner)) return NOTHING;
  const text =
    `${path} is a mount of its own and belongs to ${showOwner(entry.stat)}: left alone; ` +
    `chown it to ${showOwner(wanted.owner)} where it comes from if ${wanted.name} should own it`;
  return { changes: [], notes: [warning(text)] };
}

/** Why an entry that belongs to `found` is given to the wanted owner. */
function whyOwner(found: Owner, { owner, name, byRoot }: Wanted): string {
  if (found.uid === 0 && owner.uid !== 0) return byRoot;
  if (found.uid === owner.uid) return `the user is right, but the group of ${name} is ${owner.gid}`;
  return /^\d/.test(name) ? `the plan gives it to ${name}` : `${name} is ${showOwner(owner)} now`;
}

/** Paths that lie in none of the others, in their order: a tree covers what is listed below it. */
export function outermost(paths: readonly string[]): string[] {
  return paths.filter((path) => !paths.some((other) => other !== path && isBelow(path, other)));
}

/** Whether a relative path lies below another. */
export function isBelow(path: string, other: string): boolean {
  const [inner, outer] = [componentsOf(path), componentsOf(other)];
  return inner.length > outer.length && outer.every((name, index) => inner[index] === name);
}

function treeChanges(path: string, scan: OwnerScan, wanted: Wanted): Change[] {
  const to = wanted.owner;
  if (scan.wrong === 0) return [];
  if (scan.wrong === scan.sample.length) {
    // A walk names the top first. It is owned last, so that an interrupted repair is seen again.
    return scan.sample.toReversed().map(({ path: below, owner: from, clears }) => {
      return { kind: 'owner', path: below, from, to, clears, why: whyOwner(from, wanted) };
    });
  }
  const { owners, wrong, entries, clears } = scan;
  const why = [...new Set(owners.map((owner) => whyOwner(owner, wanted)))].join('; ');
  return [{ kind: 'tree-owner', path, to, owners, clears, wrong, entries, why }];
}

function scanNotes({ system }: StepContext<unknown>, scan: OwnerScan, wanted: Wanted): Note[] {
  const notes: Note[] = [];
  if (scan.hardLinked.count > 0) {
    notes.push(hardLinked(scan.hardLinked.sample, scan.hardLinked.count));
  }
  for (const mount of scan.mounts) {
    const entry = system.look(mount);
    if (!('stat' in entry) || sameOwner(entry.stat, wanted.owner)) continue;
    const owner = showOwner(entry.stat);
    notes.push(info(`${mount} is a mount of its own and belongs to ${owner}: not entered`));
  }
  for (const path of scan.unreadable) {
    notes.push(warning(`${path} cannot be listed: what is below it keeps its owners`));
  }
  return notes;
}

function hardLinked(sample: readonly string[], count: number): Note {
  const more = count > sample.length ? ` and ${counted(count - sample.length, 'other')}` : '';
  const verb = count === 1 ? 'has' : 'have';
  const text =
    `${listed(sample)}${more} ${verb} several hard links: left alone, since another name ` +
    'may lie where nobody listed it';
  return warning(text);
}
