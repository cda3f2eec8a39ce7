/**
 * Decides which gateways a boot starts: each profile by its own state, or the default gateway for
 * all that it serves.
 */
import { LookFailed } from '../../src/errors/look-failed.ts';
import { readGatewayFlags } from '../../src/gateway/config-flags.ts';
import { DEFAULT_PROFILE, type Profile } from '../../src/gateway/profiles.ts';
import { readState, type RecordedState } from '../../src/gateway/state.ts';
import { warning } from '../../src/step/notes.ts';
import type { Note, StepContext } from '../../src/step/step.ts';
import { listed } from '../../src/text/phrases.ts';

/** The options that decide it. */
interface Options {
  readonly multiplex?: boolean;
  readonly gateways?: 'each' | 'one';
}

/** What the boot does with each gateway. */
interface Intents {
  /** @throws LookFailed where that is not known */
  of(profile: Profile): RecordedState;
  /** The profiles that want to run, by their own state. */
  wanted(): readonly string[];
  /**
   * Whether the default gateway serves a profile, so that its own would be a second one.
   * @throws LookFailed where that is not known
   */
  serves(profile: string): boolean;
  readonly notes: readonly Note[];
}

/** One profile: what it wants, or the look that failed, and who runs it. */
interface Intent {
  readonly own: RecordedState | LookFailed;
  readonly served: boolean;
}

/**
 * Reads what all profiles want.
 * @param legacy whether the container counts as one whose default gateway ran
 */
export async function readIntents(
  { system, with: options }: Pick<StepContext<Options>, 'system' | 'with'>,
  home: string,
  profiles: readonly Profile[],
  legacy: boolean,
): Promise<Intents> {
  const notes: Note[] = [];
  const flagsOf = async ({ name, below }: Profile) => {
    const flags = await readGatewayFlags(system, home, below);
    const { invalid } = flags;
    if (invalid !== null)
      notes.push(warning(`${name}: its gateway settings count as unset: ${invalid}`));
    return flags;
  };
  const isOne = options.gateways === 'one';
  const [root = { name: DEFAULT_PROFILE, below: '' }, ...named] = profiles;
  const multiplexed = isOne || (options.multiplex ?? (await flagsOf(root)).multiplex);
  const intents = new Map<string, Intent>();
  for (const profile of profiles) {
    const isRoot = profile.name === DEFAULT_PROFILE;
    try {
      const recorded = readState(system, home, profile.below);
      const own = isRoot && legacy ? legacyState(recorded) : recorded;
      const standsAlone = isRoot || (isOne && (await flagsOf(profile)).standalone);
      intents.set(profile.name, { own, served: multiplexed && !standsAlone });
    } catch (error) {
      if (!(error instanceof LookFailed)) throw error;
      intents.set(profile.name, { own: error, served: multiplexed && !isRoot });
    }
  }
  const wants = ({ name }: Profile): boolean => {
    const own = intents.get(name)?.own;
    return own !== undefined && !(own instanceof LookFailed) && own.starts;
  };
  const served = named.filter(({ name }) => intents.get(name)?.served === true);
  const wanting = served.filter(wants).map(({ name }) => name);
  if (!isOne && wanting.length > 0 && !wants(root)) notes.push(unserved(wanting));

  return {
    notes,
    wanted: () => profiles.filter(wants).map(({ name }) => name),
    serves(profile) {
      const intent = intents.get(profile);
      if (intent?.own instanceof LookFailed) throw intent.own;
      return intent?.served === true;
    },
    of({ name }) {
      const intent = intents.get(name);
      if (intent === undefined) throw new Error(`no profile ${name}`);
      const { own } = intent;
      if (own instanceof LookFailed) throw own;
      if (name === DEFAULT_PROFILE && isOne && !own.starts) {
        if (wanting.length > 0) {
          const verb = wanting.length === 1 ? 'wants' : 'want';
          return {
            ...own,
            starts: true,
            why: `it serves ${listed(wanting)}, which ${verb} to run`,
          };
        }
        // Down, it would stay down for a profile that may want to run: the next boot knows.
        for (const other of served) {
          const unknown = intents.get(other.name)?.own;
          if (unknown instanceof LookFailed) throw unknown;
        }
      }
      if (!intent.served) return own;
      const why = 'the default gateway serves all profiles';
      return { ...own, starts: false, why, served: own.starts ? 'wanted' : 'unwanted' };
    },
  };
}

/** Logged as it is recorded by then, and as a boot would find it that was killed after that. */
function legacyState(recorded: RecordedState): RecordedState {
  const why = 'the container was started for `gateway run`';
  return { ...recorded, prior: 'running', starts: true, why };
}

/** Profiles that want to run, and a default gateway that serves them and does not start. */
function unserved(names: readonly string[]): Note {
  const verb = names.length === 1 ? 'wants' : 'want';
  return warning(
    `${listed(names)} ${verb} to run, but the default gateway, which serves all profiles, stays ` +
      'down: start it with hermes-boot gateway start default',
  );
}
