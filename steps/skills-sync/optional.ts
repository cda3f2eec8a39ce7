/**
 * Records copies of optional skills as the hub's: what came with an earlier image, and is optional by
 * now, would else pass for a skill that the agent has written itself.
 */
import type { Change } from '../../src/changes/change.ts';
import { leftAlone, warning } from '../../src/step/notes.ts';
import type { Note } from '../../src/step/step.ts';
import type { Owner } from '../../src/system/entry.ts';
import { join, nameOf } from '../../src/system/path.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { counted } from '../../src/text/phrases.ts';
import { findSkills, SKILL_FILE } from './find-skills.ts';
import type { HomeSkills } from './home-skills.ts';
import {
  HUB_LOCK,
  type HubEntry,
  type Installed,
  installedByHub,
  lockWith,
  newLock,
} from './hub-lock.ts';
import { commonFiles, hubHash } from './package.ts';

const WHY = 'the image has it among its optional skills, and this copy was not edited';

/** Where optional skills are looked for. */
interface Places {
  readonly system: ReadSystem;
  /** The home, a canonical path. */
  readonly directory: string;
  readonly home: HomeSkills;
  /** The optional skills of the image. */
  readonly optional: string;
  readonly owner: Owner;
}

/** Copies that say nothing of the optional skills. */
interface Others {
  /** The directory names of what the image gives to every home: a copy of one is of that. */
  readonly bundled: ReadonlySet<string>;
  /** What others take the place of, or what is removed. */
  readonly gone: readonly string[];
}

/**
 * The change that records the copies of optional skills that the hub does not know. As the agent's
 * own tool does: in the place that the image has for one, or in the only directory of its name.
 * @param between called after each skill
 */
export async function recordOptional(
  places: Places,
  others: Others,
  between: () => Promise<void>,
): Promise<{ readonly changes: readonly Change[]; readonly notes: readonly Note[] }> {
  const { system, directory, home, owner } = places;
  const known = installedByHub(system, directory);
  const entries = await unknownToHub(places, known ?? [], others, between);
  if (entries.length === 0) return { changes: [], notes: [] };
  const path = join(home.top, HUB_LOCK);
  const label = counted(entries.length, 'official skill');
  const common = { kind: 'file', path, owner, mode: 0o644, label, why: WHY } as const;
  for (const at of ['.hub', HUB_LOCK]) {
    const entry = home.look(at);
    if (entry.type === 'missing') {
      const made = { kind: 'directory', path: join(home.top, '.hub'), mode: 0o755, owner } as const;
      const file = { ...common, content: newLock(entries), from: 'absent' } as const;
      const why = 'the hub keeps its lock there';
      return { changes: at === '.hub' ? [{ ...made, why }, file] : [file], notes: [] };
    }
    if (entry.type === (at === '.hub' ? 'directory' : 'file')) continue;
    return { changes: [], notes: [leftAlone(join(home.top, at), entry, NOT_RECORDED)] };
  }
  const lock = join(directory, join('skills', HUB_LOCK));
  const content = known === undefined ? undefined : lockWith(system, lock, entries);
  const there = home.look(HUB_LOCK);
  if (content === undefined || !('stat' in there)) {
    return { changes: [], notes: [warning(`${path} is no lock of the hub: ${NOT_RECORDED}`)] };
  }
  const { uid, gid, mode } = there.stat;
  const kept = { owner: { uid, gid }, mode: mode & 0o777, from: 'file' } as const;
  return { changes: [{ ...common, ...kept, content }], notes: [] };
}

const NOT_RECORDED = 'no optional skill is recorded in it';

async function unknownToHub(
  { system, home, optional }: Places,
  known: readonly Installed[],
  { bundled, gone }: Others,
  between: () => Promise<void>,
): Promise<readonly HubEntry[]> {
  const names = new Set(known.map(({ name }) => name));
  const paths = new Set(known.map(({ path }) => path));
  const entries: HubEntry[] = [];
  for (const place of findSkills(system, optional).skills) {
    await between();
    const name = nameOf(place);
    if (bundled.has(name) || names.has(name) || paths.has(place)) continue;
    const path = home.look(place).type === 'directory' ? place : home.onlyPlaceOf(name);
    if (path === undefined || paths.has(path)) continue;
    if (gone.some((top) => path === top || path.startsWith(`${top}/`))) continue;
    const copy = home.directoryOf(path);
    const files = commonFiles(system, join(optional, place), copy);
    if (files === undefined) continue;
    const told = home.look(join(path, SKILL_FILE));
    const since = ('stat' in told ? told.stat.changedAt : undefined) ?? 0;
    entries.push({ name, path, hash: hubHash(system, copy, files), files, since });
    names.add(name);
    paths.add(path);
  }
  return entries;
}
