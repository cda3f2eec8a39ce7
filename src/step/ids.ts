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

/** How many ids there are; the last number of 32 bits is no id. */
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
