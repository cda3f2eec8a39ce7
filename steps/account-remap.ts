/** account.remap: an account has the user and group id that are asked for. */
import type { RecordChange, RemovalChange } from '../src/changes/change.ts';
import { abandonedLocks, requireDatabase } from '../src/step/account-records.ts';
import { account, id, path } from '../src/step/fields.ts';
import { requireKnown } from '../src/step/home-ids.ts';
import { info } from '../src/step/notes.ts';
import { changesOr, defineStep, type Note, type StepContext } from '../src/step/step.ts';
import { mayChangeAccount, reliesOn } from '../src/step/touch.ts';
import type { Accounts, GroupRecord, PasswdRecord } from '../src/system/accounts.ts';
import { type Owner, sameOwner, showOwner } from '../src/system/entry.ts';
import { listed } from '../src/text/phrases.ts';

export const accountRemap = defineStep({
  uses: 'account.remap',
  summary: 'Change the user and group id of an account to those that are asked for.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['user'],
    properties: {
      user: account('The account.'),
      uid: id('Its user id; other accounts may have the same. Unset: it keeps its own.'),
      gid: id('The id of its primary group; other groups may have the same. Unset: unchanged.'),
      base: path('The home of the account, where it has one that remembers ids.'),
      record: path(
        'What account.remember keeps in it. The ids do not change before it has the present ones: ' +
          'what the account owned could not follow.',
      ),
    },
  },
  plan(context) {
    const { system, with: options } = context;
    const accounts = system.accounts();
    const user = accounts.user(options.user);
    const to: Owner = { uid: options.uid ?? user.uid, gid: options.gid ?? user.gid };
    const locks = abandonedLocks(system);
    if (options.uid === undefined && options.gid === undefined) {
      return changesOr(locks, `no id is asked for: ${user.name} stays ${showOwner(user)}`);
    }
    if (sameOwner(user, to)) {
      return changesOr(locks, `${user.name} is ${showOwner(to)} already`);
    }
    if (options.base !== undefined && options.record !== undefined) {
      requireKnown(context, options.base, options.record, user, to);
    }
    requireDatabase(system, '/etc/passwd');
    requireDatabase(system, '/etc/group');
    const why = reason(context, accounts, user, to);
    const group = groupToMove(accounts, user, to.gid);
    // The group comes first: until the account's own record says so, the next boot does both.
    const changes: (RecordChange | RemovalChange)[] = locks;
    if (group !== undefined) {
      changes.push({
        kind: 'group',
        path: '/etc/group',
        edit: { edit: 'group-id', name: group.name, gid: to.gid },
        was: { gid: group.gid },
        from: String(group.gid),
        to: String(to.gid),
        why: `it is the primary group of ${user.name}`,
      });
    }
    changes.push({
      kind: 'account',
      path: '/etc/passwd',
      edit: { edit: 'user-ids', name: user.name, ...to },
      was: { uid: user.uid, gid: user.gid },
      from: showOwner(user),
      to: showOwner(to),
      why,
    });
    return { changes, notes: neighbours(accounts, user, to, group) };
  },
  touches: ({ user, record }) => [mayChangeAccount(user), ...reliesOn(record)],
});

/** The record that must follow the account's group id; undefined when none has to. */
function groupToMove(accounts: Accounts, user: PasswdRecord, gid: number): GroupRecord | undefined {
  if (user.gid === gid) return undefined;
  const own = accounts.findGroup(user.name);
  // An interrupted boot has moved it already: another group that now has the old id is not ours.
  return own?.gid === gid ? undefined : accounts.primaryGroup(user);
}

function reason(
  context: StepContext<{ readonly uid?: number; readonly gid?: number }>,
  accounts: Accounts,
  user: PasswdRecord,
  to: Owner,
): string {
  const axes = [...(user.uid === to.uid ? [] : ['uid']), ...(user.gid === to.gid ? [] : ['gid'])];
  const variables = axes.flatMap((axis) => context.origin(axis) ?? []);
  const verb = variables.length === 1 ? 'asks' : 'ask';
  const asked = variables.length === 0 ? 'the plan asks' : `${listed(variables)} ${verb}`;
  const others = usersOf(accounts, user, to.uid);
  return (
    `${asked} for it. Other users of uid ${to.uid}: ${others.join(', ') || 'none'}. ` +
    'Edits the records only; usermod would also have walked the home.'
  );
}

function usersOf(accounts: Accounts, user: PasswdRecord, uid: number): string[] {
  const names = accounts.usersWithId(uid).map(({ name }) => name);
  return names.filter((name) => name !== user.name);
}

/** What else has these ids: allowed, but whoever looks into a rights problem wants to know. */
function neighbours(
  accounts: Accounts,
  user: PasswdRecord,
  to: Owner,
  moved: GroupRecord | undefined,
): Note[] {
  const notes: Note[] = [];
  const sharing = user.uid === to.uid ? [] : usersOf(accounts, user, to.uid);
  if (sharing.length > 0) {
    const verb = sharing.length === 1 ? 'has' : 'have';
    notes.push(info(`${listed(sharing)} in /etc/passwd ${verb} uid ${to.uid}, too`));
  }
  if (moved === undefined) return notes;
  const left = accounts.usersWithGroup(moved.gid).filter(({ name }) => name !== user.name);
  for (const { name } of left) {
    notes.push(
      info(`${name} in /etc/passwd keeps gid ${moved.gid}, which was that of group ${moved.name}`),
    );
  }
  const same = accounts.groupsWithId(to.gid).filter(({ name }) => name !== moved.name);
  for (const { name } of same) {
    notes.push(info(`${name} in /etc/group has gid ${to.gid}, too`));
  }
  return notes;
}
