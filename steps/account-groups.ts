import { account } from '../src/step/fields.ts';
import { membershipChanges } from '../src/step/membership.ts';
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
    const asked = facts.groups.filter((gid) => gid !== 0 && !ofRoot.has(gid));
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
      otherwise:
        asked.length === 0
          ? 'the container was started with no group besides those of the image'
          : `${member} is in ${asked.join(', ')} already`,
    };
  },
  touches: (options) => [{ kind: 'account', name: options.account, access: 'changes' }],
});
