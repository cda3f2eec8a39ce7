/**
 * Which ids the account of a home has had. A new container has the ids of its image again, so that
 * only the home can tell to which ones its files were given last. The account may delete the
 * record, which costs a walk; it cannot forge it.
 */
import type { IdsChange } from '../changes/change.ts';
import { homeIds, type HomeIds, type RememberedId } from '../system/ids-record.ts';
import { Problem } from '../errors/problem.ts';
import { sameOwner, showOwner, type Owner } from '../system/entry.ts';
import { CLOSING_ID, isReplacedBy, type FormerId } from '../system/owner-rule.ts';
import { join } from '../system/path.ts';
import type { ReadSystem } from '../system/system.ts';
import type { StepContext } from './step.ts';

/** What a plan and the accounts of a container say about an account. */
export interface KnownIds {
  /** The ids that it has now, or is about to get. */
  readonly to: Owner;
  /** Ids that it has had before, whatever the home remembers. */
  readonly before: readonly Owner[];
}

/**
 * The record of a home; undefined where there is none that root alone can have written.
 * @throws Problem when nobody can tell whether there is one
 */
export function readHomeIds(system: ReadSystem, record: string): HomeIds | undefined {
  return system.readRoots(record, homeIds);
}

/**
 * Makes sure that a home has the present ids of its account before they change, and the new ones:
 * else what it owned could not follow, and nobody could tell since when the home has the new ones.
 * A record is there, and not root's, on a file system that keeps no owners: nothing follows there.
 * @throws Problem where the home could remember them and does not
 */
export function requireKnown(
  { system, facts }: Pick<StepContext<unknown>, 'system' | 'facts'>,
  base: string,
  record: string,
  from: Owner,
  to: Owner,
): void {
  if (facts.uid !== 0 || system.look(base).type !== 'directory') return;
  // Where the accounts cannot change either, that is the cause to tell.
  if (system.mountOf('/etc/passwd')?.readOnly === true) return;
  const entry = system.look(record);
  const ids = readHomeIds(system, record);
  const has = (all: readonly RememberedId[], id: number): boolean =>
    all.some((one) => one.id === id);
  const knows = ({ users, groups }: HomeIds): boolean =>
    [from, to].every(({ uid, gid }) => has(users, uid) && has(groups, gid));
  if (ids === undefined ? entry.type === 'file' : knows(ids)) return;
  if (system.mountOf(base)?.readOnly === true) return;
  throw new Problem({
    found: `${base} does not remember the present ids, ${showOwner(from)}: ${record} is not written`,
    wanted: 'a record first, or what the account owned could not follow it',
    mend: 'see why the step before could not write it, and start the container again',
  });
}

/**
 * What is known of a home that has no record: the base has an id, and of the directories that only
 * the account makes (`signs`) at least one has it, too. Those of root and those with an id that the
 * account has had in any case (`known`) say nothing: a boot that could not write the record made
 * them.
 */
export function idsFromSigns(
  system: ReadSystem,
  base: string,
  signs: readonly string[],
  known: readonly Owner[],
): { readonly users: readonly number[]; readonly groups: readonly number[] } {
  const top = system.look(base);
  const made = signs.flatMap((name) => {
    const entry = system.look(join(base, name));
    return entry.type === 'directory' ? [entry.stat] : [];
  });
  if (top.type !== 'directory') return { users: [], groups: [] };
  const proven = (which: 'uid' | 'gid'): readonly number[] => {
    const id = top.stat[which];
    const silent = [0, CLOSING_ID, ...known.map((owner) => owner[which])];
    const others = made.map((stat) => stat[which]).filter((one) => !silent.includes(one));
    if (silent.includes(id) || others.length === 0) return [];
    return others.every((one) => one === id) ? [id] : [];
  };
  return { users: proven('uid'), groups: proven('gid') };
}

/**
 * What the record of a home should say: the ids that it has, those that the account has had, and
 * the one that it is about to get, which the home has from now on.
 */
export function withKnown(
  ids: HomeIds | undefined,
  { to, before }: KnownIds,
  signs: { readonly users: readonly number[]; readonly groups: readonly number[] },
): HomeIds {
  const users = [...before.map(({ uid }) => uid), ...(ids === undefined ? signs.users : [])];
  const groups = [...before.map(({ gid }) => gid), ...(ids === undefined ? signs.groups : [])];
  return {
    users: extended(ids?.users ?? [], users, to.uid),
    groups: extended(ids?.groups ?? [], groups, to.gid),
    ...(ids?.settled === undefined ? {} : { settled: ids.settled }),
  };
}

/** Whether two records say the same. */
export function sameIds(a: HomeIds | undefined, b: HomeIds): boolean {
  if (a === undefined) return false;
  const settled = a.settled === undefined ? b.settled === undefined : isSettled(b, a.settled);
  return settled && a.users.length === b.users.length && a.groups.length === b.groups.length;
}

/** Whether a home has been given to these ids, and nothing in it waits to follow. */
export function isSettled(ids: HomeIds | undefined, to: Owner): boolean {
  return ids?.settled !== undefined && sameOwner(ids.settled, to);
}

/** The ids of a record as a walk goes by them. What it has from now on is not to be replaced. */
export function formerIds(ids: readonly RememberedId[], known: readonly number[]): FormerId[] {
  const own = known.map((id) => ({ id }));
  return [
    ...own,
    ...ids.flatMap(({ id, since }): FormerId[] => {
      if (known.includes(id) || since === 'now') return [];
      return [since === undefined ? { id } : { id, since }];
    }),
  ];
}

/** The ids that an account had, by the options of a step that replaces them. */
export function formerOf(
  system: ReadSystem,
  { former = [], record }: { readonly former?: readonly number[]; readonly record?: string },
): { readonly ids: HomeIds | undefined; readonly users: FormerId[]; readonly groups: FormerId[] } {
  const ids = record === undefined ? undefined : readHomeIds(system, record);
  const [users, groups] = [ids?.users ?? [], ids?.groups ?? []];
  return { ids, users: formerIds(users, former), groups: formerIds(groups, former) };
}

/** Whether the base or an entry directly in it has an id that is to be replaced. */
export function hasFormer(
  system: ReadSystem,
  base: string,
  users: readonly FormerId[],
  groups: readonly FormerId[],
): boolean {
  return [base, ...system.list(base).map((name) => join(base, name))].some((path) => {
    const entry = system.look(path);
    if (!('stat' in entry)) return false;
    const { uid, gid, changedAt } = entry.stat;
    return isReplacedBy(users, uid, changedAt) || isReplacedBy(groups, gid, changedAt);
  });
}

/** The change that writes a record down. */
export function idsChange(
  path: string,
  account: string,
  was: HomeIds | undefined,
  ids: HomeIds,
  why: string,
): IdsChange {
  return { kind: 'ids', path, account, ids, was: was ?? null, why };
}

function extended(
  ids: readonly RememberedId[],
  known: readonly number[],
  to: number,
): readonly RememberedId[] {
  const all = new Map(ids.map((one) => [one.id, one]));
  // What the record says since when stays: a container that is started again has those ids, too.
  for (const id of known) if (!all.has(id)) all.set(id, { id });
  if (!all.has(to)) all.set(to, { id: to, since: 'now' });
  return [...all.values()];
}
