/** Changes of /etc/passwd, /etc/group and /etc/gshadow: joining groups, and locks left behind. */
import type { RecordChange, RemovalChange } from '../changes/change.ts';
import { Problem } from '../errors/problem.ts';
import { whatIs } from './notes.ts';
import { ACCOUNTS_LIMIT, fieldsOf, recordLines, splitMembers } from '../system/accounts.ts';
import type { ReadSystem } from '../system/system.ts';

/**
 * Makes sure that an account database can be edited record by record.
 * @throws Problem when it is missing, a link or anything else but a regular file
 */
export function requireDatabase(system: ReadSystem, path: '/etc/passwd' | '/etc/group'): void {
  const entry = system.look(path);
  if (entry.type === 'file') return;
  throw new Problem({ found: `${path} is ${whatIs(entry)}`, wanted: 'a regular file' });
}

/**
 * The removal of locks that an edit of accounts left behind when it was killed. useradd(8) and its
 * kin would take them over; until then they only confuse.
 */
export function abandonedLocks(system: ReadSystem): RemovalChange[] {
  return system.ask({ kind: 'abandonedLocks' }).map((path) => ({
    kind: 'removal',
    path,
    was: 'file',
    from: 'lock',
    why: 'the process that locked the accounts is gone',
  }));
}

/** The members that gshadow(5) records for a group; undefined where it has no such record. */
export function shadowMembers(system: ReadSystem, group: string): readonly string[] | undefined {
  const lines = system.readAs('/etc/gshadow', recordLines, ACCOUNTS_LIMIT).split('\n');
  for (const line of lines) {
    const fields = fieldsOf(line, 4);
    if (fields?.[0] === group) return splitMembers(fields[3] ?? '');
  }
  return undefined;
}

/** Whether this world keeps group passwords apart from /etc/group; many images do not. */
export function hasShadowGroups(system: ReadSystem): boolean {
  return system.look('/etc/gshadow').type === 'file';
}

/** An account that should be in a group. */
export interface Membership {
  readonly gid: number;
  /** What the group is called where none has the id: a new one, or one that gets it. */
  readonly newName: string;
  readonly member: string;
  readonly why: string;
}

/**
 * The changes that make an account a member of a group, in both databases of groups. /etc/group
 * comes last: until it is right, the next boot does what is left.
 *
 * @throws Problem when there is no database of groups
 */
export function membershipChanges(system: ReadSystem, membership: Membership): RecordChange[] {
  requireDatabase(system, '/etc/group');
  const { gid, newName } = membership;
  const group = system.accounts().groupWithId(gid)?.name ?? newName;
  return [...shadowChanges(system, group, membership), ...groupChanges(system, group, membership)];
}

function shadowChanges(
  system: ReadSystem,
  group: string,
  { member, why }: Membership,
): RecordChange[] {
  if (!hasShadowGroups(system)) return [];
  const isNew = system.accounts().findGroup(group) === undefined;
  const members = shadowMembers(system, group);
  if (members === undefined && !isNew) return [];
  const record = { kind: 'group', path: '/etc/gshadow', why } as const;
  if (members === undefined) {
    const edit = { edit: 'shadow-group-create', name: group, member } as const;
    return [{ ...record, edit, was: null, from: null, to: `no password, ${shown([member])}` }];
  }
  if (members.includes(member)) return [];
  const edit = { edit: 'shadow-group-member', name: group, member } as const;
  return [{ ...record, edit, ...joining(members, member) }];
}

function groupChanges(
  system: ReadSystem,
  name: string,
  { gid, member, why }: Membership,
): RecordChange[] {
  const existing = system.accounts().findGroup(name);
  const record = { kind: 'group', path: '/etc/group', why } as const;
  if (existing === undefined) {
    const edit = { edit: 'group-create', name, gid, member } as const;
    return [{ ...record, edit, was: null, from: null, to: `${gid}, ${shown([member])}` }];
  }
  const changes: RecordChange[] = [];
  if (existing.gid !== gid) {
    const edit = { edit: 'group-id', name, gid } as const;
    const was = { gid: existing.gid };
    changes.push({ ...record, edit, was, from: String(existing.gid), to: String(gid) });
  }
  if (!existing.members.includes(member)) {
    const edit = { edit: 'group-member', name, member } as const;
    changes.push({ ...record, edit, ...joining(existing.members, member) });
  }
  return changes;
}

function joining(
  members: readonly string[],
  member: string,
): Pick<RecordChange, 'was' | 'from' | 'to'> {
  return { was: { members }, from: shown(members), to: shown([...members, member]) };
}

function shown(members: readonly string[]): string {
  return members.length === 0 ? 'no members' : `members ${members.join(',')}`;
}
