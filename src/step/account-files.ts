import type { RemovalChange } from '../changes/change.ts';
import { Problem } from '../errors/problem.ts';
import { fieldsOf, recordLines, splitMembers } from '../system/accounts.ts';
import type { ReadSystem } from '../system/system.ts';
import { whatIs } from './phrases.ts';

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
    from: 'lock',
    why: 'the process that locked the accounts is gone',
  }));
}

/** The members that gshadow(5) records for a group; undefined where it has no such record. */
export function shadowMembers(system: ReadSystem, group: string): readonly string[] | undefined {
  for (const line of system.readAs('/etc/gshadow', recordLines).split('\n')) {
    const fields = fieldsOf(line, 4);
    if (fields?.[0] === group) return splitMembers(fields[3] ?? '');
  }
  return undefined;
}

/** Whether this world keeps group passwords apart from /etc/group; many images do not. */
export function hasShadowGroups(system: ReadSystem): boolean {
  return system.look('/etc/gshadow').type === 'file';
}
