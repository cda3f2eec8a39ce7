/** profile-gateways: one supervised gateway for each profile, and none for profiles that are gone. */
import type { Change } from '../src/changes/change.ts';
import { LookFailed } from '../src/errors/look-failed.ts';
import { Problem } from '../src/errors/problem.ts';
import { isLeftover, profilesOf } from '../src/gateway/profiles.ts';
import { s6Program } from '../src/gateway/slot-layout.ts';
import { accessFor, isScanned } from '../src/gateway/slot.ts';
import { requireVariableNames } from '../src/step/env-variables.ts';
import { account, environment, path, slotAccess } from '../src/step/fields.ts';
import { leftAlone, warning } from '../src/step/notes.ts';
import { serviceUser } from '../src/step/owner.ts';
import { canonical, existingDirectory, lookBelow } from '../src/step/paths.ts';
import type { ObjectSchema, OptionsOf } from '../src/step/schema.ts';
import {
  changesOr,
  defineStep,
  type Note,
  type Outcome,
  type StepContext,
} from '../src/step/step.ts';
import { mayChange, reliesOnAccount, withTrees } from '../src/step/touch.ts';
import type { Owner } from '../src/system/entry.ts';
import { join } from '../src/system/path.ts';
import type { ReadSystem } from '../src/system/system.ts';
import { listed } from '../src/text/phrases.ts';
import {
  leftoverChanges,
  outdatedSlot,
  unknownSlots,
  legacyChanges,
} from './profile-gateways/old-slots.ts';
import { holdingIn } from './profile-gateways/holding.ts';
import { readIntents } from './profile-gateways/intents.ts';
import { type Planned, planProfile } from './profile-gateways/profile.ts';

const schema = {
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
        'Without this, gateway.multiplex_profiles of config.yaml says so. With `gateways: one` ' +
        'neither counts.',
    },
    gateways: {
      type: 'string',
      enum: ['each', 'one'],
      default: 'each',
      description:
        'Which agent the image has. each: every profile has a gateway of its own, unless ' +
        'multiplexing says that the default one serves all. one: the default gateway serves all ' +
        'profiles, but those with gateway.standalone in their config.yaml, and runs as soon as ' +
        'one of them wants to run.',
    },
    'no-supervise': {
      type: 'boolean',
      default: false,
      description: 'Leaves a container that was started for `gateway run` to that program.',
    },
    role: {
      type: 'string',
      description:
        'What the container is for. With `gateway` its gateways start also where another container ' +
        'runs those of this home. Otherwise who comes second starts none.',
    },
    access: slotAccess(
      "Whether slots are root's and the account registers one by asking for it (closed), or the " +
        'account makes and changes them by itself (open), and with that can become root.',
    ),
    env: environment('Variables for the gateways, on top of those of the container.'),
  },
} as const satisfies ObjectSchema;

type Options = OptionsOf<typeof schema>;

