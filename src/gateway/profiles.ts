import { leftAlone, warning } from '../step/phrases.ts';
import { lookBelow } from '../step/place.ts';
import type { Note } from '../step/step.ts';
import { isLinked } from '../system/entry.ts';
import { join } from '../system/path.ts';
import type { ReadSystem } from '../system/system.ts';
import { DEFAULT_PROFILE, whyNoProfile } from './names.ts';

/** The directory of a home that holds the profiles. */
const PROFILES = 'profiles';

/** What makes a directory a profile. */
const SOUL = 'SOUL.md';

/** A profile of the agent. */
export interface Profile {
  readonly name: string;
  /** Its directory, relative to the home; empty for the home itself. */
  readonly below: string;
}

/** The profiles of a home, and what looks like one but cannot be. */
interface Profiles {
  readonly profiles: readonly Profile[];
  readonly notes: readonly Note[];
}

/** The directory of a profile, relative to the home. */
export function profileDirectory(name: string): string {
  return name === DEFAULT_PROFILE ? '' : join(PROFILES, name);
}

/** The profiles of a home: its own, always, and then those that have a soul, sorted. */
export function profilesOf(system: ReadSystem, home: string): Profiles {
  const profiles: Profile[] = [{ name: DEFAULT_PROFILE, below: '' }];
  const notes: Note[] = [];
  for (const name of system.list(join(home, PROFILES))) {
    const below = join(PROFILES, name);
    const path = join(home, below);
    const entry = lookBelow(system, home, below);
    if (isLinked(entry)) {
      notes.push(leftAlone(path, entry, 'replace it by a directory if it is a profile'));
    }
    if (entry.type !== 'directory') continue;
    if (lookBelow(system, home, join(below, SOUL)).type === 'missing') continue;
    const reason = name === DEFAULT_PROFILE ? IN_THE_HOME : whyNoProfile(name);
    if (reason === undefined) profiles.push({ name, below });
    else notes.push(warning(`${path} gets no gateway: ${JSON.stringify(name)} ${reason}`));
  }
  return { profiles, notes };
}

const IN_THE_HOME = 'is the profile in the home itself';
