/** Gateway slots that no profile has any more, and what earlier releases left. */
import type { Change } from '../../src/changes/change.ts';
import {
  isLeftover,
  profileOfSlot,
  SLOT_PREFIX,
  slotName,
  type Profile,
} from '../../src/gateway/profiles.ts';
import { isSupervised } from '../../src/gateway/slot.ts';
import { STATE_FILE } from '../../src/gateway/state.ts';
import { leftAlone, warning } from '../../src/step/notes.ts';
import type { Note, StepContext } from '../../src/step/step.ts';
import { Content } from '../../src/system/content.ts';
import type { Owner } from '../../src/system/entry.ts';
import { join } from '../../src/system/path.ts';
import type { ReadSystem } from '../../src/system/system.ts';

/** What is to be cleared away, and what is not although it might be. */
interface Clearance {
  readonly changes: readonly Change[];
  readonly notes: readonly Note[];
}

/** Removes what interrupted registrations have left. */
export function leftoverChanges(
  system: ReadSystem,
  scandir: string,
  names: readonly string[],
): Clearance {
  const why = 'a registration was interrupted';
  return clear(system, scandir, names, 'half a service directory', why);
}

/**
 * Removes the slots of profiles that are gone, as far as nobody supervises them. A running gateway
 * is never torn down by a boot, which cannot tell a profile that was deleted from one whose files
 * are only not there yet: that takes the order of `hermes-boot gateway unregister`.
 */
export function unknownSlots(
  system: ReadSystem,
  scandir: string,
  names: readonly string[],
  profiles: readonly Profile[],
): Clearance {
  const known = new Set(profiles.map(({ name }) => name));
  const unknown = names.filter((name) => {
    if (!name.startsWith(SLOT_PREFIX) || isLeftover(name)) return false;
    const profile = profileOfSlot(name);
    return profile !== undefined && !known.has(profile);
  });
  return clear(system, scandir, unknown, 'service directory', 'its profile is gone');
}

/**
 * Removes the slot of a profile of which nobody knows now how it should be. As it is, the next
 * rescan would start it, and no boot changes what a running one was started with.
 */
export function outdatedSlot(
  system: ReadSystem,
  scandir: string,
  { name }: Profile,
): readonly Change[] {
  const path = join(scandir, slotName(name));
  if (system.look(path).type !== 'directory' || isSupervised(system, path)) return [];
  const why = 'what its profile wants cannot be looked at: the next boot makes it anew';
  return [{ kind: 'tree-removal', path, from: 'service directory', why }];
}

function clear(
  system: ReadSystem,
  scandir: string,
  names: readonly string[],
  from: string,
  why: string,
): Clearance {
  const changes: Change[] = [];
  const notes: Note[] = [];
  for (const path of names.map((name) => join(scandir, name))) {
    const entry = system.look(path);
    if (entry.type !== 'directory') {
      notes.push(leftAlone(path, entry, `remove it: ${why}`));
    } else if (isSupervised(system, path)) {
      const mend = 'hermes-boot gateway unregister takes it away';
      notes.push(warning(`${path} is left as it is, since it is supervised: ${why}; ${mend}`));
    } else {
      changes.push({ kind: 'tree-removal', path, from, why });
    }
  }
  return { changes, notes };
}

/**
 * Written without the time, so that a dry run says what a run does; the agent adds its own with
 * the first state of the gateway.
 */
const STATE = {
  gateway_state: 'running',
  desired_state: 'running',
  migrated_from: 'legacy-container-cmd',
};

/**
 * The state that a container gets which was made before gateways were services: one that is still
 * started with `gateway run` and records none. Without it, the upgrade would leave it down (#34339).
 */
export function legacyChanges(
  { system, facts, with: options }: StepContext<{ readonly 'no-supervise'?: boolean }>,
  home: string,
  owner: Owner,
): Change[] {
  const [first, second, ...rest] = facts.mainProgram;
  if (first !== 'gateway' || second !== 'run' || rest.includes('--no-supervise')) return [];
  if (options['no-supervise'] === true) return [];
  const path = join(home, STATE_FILE);
  if (system.look(path).type !== 'missing') return [];
  return [
    {
      kind: 'file',
      path,
      content: Content.ofText(`${JSON.stringify(STATE)}\n`),
      mode: 0o644,
      owner,
      from: 'absent',
      label: 'running',
      why: 'the container was started for `gateway run`, which is a service now (#34339)',
    },
  ];
}
