/**
 * Records copies of optional skills as the hub's: what came with an earlier image, and is optional by
 * now, would else pass for a skill that the agent has written itself.
 */
import type { Change } from '../../src/changes/change.ts';
import { leftAlone, warning } from '../../src/step/notes.ts';
import type { Note } from '../../src/step/step.ts';
import type { Owner } from '../../src/system/entry.ts';
import { isWithin, join, nameOf, parentOf } from '../../src/system/path.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { counted } from '../../src/text/phrases.ts';
import { findSkills, SKILL_FILE } from './find-skills.ts';
import type { HomeSkills } from './home-skills.ts';
import { HUB_LOCK, type HubEntry, lockWith, newLock } from './hub-lock.ts';
import { commonFiles, hubHash } from './package.ts';

const WHY = 'the image has it among its optional skills, and this copy was not edited';

/** Where optional skills are looked for. */
interface Places {
  readonly system: ReadSystem;
  readonly home: HomeSkills;
  /** The optional skills of the image. */
  readonly optional: string;
  readonly owner: Owner;
}

/** Copies that are no sign of an optional skill. */
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
  const { system, home, owner } = places;
  const entries = await unknownToHub(places, others, between);
  if (entries.length === 0) return { changes: [], notes: [] };
  const path = join(home.top, HUB_LOCK);
  const label = counted(entries.length, 'official skill');
  const common = { kind: 'file', path, owner, mode: 0o644, label, why: WHY } as const;
  const obstacle = home.obstacle(HUB_LOCK);
  const lock = obstacle ?? home.look(HUB_LOCK);
  if (lock.type === 'missing') {
    const file = { ...common, content: newLock(entries), from: 'absent' } as const;
    return { changes: [...missingHolder(home, owner), file], notes: [] };
  }
  if (lock.type !== 'file' || obstacle !== undefined) {
    const at = obstacle === undefined ? path : parentOf(path);
    return { changes: [], notes: [leftAlone(at, lock, NOT_RECORDED)] };
  }
  const content = home.installed && lockWith(system, path, entries);
  if (content === undefined) {
    return { changes: [], notes: [warning(`${path} is no lock of the hub: ${NOT_RECORDED}`)] };
  }
  const { uid, gid, mode } = lock.stat;
  const kept = { owner: { uid, gid }, mode: mode & 0o777, from: 'file' } as const;
  return { changes: [{ ...common, ...kept, content }], notes: [] };
}

/** The directory of the lock, where it is missing. */
function missingHolder(home: HomeSkills, owner: Owner): Change[] {
  const holder = parentOf(HUB_LOCK);
  if (home.look(holder).type !== 'missing') return [];
  const why = 'the hub keeps its lock there';
  return [{ kind: 'directory', path: join(home.top, holder), mode: 0o755, owner, why }];
}

const NOT_RECORDED = 'no optional skill is recorded in it';

async function unknownToHub(
  { system, home, optional }: Places,
  { bundled, gone }: Others,
  between: () => Promise<void>,
): Promise<readonly HubEntry[]> {
  const known = home.installed ?? [];
  const names = new Set(known.map(({ name }) => name));
  const paths = new Set(known.map(({ path }) => path));
  const entries: HubEntry[] = [];
  for (const place of findSkills(system, optional).skills) {
    await between();
    const name = nameOf(place);
    if (bundled.has(name) || names.has(name) || paths.has(place)) continue;
    const path = home.look(place).type === 'directory' ? place : home.onlyPlaceOf(name);
    if (path === undefined || paths.has(path)) continue;
    if (gone.some((top) => isWithin(path, top))) continue;
    const copy = home.directoryOf(path);
    const files = commonFiles(system, join(optional, place), copy);
    if (files === undefined) continue;
    const skill = home.look(join(path, SKILL_FILE));
    const since = ('stat' in skill ? skill.stat.changedAt : undefined) ?? 0;
    entries.push({ name, path, hash: hubHash(system, copy, files), files, since });
    names.add(name);
    paths.add(path);
  }
  return entries;
}
