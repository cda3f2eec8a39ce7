/** What a boot knows of its process and its surroundings: ids, capabilities, the container. */
import type { Owner } from '../system/entry.ts';

/** Ids in a row. */
export interface IdRange {
  readonly first: number;
  readonly count: number;
}

/**
 * The user and group ids that exist in the user namespace of a process: the first columns of its
 * uid_map and gid_map, see user_namespaces(7). Nothing can be given to any other id, and what
 * belongs to one looks as if it belonged to nobody (65534).
 */
export interface KnownIds {
  readonly users: readonly IdRange[];
  readonly groups: readonly IdRange[];
}

/** How many ids there are; the last number of 32 bits is not an id. */
const EVERY_ID = 2 ** 32 - 1;

/** Where there is no user namespace but the first: every id exists. */
export const ALL_IDS: KnownIds = {
  users: [{ first: 0, count: EVERY_ID }],
  groups: [{ first: 0, count: EVERY_ID }],
};

/** Whether an id is one of some ranges. */
export function hasId(ranges: readonly IdRange[], id: number): boolean {
  return ranges.some(({ first, count }) => id >= first && id < first + count);
}

/** Whether both ids of an owner exist. */
export function hasOwner(ids: KnownIds, { uid, gid }: Owner): boolean {
  return hasId(ids.users, uid) && hasId(ids.groups, gid);
}

/** Whether every id exists, as outside of user namespaces. */
export function hasEveryId({ users, groups }: KnownIds): boolean {
  return [users, groups].every((ranges) =>
    ranges.some(({ first, count }) => first === 0 && count >= EVERY_ID),
  );
}

/** Ranges as people write them: `0`, `0 to 65535`, `0 and 100000 to 165535`. */
export function showIds(ranges: readonly IdRange[]): string {
  const shown = ranges.map(({ first, count }) =>
    count === 1 ? `${first}` : `${first} to ${first + count - 1}`,
  );
  const last = shown.at(-1) ?? 'none';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`;
}

/**
 * What is known of this process and its surroundings before any step looks. Observed once per
 * boot; see capabilities(7) for the names.
 */
export interface Facts {
  /** The effective user and group of this process. */
  readonly uid: number;
  readonly gid: number;
  /** Its supplementary groups. */
  readonly groups: readonly number[];
  /** Effective capabilities, without the prefix: CHOWN, SETUID, … */
  readonly capabilities: ReadonlySet<string>;
  /** Capabilities that the container leaves to its processes: the bounding set. */
  readonly bounding: ReadonlySet<string>;
  /** The ids that exist here. */
  readonly ids: KnownIds;
  /** Whether these are the rights of another process than this one: the kernel cannot be asked. */
  readonly assumed: boolean;
  /** Whether the root of this world is mounted read-only. */
  readonly readOnlyRoot: boolean;
  /** Whether nothing on /run can be executed, which s6 needs (#34628). */
  readonly runNoexec: boolean;
  /** Whether s6-svscan is PID 1 of this world. */
  readonly s6: boolean;
  /** What the container was started for, as words: `gateway run`; none where that is not known. */
  readonly mainProgram: readonly string[];
}

/** Whether this process may make something that belongs to `owner`; see chown(2). */
export function mayGiveTo(owner: Owner, facts: Facts): boolean {
  if (facts.capabilities.has('CHOWN')) return hasOwner(facts.ids, owner);
  if (facts.uid !== owner.uid) return false;
  return facts.gid === owner.gid || facts.groups.includes(owner.gid);
}

/** The words of a main program, behind its first, that steps look at. Others may hold secrets. */
export const MAIN_PROGRAM_WORDS: readonly string[] = ['run', '--no-supervise'];

/** The facts that `when` and `${{ facts.x }}` can name, and the type of each. */
export const FACT_TYPES = {
  uid: 'id',
  gid: 'id',
  root: 'boolean',
  'can-chown': 'boolean',
  'user-namespace': 'boolean',
  'read-only-root': 'boolean',
  'run-noexec': 'boolean',
  s6: 'boolean',
  'main-program': 'string',
} as const;

export type FactName = keyof typeof FACT_TYPES;

type FactValue = string | number | boolean;

const VALUES: Readonly<Record<FactName, (facts: Facts) => FactValue>> = {
  uid: ({ uid }) => uid,
  gid: ({ gid }) => gid,
  root: ({ uid }) => uid === 0,
  'can-chown': ({ capabilities }) => capabilities.has('CHOWN'),
  'user-namespace': ({ ids }) => !hasEveryId(ids),
  'read-only-root': ({ readOnlyRoot }) => readOnlyRoot,
  'run-noexec': ({ runNoexec }) => runNoexec,
  s6: ({ s6 }) => s6,
  'main-program': ({ mainProgram }) => mainProgram[0] ?? '',
};

/** The values of facts by the names that a plan has for them; each is found out when it is asked for. */
export function factValues(facts: Facts): { get(name: string): FactValue | undefined } {
  const values = new Map(Object.entries(VALUES));
  return { get: (name) => values.get(name)?.(facts) };
}

/**
 * A secret with fewer characters can be guessed. It is all that a facts document tells of the
 * length of a secret input.
 */
export const SHORTEST_SECRET = 16;
