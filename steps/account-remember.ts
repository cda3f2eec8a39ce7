/** account.remember: a home remembers which ids its account has had, before they change. */
import { account, id, ids, path, relativePaths } from '../src/step/fields.ts';
import {
  formerIds,
  hasFormer,
  idsChange,
  idsFromSigns,
  readHomeIds,
  sameIds,
  withKnown,
} from '../src/step/home-ids.ts';
import { keptGroup, startedGroups } from '../src/step/shared-group.ts';
import { defineStep } from '../src/step/step.ts';
import { mayChange, reliesOn, reliesOnAccount } from '../src/step/touch.ts';
import type { HomeIds } from '../src/system/ids-record.ts';
import { showOwner, type Owner } from '../src/system/entry.ts';
import { CLOSING_ID, type FormerId } from '../src/system/owner-rule.ts';
import type { ReadSystem } from '../src/system/system.ts';

export const accountRemember = defineStep({
  uses: 'account.remember',
  summary: 'Write down in a home which ids its account has had, before they change.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['account', 'base', 'record'],
    properties: {
      account: account('The account.'),
      uid: id('The user id that it is about to get. Unset: it keeps its own.'),
      gid: id('The id of the primary group that it is about to get. Unset: it keeps its own.'),
      base: path('The home. Where it is missing there is nothing to remember.'),
      record: path('The file that root keeps the ids in, directly in the home.'),
      former: ids('Ids that the account has had in any case, such as those of the image.'),
      signs: relativePaths(
        'Directories that only the account makes. Where a home has no record and belongs to an id, ' +
          'and so do all of these that do not belong to root or a known id, the account had that id.',
      ),
    },
  },
  plan({ system, facts, with: options }) {
    const { base, record, account: name, former = [], signs = [] } = options;
    if (facts.uid !== 0) {
      return {
        converged: `only root keeps such a record, and this is uid ${facts.uid}`,
      };
    }
    const home = system.look(base);
    if (home.type !== 'directory') {
      return { converged: `${base} is not there yet: there is nothing to remember` };
    }
    const user = system.accounts().user(name);
    const to = reachable(system, user, {
      uid: options.uid ?? user.uid,
      gid: options.gid ?? user.gid,
    });
    const before = [user, ...former.map((one) => ({ uid: one, gid: one }))];
    const there = readHomeIds(system, record);
    // The group of a home that keeps its own is none of the account's.
    const kept = keptGroup(home.stat, startedGroups(system, facts));
    const shown = idsFromSigns(system, base, signs, before);
    const known = withKnown(
      there,
      { to, before },
      kept === undefined ? shown : { users: shown.users, groups: [] },
    );
    // A home without a record, in which nothing waits to follow, is settled without a walk.
    const isSettled = there === undefined && !isWaiting(system, base, known, former, to, kept);
    const wanted = isSettled ? { ...known, settled: to } : known;
    if (there !== undefined && sameIds(there, wanted)) {
      return {
        converged: `${base} belongs to ${name}, ${showOwner(to)}, as remembered`,
      };
    }
    const why =
      there === undefined ? 'there is no record that root has written' : whyAgain(there, to);
    return { changes: [idsChange(record, name, there, wanted, why)] };
  },
  touches: ({ account: name, base, record }) => [
    reliesOnAccount(name),
    ...reliesOn(base, 'owner'),
    ...mayChange(record),
  ],
});

/** On a read-only root the records stay as they are, and so do the ids. */
function reachable(system: ReadSystem, user: Owner, to: Owner): Owner {
  if (system.mountOf('/etc/passwd')?.readOnly !== true) return to;
  return { uid: user.uid, gid: user.gid };
}

/** Whether the base or an entry directly in it waits to follow the account. */
function isWaiting(
  system: ReadSystem,
  base: string,
  known: HomeIds,
  former: readonly number[],
  to: Owner,
  kept: number | undefined,
): boolean {
  const others = (ids: HomeIds['users'], own: number): FormerId[] => [
    ...formerIds(ids, former).filter(({ id: one }) => one !== own),
    { id: CLOSING_ID },
  ];
  const groups = kept === undefined ? others(known.groups, to.gid) : [];
  return hasFormer(system, base, others(known.users, to.uid), groups);
}

function whyAgain({ settled }: HomeIds, to: Owner): string {
  if (settled === undefined) return `it is about to be given to ${showOwner(to)}`;
  return `it was given to ${showOwner(settled)} last, and goes to ${showOwner(to)}`;
}
