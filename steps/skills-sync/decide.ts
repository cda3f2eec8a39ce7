import type { ReadSystem } from '../../src/system/system.ts';
import { isLinked } from '../../src/system/entry.ts';
import { join } from '../../src/system/path.ts';
import type { Bundle, Skill } from './bundle.ts';
import type { HomeSkills } from './home-skills.ts';
import { agentBackup, type Leftovers } from './leftovers.ts';
import { readPackage } from './package.ts';

/** Why a skill gets nothing, in the order in which a person is told. */
export type Reason =
  'edited' | 'same-name' | 'linked' | 'mounted' | 'blocked' | 'external' | 'pruned';

/** A directory that gets another name. */
export interface Move {
  readonly from: string;
  readonly to: string;
  readonly why: string;
}

/** What a sync comes to. Paths are relative to the skills of the home. */
export interface Decisions {
  readonly copied: Skill[];
  readonly replaced: Skill[];
  readonly moves: Move[];
  /** Copies that others supply now. */
  readonly shadows: string[];
  /** What the manifest says afterwards. */
  readonly manifest: Map<string, string>;
  /** Skills of unknown origin whose hash is taken from the home, other than that of the image. */
  readonly kept: string[];
  readonly left: Map<Reason, string[]>;
}

/** What the decisions rest on. */
export interface Grounds {
  readonly system: ReadSystem;
  readonly home: HomeSkills;
  readonly leftovers: Leftovers;
  readonly manifest: ReadonlyMap<string, string>;
  readonly essential: ReadonlySet<string>;
  readonly suppressed: ReadonlySet<string>;
  readonly external: ReadonlySet<string>;
  /** Of a sync that was killed: what it has already decided to keep. */
  readonly kept: readonly string[];
  /** Whether the home wants essential skills only. */
  readonly sparse: boolean;
}

/** Decides what becomes of each skill of the image. Nothing that a user did is undone. */
export async function decide(
  bundle: Bundle,
  grounds: Grounds,
  between: () => Promise<void>,
): Promise<Decisions> {
  const decisions: Decisions = {
    copied: [],
    replaced: [],
    moves: [],
    shadows: [],
    manifest: new Map(grounds.manifest),
    kept: [],
    left: new Map(),
  };
  for (const skill of bundle.skills) {
    if (grounds.sparse && !grounds.essential.has(skill.name)) continue;
    decideSkill(skill, grounds, decisions);
    await between();
  }
  // Without the others at hand nobody can tell what the image has dropped.
  if (!grounds.sparse) forgetDropped(bundle, grounds, decisions);
  return decisions;
}

function decideSkill(skill: Skill, grounds: Grounds, decisions: Decisions): void {
  const { home, manifest } = grounds;
  const { name, path, hash } = skill;
  const leave = (reason: Reason): void => {
    decisions.left.set(reason, [...(decisions.left.get(reason) ?? []), name]);
  };
  if (grounds.suppressed.has(name) && !grounds.essential.has(name)) {
    leave('pruned');
    return;
  }
  const target = home.look(path);
  const obstacle = home.obstacle(path);
  if (isLinked(target) || (obstacle !== undefined && isLinked(obstacle.entry))) {
    leave('linked');
    return;
  }
  if (obstacle !== undefined || (target.type !== 'missing' && target.type !== 'directory')) {
    leave('blocked');
    return;
  }
  if (target.type === 'directory' && home.isMount(path)) {
    leave('mounted');
    return;
  }
  if (grounds.external.has(name)) {
    leave('external');
    if (target.type === 'directory' && hashOf(path, grounds) === hash) {
      decisions.shadows.push(path);
      decisions.manifest.delete(name);
    }
    return;
  }
  const move = target.type === 'directory' ? undefined : recovery(skill, grounds);
  if (move !== undefined) decisions.moves.push(move);
  const at = move?.from ?? (target.type === 'directory' ? path : undefined);
  if (at !== undefined) {
    decidePresent(skill, at, grounds, decisions, leave);
  } else if (!manifest.has(name)) {
    decisions.copied.push(skill);
    decisions.manifest.set(name, hash);
  } else if (home.placesOf(name).length > 0) {
    leave('edited');
  }
}

/** A skill that is there. Its copy is read only where the image has changed. */
function decidePresent(
  skill: Skill,
  at: string,
  grounds: Grounds,
  decisions: Decisions,
  leave: (reason: Reason) => void,
): void {
  const { name, hash } = skill;
  const origin = grounds.manifest.get(name);
  if (origin === hash || grounds.kept.includes(name)) return;
  const copy = readPackage(grounds.system, join(grounds.home.top, at));
  if (copy?.hash === hash) {
    // The very bytes of the image: an interrupted sync, or a manifest with other hashes.
    decisions.manifest.set(name, hash);
  } else if (origin === undefined) {
    leave('same-name');
  } else if (origin === '' && copy !== undefined) {
    decisions.manifest.set(name, copy.hash);
    decisions.kept.push(name);
  } else if (copy !== undefined && (copy.hash === origin || copy.wholeHash === origin)) {
    decisions.replaced.push(skill);
    decisions.manifest.set(name, hash);
  } else {
    leave('edited');
  }
}

/** Finds the copy of a skill that is not in its place although nobody deleted it. */
function recovery({ name, path }: Skill, grounds: Grounds): Move | undefined {
  const { home, leftovers, manifest } = grounds;
  const interrupted = 'an update of it was interrupted';
  const aside = leftovers.replaced.get(path);
  if (aside !== undefined) return { from: aside, to: path, why: interrupted };
  const origin = manifest.get(name);
  if (origin === undefined || origin === '') return undefined;
  const isOurs = (at: string): boolean => {
    if (home.look(at).type !== 'directory' || home.isMount(at)) return false;
    const copy = readPackage(grounds.system, join(home.top, at));
    return copy !== undefined && (copy.hash === origin || copy.wholeHash === origin);
  };
  const backup = agentBackup(path);
  if (isOurs(backup)) return { from: backup, to: path, why: interrupted };
  const from = home.placesOf(name).find((at) => at !== path && isOurs(at));
  const why = 'the image keeps it there now, and this copy was not edited';
  return from === undefined ? undefined : { from, to: path, why };
}

/** Forgets skills that the image has no more, as soon as no copy is left that came from one. */
function forgetDropped(bundle: Bundle, { home, manifest }: Grounds, decisions: Decisions): void {
  for (const name of manifest.keys()) {
    if (!bundle.names.has(name) && !home.holds(name)) decisions.manifest.delete(name);
  }
}

function hashOf(path: string, { system, home }: Grounds): string | undefined {
  return readPackage(system, join(home.top, path))?.hash;
}
