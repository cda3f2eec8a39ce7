/**
 * user-guard: stops a boot that was started as a user who can neither prepare the home nor own it, or
 * as a root who cannot become the account of the services.
 */
import { Problem } from '../src/errors/problem.ts';
import { hasOwner, showIds, type Facts, type KnownIds } from '../src/step/facts.ts';
import { account, id } from '../src/step/fields.ts';
import { defineStep } from '../src/step/step.ts';
import { reliesOnAccount } from '../src/step/touch.ts';
import { showOwner, type Owner } from '../src/system/entry.ts';
import { listed } from '../src/text/phrases.ts';

export const userGuard = defineStep({
  uses: 'user-guard',
  summary: 'Stop the boot unless it was started as root or as the account of the services.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['account'],
    properties: {
      account: account('The account that the services run as.'),
      uid: id('The user id that it gets in this boot, where that is another than it has.'),
      gid: id('The group id that it gets in this boot, where that is another than it has.'),
    },
  },
  plan({ system, facts, with: options }) {
    const { uid: wanted, gid: group } = system.accounts().user(options.account);
    const { uid, gid } = facts;
    if (uid === 0) {
      requireCapabilities(options.account, facts);
      const owner = { uid: options.uid ?? wanted, gid: options.gid ?? group };
      if (!hasOwner(facts.ids, owner)) throw unmappedAccount(options.account, owner, facts.ids);
      return { converged: 'started as root' };
    }
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

/** What it takes to become another user; see capabilities(7) and setgroups(2). */
const TO_BECOME = ['SETUID', 'SETGID'] as const;

/** Without them everything that root starts for the account dies, in words of s6 that name neither. */
function requireCapabilities(name: string, { capabilities }: Facts): void {
  const missing = TO_BECOME.filter((capability) => !capabilities.has(capability));
  if (missing.length === 0) return;
  const verb = missing.length === 1 ? 'is' : 'are';
  throw new Problem({
    code: 'not-permitted',
    found: `nothing can be run as ${name}: ${listed(missing.map((one) => `CAP_${one}`))} ${verb} missing`,
    mend: [
      `start the container with ${missing.map((one) => `--cap-add ${one}`).join(' ')}`,
      `  compose:     cap_add: [${missing.join(', ')}]`,
      `  Kubernetes:  securityContext: { capabilities: { add: [${missing.join(', ')}] } }`,
      'all that a boot may need: CHOWN, DAC_OVERRIDE, FOWNER, KILL, SETGID and SETUID',
    ],
  });
}

/** A user namespace without the ids of the account: no service could be started with them. */
function unmappedAccount(name: string, owner: Owner, { users, groups }: KnownIds): Problem {
  const ids = showIds(users) === showIds(groups) ? users : [...users, ...groups];
  return new Problem({
    code: 'not-permitted',
    found:
      `${name} is ${showOwner(owner)}, and the user namespace of this container has not both of ` +
      `them: it maps ${showIds(ids)}`,
    mend: [
      'set PUID and PGID to ids that it maps',
      'or have the engine map them: --uidmap and --gidmap, or',
      `  podman:      --userns keep-id:uid=${owner.uid},gid=${owner.gid}`,
      '  rootless:    65536 ids for the user in /etc/subuid and /etc/subgid',
      'or run everything as the user of this process:',
      '  docker run -e HERMES_BOOT_PLAN=unprivileged …',
    ],
  });
}
