/** The slot and the first state of the gateway of one profile. */
import type { Change } from '../../src/changes/change.ts';
import { slotLayout, slotOptions, type SlotAccess } from '../../src/gateway/slot-layout.ts';
import { slotName, type Profile } from '../../src/gateway/profiles.ts';
import { isSupervised, slotChanges } from '../../src/gateway/slot.ts';
import { type PriorExit, readPriorExit } from '../../src/gateway/prior-exit.ts';
import type { RecordedState } from '../../src/gateway/state.ts';
import { info, said, warning } from '../../src/step/notes.ts';
import { lookBelow } from '../../src/step/paths.ts';
import type { Note } from '../../src/step/step.ts';
import { join } from '../../src/system/path.ts';
import type { ReadSystem } from '../../src/system/system.ts';

/** What a gateway leaves behind when it is killed, and the next one would trip over. */
const STALE_FILES = ['gateway.pid', 'processes.json'];

/** What the plans of all profiles share. */
interface Shared {
  readonly system: ReadSystem;
  readonly home: string;
  readonly scandir: string;
  readonly access: SlotAccess;
  readonly account: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** Whether an s6-svscan runs on the scan directory. */
  readonly scanned: boolean;
  /** Whether another container runs the gateways: nothing is started, and nothing of them touched. */
  readonly isElsewhere: boolean;
}

/** What becomes of one profile. */
export interface Planned {
  readonly profile: string;
  readonly changes: readonly Change[];
  readonly notes: readonly Note[];
  /** Whether its slot is new to s6, so that s6 has to look. */
  readonly due: boolean;
  readonly prior: string | undefined;
  readonly starts: boolean;
  /** How the gateway before ended. */
  readonly priorExit: PriorExit;
}

/**
 * Plans the gateway of one profile.
 * @param state what the boot does with it
 * @throws Problem when its slot cannot be made
 */
export function planProfile(profile: Profile, state: RecordedState, shared: Shared): Planned {
  const { system, home, scandir, access, account, env, scanned, isElsewhere } = shared;
  const { name } = profile;
  const starts = state.starts && !isElsewhere;
  const slot = slotLayout(
    slotOptions(system, { profile: name, account, home, env, access, starts }),
  );
  const at = join(scandir, slotName(name));
  const supervised = isSupervised(system, at);
  const made = slotChanges(system, at, slot, {
    label: `gateway of ${name}, ${starts ? 'to be started' : 'down'}`,
    why: isElsewhere ? 'another container runs the gateways of this home' : state.why,
  });
  const published = made.some(({ kind }) => kind === 'slot');
  return {
    profile: name,
    changes: [...(supervised || isElsewhere ? [] : staleFiles(system, home, profile)), ...made],
    notes: isElsewhere ? [] : notesOf(name, state),
    // One that was made by a boot that was killed before s6 saw it counts, too.
    due: published || (scanned && !supervised),
    prior: state.prior,
    starts,
    priorExit: readPriorExit(system, home, profile.below),
  };
}

/** A gateway that was never started or was stopped on purpose is down as everybody expects. */
const EXPECTED_DOWN: readonly (string | undefined)[] = [undefined, 'stopped'];

function notesOf(name: string, { starts, why, doubtful, prior, served }: RecordedState): Note[] {
  if (starts) return [];
  const text = `${name} stays down: ${why}`;
  if (doubtful) return [warning(text)];
  if (served !== undefined || EXPECTED_DOWN.includes(prior)) return [info(text)];
  return [said(`${text}; start it with hermes-boot gateway start ${name}`)];
}

/** Of a gateway that runs these files are not stale, and its slot is supervised. */
function staleFiles(system: ReadSystem, home: string, { name, below }: Profile): Change[] {
  return STALE_FILES.flatMap((file): Change[] => {
    const path = join(join(home, below), file);
    const { type } = lookBelow(system, home, join(below, file));
    if (type === 'missing' || type === 'directory' || type === 'behind-link') return [];
    const why = `no gateway of ${name} runs any more`;
    return [{ kind: 'removal', path, was: type, from: type, why }];
  });
}