/** The gateways of all profiles. */
export const profileGateways = defineStep({
  uses: 'profile-gateways',
  summary: 'Register a gateway with s6 for every profile; those that ran are started again.',
  schema,
  async plan(context) {
    const { system, with: options } = context;
    if (system.look(options.scandir).type === 'missing') return withoutSupervisor(context);
    existingDirectory(context, 'scandir', options.scandir);
    existingDirectory(context, 'home', options.home);
    requireVariableNames('env', Object.keys(options.env ?? {}));
    const scandir = canonical(system, options.scandir);
    const home = canonical(system, options.home);
    const { owner, account: becomes } = serviceUser(context, options.account);
    const found = profilesOf(system, home);
    const isRoot = context.facts.uid === 0;
    const isOpen = options.access === 'open';
    const notes: Note[] = [...found.notes];
    if (isRoot && isOpen) notes.push(openWarning(options.account, scandir));
    const holding = holdingIn(context, home, scandir, owner);
    notes.push(...holding.notes);
    const shared = {
      system,
      home,
      scandir,
      access: accessFor(isRoot, isOpen ? 'open' : 'closed', owner),
      account: becomes,
      env: options.env ?? {},
      scanned: isScanned(system, scandir),
      isElsewhere: holding.isElsewhere,
    };
    const legacy = holding.isElsewhere ? [] : legacyChanges(context, home, owner);
    const intents = await readIntents(context, home, found.profiles, legacy.length > 0);
    if (!holding.isElsewhere) notes.push(...intents.notes);
    const planned: Planned[] = [];
    const withdrawn: Change[] = [];
    for (const profile of found.profiles) {
      try {
        const plan = planProfile(profile, intents.of(profile), shared);
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
    const holder = holding.changes(planned.some(({ starts }) => starts));
    const log = logChanges(context, home, owner, planned);
    notes.push(...log.notes);
    const changes: Change[] = [
      ...leftovers.changes,
      ...gone.changes,
      ...withdrawn,
      ...log.before,
      ...legacy,
      ...holder.changes,
      ...planned.flatMap((plan) => plan.changes),
      ...log.after,
      ...(holder.due || planned.some(({ due }) => due) || gone.changes.length > 0
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

/** What it means that an account makes slots by itself, while root runs s6. */
function openWarning(name: string, scandir: string): Note {
  return warning(
    `registration is open: ${name} can change ${scandir}, so whatever runs as ${name} can become ` +
      'root; unset HERMES_GATEWAY_REGISTRATION to close it, and register a gateway with ' +
      '`hermes-boot gateway register NAME`',
  );
}

/**
 * The command by which s6 looks for new slots; none where no s6-svscan runs on the directory.
 * @throws Problem when one runs, but its program is not to be found
 */
export function rescanChanges(system: ReadSystem, scandir: string, scanned: boolean): Change[] {
  if (!scanned) return [];
  const program = s6Program(system, 's6-svscanctl');
  if (!program.startsWith('/')) {
    throw new Problem({ found: 's6-svscanctl is missing', wanted: 'it in /command or /usr/bin' });
  }
  const argv = [program, '-a', scandir] as const;
  const why = 's6 has to see the new slots';
  return [
    { kind: 'command', path: program, command: { argv, env: {}, cwd: '/' }, restore: [], why },
  ];
}

const LOGS = 'logs';
const LOG = 'container-boot.log';

/** How a boot tells its log what became of the gateways. */
interface Logging {
  /** The directory of the log, where it is missing. */
  readonly before: readonly Change[];
  /** The lines: whoever waits for the container waits for the one of the default profile. */
  readonly after: readonly Change[];
  readonly notes: readonly Note[];
}

/** The lines that a boot adds to its log, one for each profile that s6 is told of. */
export function logChanges(
  { system }: StepContext<unknown>,
  home: string,
  owner: Owner,
  planned: readonly Planned[],
): Logging {
  const lines = planned.filter(({ due }) => due).map(lineOf);
  if (lines.length === 0) return { before: [], after: [], notes: [] };
  const directory = join(home, LOGS);
  const path = join(directory, LOG);
  const parent = lookBelow(system, home, LOGS);
  const log = lookBelow(system, home, join(LOGS, LOG));
  if (parent.type !== 'missing' && parent.type !== 'directory') {
    return { before: [], after: [], notes: [leftAlone(directory, parent, 'nothing is logged')] };
  }
  if (log.type !== 'missing' && log.type !== 'file') {
    return { before: [], after: [], notes: [leftAlone(path, log, 'nothing is logged')] };
  }
  const why = 'tells what became of each gateway at each boot';
  const made: Change = { kind: 'directory', path: directory, mode: 0o755, owner, why };
  return {
    before: parent.type === 'directory' ? [] : [made],
    after: [{ kind: 'log', path, lines, owner, why }],
    notes: [],
  };
}

function lineOf({ profile, prior, starts, priorExit }: Planned): string {
  const action = starts ? 'started' : 'registered';
  return `profile=${profile} prior_state=${prior ?? 'none'} action=${action} prior_exit=${priorExit}`;
}

/** Where no s6 runs, no gateway does: told where one should. */
async function withoutSupervisor(context: StepContext<Options>): Promise<Outcome> {
  const { system, with: options } = context;
  const reason = `${options.scandir} is missing: no s6-svscan runs gateways here`;
  if (system.look(options.home).type !== 'directory') return { skipped: reason };
  const home = canonical(system, options.home);
  const { profiles } = profilesOf(system, home);
  const intents = await readIntents(context, home, profiles, false);
  const wanted = intents.wanted();
  if (wanted.length === 0) return { skipped: reason };
  const verb = wanted.length === 1 ? 'wants' : 'want';
  const text = `${listed(wanted)} ${verb} to run, and nothing starts it: ${reason}`;
  return { converged: reason, notes: [warning(text)] };
}
