/** The profiles of a home, and the names of their gateway slots. */
import { leftAlone, said, warning, whatIs } from '../step/notes.ts';
import { lookBelow } from '../step/paths.ts';
import type { Note } from '../step/step.ts';
import { isLinked } from '../system/entry.ts';
import { join } from '../system/path.ts';
import type { ReadSystem } from '../system/system.ts';

/** The profile that lies in the home itself. */
export const DEFAULT_PROFILE = 'default';

/** The prefix of the names of all gateway slots. */
export const SLOT_PREFIX = 'gateway-';

/** The longest name of a service that s6-svscan takes. */
const LONGEST_SLOT = 251;

/** The longest name of a profile, since its slot has a prefix. */
const LONGEST_PROFILE = LONGEST_SLOT - SLOT_PREFIX.length;

const PROFILE_NAME = /^[a-z0-9][a-z0-9_-]*$/;

/** Why a profile cannot have a name, as the end of a sentence; undefined when it can. */
export function whyNoProfile(name: string): string | undefined {
  if (!PROFILE_NAME.test(name)) {
    return 'is not a valid profile name: use a-z, 0-9, - and _, starting with a letter or digit';
  }
  if (name.length <= LONGEST_PROFILE) return undefined;
  return `is longer than ${LONGEST_PROFILE} characters: s6 would ignore its slot`;
}

/** The name of the service directory of a profile's gateway. */
export function slotName(profile: string): string {
  return `${SLOT_PREFIX}${profile}`;
}

/** The profile of a service directory; undefined for anything but a gateway slot. */
export function profileOfSlot(name: string): string | undefined {
  if (!name.startsWith(SLOT_PREFIX)) return undefined;
  const profile = name.slice(SLOT_PREFIX.length);
  return whyNoProfile(profile) === undefined ? profile : undefined;
}

/** Whether an interrupted registration left this name; older releases wrote it without a dot. */
export function isLeftover(name: string): boolean {
  return /^\.?gateway-.*\.tmp$/.test(name);
}

/** The directory of the profiles in a home. */
const PROFILES = 'profiles';

/** The file that makes a directory a profile. */
const SOUL = 'SOUL.md';

/** A profile of the agent. */
export interface Profile {
  readonly name: string;
  /** Its directory, relative to the home; empty for the home itself. */
  readonly below: string;
}

/** What lies below profiles/ and has no gateway, although somebody may expect one. */
export interface NoProfile {
  readonly name: string;
  /** Why it has no gateway, for a list of the profiles: `profiles/frank has no SOUL.md`. */
  readonly why: string;
}

/** The profiles of a home, what only looks like one, and notes on that. */
interface Profiles {
  readonly profiles: readonly Profile[];
  readonly others: readonly NoProfile[];
  readonly notes: readonly Note[];
}

/** The directory of a profile, relative to the home. */
export function profileDirectory(name: string): string {
  return name === DEFAULT_PROFILE ? '' : join(PROFILES, name);
}

/** The profiles of a home: its own, then the directories with a SOUL.md, sorted. */
export function profilesOf(system: ReadSystem, home: string): Profiles {
  const profiles: Profile[] = [{ name: DEFAULT_PROFILE, below: '' }];
  const others: NoProfile[] = [];
  const notes: Note[] = [];
  for (const name of system.list(join(home, PROFILES))) {
    const below = join(PROFILES, name);
    const path = join(home, below);
    const entry = lookBelow(system, home, below);
    if (isLinked(entry)) {
      others.push({ name, why: `${below} is ${whatIs(entry)}` });
      notes.push(leftAlone(path, entry, 'replace it with a directory if it is a profile'));
    }
    if (entry.type !== 'directory') continue;
    if (lookBelow(system, home, join(below, SOUL)).type === 'missing') {
      others.push({ name, why: `${below} has no ${SOUL}` });
      notes.push(said(`${path} gets no gateway: it has no ${SOUL}`));
      continue;
    }
    const isTaken = name === DEFAULT_PROFILE;
    const reason = isTaken ? 'is the profile in the home itself' : whyNoProfile(name);
    if (reason === undefined) {
      profiles.push({ name, below });
    } else {
      others.push({ name, why: reason.replace(/^is /, '') });
      notes.push(warning(`${path} gets no gateway: ${JSON.stringify(name)} ${reason}`));
    }
  }
  return { profiles, others, notes };
}
