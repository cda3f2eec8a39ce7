/**
 * account.groups: an account keeps the groups that the container was started with (--group-add).
 */
import { account, path } from '../src/step/fields.ts';
import { hasId } from '../src/step/facts.ts';
import { membershipChanges } from '../src/step/account-records.ts';
import { info } from '../src/step/notes.ts';
import { keptGroup, startedGroups } from '../src/step/shared-group.ts';
import { changesOr, defineStep } from '../src/step/step.ts';
import { mayChangeAccount, reliesOn } from '../src/step/touch.ts';
import type { Entry } from '../src/system/entry.ts';

export const accountGroups = defineStep({
  uses: 'account.groups',
  summary: 'Let an account keep the groups that the container was started with (--group-add).',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['account'],
    properties: {
      account: account('The account that should be in these groups.'),
      of: path(
        'A directory. With it, only its group counts, and only where it is set-group-ID: then ' +
          'what lies below it belongs to that group.',
      ),
      group: account('What a group is called that has to be made; its id is added to the name.'),
    },
  },
  plan({ system, facts, with: options }) {
    const accounts = system.accounts();
    const member = options.account;
    const own = new Set(accounts.identity(member).groups);
    const exists = (gid: number): boolean => hasId(facts.ids.groups, gid);
    const started = startedGroups(system, facts);
    const shared = options.of === undefined ? undefined : groupOf(system.look(options.of), started);
    const asked = options.of === undefined ? started : started.filter((gid) => gid === shared);
    const notes =
      options.of !== undefined || facts.groups.every((gid) => own.has(gid) || exists(gid))
        ? []
        : [
            info(
              'the container has groups that do not exist in its user namespace: no account can ' +
                'join them',
            ),
          ];
    const missing = asked.filter((gid) => !own.has(gid));
    const changes = missing.flatMap((gid) => {
      const newName = `${options.group ?? 'host'}-${gid}`;
      const given = options.of === undefined ? '' : `${options.of} keeps this group, `;
      const why =
        `${given}the container was started with ${given === '' ? 'this group' : 'it'}, and a ` +
        `service that drops to ${member} keeps only the groups of /etc/group (#75627)`;
      return membershipChanges(system, { gid, newName, member, why });
    });
    const converged =
      asked.length > 0
        ? `${member} is in ${asked.join(', ')} already`
        : options.of === undefined
          ? 'the container was started with no group besides those of the image'
          : `${options.of} keeps no group that the container was started with`;
    return changesOr(changes, converged, notes);
  },
  touches: (options) => [
    mayChangeAccount(options.account),
    ...reliesOn(options.of, 'mode', 'owner'),
  ],
});

/** The group that all in a directory keeps; see shared-group.ts. */
function groupOf(entry: Entry, started: readonly number[]): number | undefined {
  return entry.type === 'directory' ? keptGroup(entry.stat, started) : undefined;
}
