import { account } from '../src/step/fields.ts';
import { hasId } from '../src/step/ids.ts';
import { membershipChanges } from '../src/step/membership.ts';
import { info } from '../src/step/phrases.ts';
import { defineStep } from '../src/step/step.ts';

/** The groups that a container was started with, kept for an account. */
export const accountGroups = defineStep({
  uses: 'account.groups',
  summary: 'Let an account keep the groups that the container was started with (--group-add).',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['account'],
    properties: {
      account: account('The account that is to be in these groups.'),
      group: account('What a group is called that has to be made; its id is added to the name.'),
    },
  },
  plan({ system, facts, with: options }) {
    const accounts = system.accounts();
    const member = options.account;
    const own = new Set(accounts.identity(member).groups);
    // A container starts root in the groups that the image has root in: nobody asked for those.
    const ofRoot = new Set(
      accounts.groups.filter(({ members }) => members.includes('root')).map(({ gid }) => gid),
    );
    const known = facts.groups.filter((gid) => own.has(gid) || hasId(facts.ids.groups, gid));
    const asked = known.filter((gid) => gid !== 0 && !ofRoot.has(gid));
    const notes =
      known.length === facts.groups.length
        ? []
        : [
            info(
              'the container has groups that do not exist in its user namespace: no account can ' +
                'join them',
            ),
          ];
    const missing = asked.filter((gid) => !own.has(gid));
    const changes = missing.flatMap((gid) => {
      const otherwise = `${options.group ?? 'host'}-${gid}`;
      const why =
        'the container was started with this group, and a service that drops to ' +
        `${member} keeps only the groups of /etc/group (#75627)`;
      return membershipChanges(system, { gid, otherwise, member, why });
    });
    return {
      changes,
      notes,
      otherwise:
        asked.length === 0
          ? 'the container was started with no group besides those of the image'
          : `${member} is in ${asked.join(', ')} already`,
    };
  },
  touches: (options) => [{ kind: 'account', name: options.account, access: 'changes' }],
});
