/**
 * user-guard: stops a boot that was started as a user who can neither prepare the home nor own it.
 */
import { Problem } from '../src/errors/problem.ts';
import { account } from '../src/step/fields.ts';
import { defineStep } from '../src/step/step.ts';
import { reliesOnAccount } from '../src/step/touch.ts';

export const userGuard = defineStep({
  uses: 'user-guard',
  summary: 'Stop the boot unless it was started as root or as the account of the services.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['account'],
    properties: { account: account('The account that the services run as.') },
  },
  plan({ system, facts, with: options }) {
    const { uid: wanted } = system.accounts().user(options.account);
    const { uid, gid } = facts;
    if (uid === 0) return { converged: 'started as root' };
    if (uid === wanted) return { converged: `started as ${options.account} (${uid})` };
    throw new Problem({
      code: 'not-permitted',
      found:
        `started with --user ${uid}, which is not supported: neither root nor ` +
        `${options.account} (${wanted})`,
      mend: [
        'start as root and pass your ids instead:',
        `  docker run -e PUID=${uid} -e PGID=${gid === 0 ? uid : gid} …`,
        `HERMES_UID and HERMES_GID do the same; ${options.account} then takes these ids`,
        'or boot with the plan that needs no root:',
        '  docker run -e HERMES_BOOT_PLAN=unprivileged …',
      ],
    });
  },
  touches: (options) => [reliesOnAccount(options.account)],
});
