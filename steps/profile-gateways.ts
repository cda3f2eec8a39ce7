import type { Change } from '../src/changes/change.ts';
import { LookFailed } from '../src/errors/look-failed.ts';
import { Problem } from '../src/errors/problem.ts';
import { isLeftover } from '../src/gateway/profiles.ts';
import { multiplexes } from '../src/gateway/profiles.ts';
import { profilesOf } from '../src/gateway/profiles.ts';
import { isScanned } from '../src/gateway/slot.ts';
import { account, environment, path } from '../src/step/fields.ts';
import { warning } from '../src/step/phrases.ts';
import { canonical, existingDirectory } from '../src/step/place.ts';
import { changesOr, defineStep, type Note } from '../src/step/step.ts';
import { mayChange, reliesOnAccount, withTrees } from '../src/step/touch.ts';
import { requireVariableNames } from '../src/step/variables.ts';
import { leftoverChanges, outdatedSlot, unknownSlots } from './profile-gateways/leftovers.ts';
import { legacyChanges } from './profile-gateways/legacy.ts';
import { logChanges } from './profile-gateways/log.ts';
import { planProfile, type Planned } from './profile-gateways/profile.ts';
import { rescanChanges } from './profile-gateways/rescan.ts';

/** The gateways of all profiles. */
export const profileGateways = defineStep({
  uses: 'profile-gateways',
  summary: 'Register a gateway with s6 for every profile; those that ran are started again.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['home', 'scandir', 'account'],
    properties: {
      home: path('The home: the default profile, and below profiles/ the others.'),
      scandir: path('The scan directory of s6-svscan, which starts what is in it.'),
      account: account('Who the gateways run as, and who controls them.'),
      multiplex: {
        type: 'boolean',
        description:
          'Whether the default gateway serves all profiles, so that no other one is started. ' +
          'Without this, gateway.multiplex_profiles of config.yaml says so.',
      },
      'no-supervise': {
        type: 'boolean',
        default: false,
        description: 'Leaves a container that was started for `gateway run` to that program.',
      },
      env: environment('Variables for the gateways, on top of those of the container.'),
    },
  },
  plan(context) {
    const { system, with: options } = context;
    if (system.look(options.scandir).type === 'missing') {
      return { skipped: `${options.scandir} is missing: no s6-svscan runs gateways here` };
    }
    existingDirectory(context, 'scandir', options.scandir);
    existingDirectory(context, 'home', options.home);
    requireVariableNames('env', Object.keys(options.env ?? {}));
    const scandir = canonical(system, options.scandir);
    const home = canonical(system, options.home);
    const owner = system.accounts().owner(options.account);
    const found = profilesOf(system, home);
    const notes: Note[] = [...found.notes];
    const shared = {
      system,
      home,
      scandir,
      owner,
      account: options.account,
      env: options.env ?? {},
      scanned: isScanned(system, scandir),
      legacy: legacyChanges(context, home, owner),
      multiplexed: options.multiplex ?? multiplexes(system, home),
    };
    const planned: Planned[] = [];
    const withdrawn: Change[] = [];
    for (const profile of found.profiles) {
      try {
        const plan = planProfile(profile, shared);
        planned.push(plan);
        notes.push(...plan.notes);
      } catch (error) {
        // What is wrong with one profile is no reason to leave the others without a gateway.
        if (!(error instanceof Problem)) throw error;
        notes.push(warning(`${profile.name} gets no gateway: ${error.message}`));
        if (error instanceof LookFailed) withdrawn.push(...outdatedSlot(system, scandir, profile));
      }
    }
    const names = system.list(scandir);
    const leftovers = leftoverChanges(system, scandir, names.filter(isLeftover));
    const gone = unknownSlots(system, scandir, names, found.profiles);
    notes.push(...leftovers.notes, ...gone.notes);
    const log = logChanges(context, home, owner, planned);
    notes.push(...log.notes);
    const changes: Change[] = [
      ...leftovers.changes,
      ...gone.changes,
      ...withdrawn,
      ...log.before,
      ...shared.legacy,
      ...planned.flatMap((plan) => plan.changes),
      ...log.after,
      ...(planned.some(({ due }) => due) || gone.changes.length > 0
        ? rescanChanges(system, scandir, shared.scanned)
        : []),
    ];
    return changesOr(changes, `every profile has its gateway in ${scandir} already`, notes);
  },
  touches: ({ home, scandir, account: name }) => [
    ...withTrees(mayChange(scandir)),
    ...mayChange([`${home}/gateway_state.json`, `${home}/logs/container-boot.log`]),
    reliesOnAccount(name),
  ],
});
