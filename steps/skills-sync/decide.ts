/**
 * Decides for each skill whether it is copied, replaced, left or removed, as the agent's own tool
 * does.
 */
import { isLinked } from '../../src/system/entry.ts';
import type { Bundle, Skill } from './package.ts';
import { type HomeSkills, agentBackup, INTERRUPTED } from './home-skills.ts';

/** Why a skill gets nothing, in the order in which a person is told. */
export type Reason =
  'edited' | 'same-name' | 'linked' | 'mounted' | 'blocked' | 'external' | 'pruned';

/** What a sync comes to. Paths are relative to the skills of the home. */
export interface Decisions {
  readonly copied: Skill[];
  readonly replaced: Skill[];
  /** Copies that others supply now. */
  readonly shadows: string[];
  /** What the manifest says afterwards. */
  readonly manifest: Map<string, string>;
  readonly left: Map<Reason, string[]>;
}

/** What the decisions rest on. */
export interface Grounds {
  readonly home: HomeSkills;
  readonly manifest: ReadonlyMap<string, string>;
  readonly essential: ReadonlySet<string>;
  readonly suppressed: ReadonlySet<string>;
  readonly external: ReadonlySet<string>;
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
    shadows: [],
    manifest: new Map(grounds.manifest),
    left: new Map(),
  };
  const wanted = bundle.skills.filter(({ name }) => {
    return !grounds.sparse || grounds.essential.has(name);
  });
  // A move may free the place of another one.
  while (wanted.some((skill) => recover(skill, bundle, grounds))) await between();
  for (const skill of wanted) {
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
  const reason = hindrance(skill, grounds);
  if (reason !== undefined) leave(reason);
  const isThere = home.look(path).type === 'directory';
  if (reason === 'external' && isThere && home.read(path)?.hash === hash) {
    decisions.shadows.push(path);
    decisions.manifest.delete(name);
  }
  if (reason !== undefined) return;
  if (isThere) {
    decidePresent(skill, grounds, decisions, leave);
  } else if (!manifest.has(name)) {
    decisions.copied.push(skill);
    decisions.manifest.set(name, hash);
  } else if (home.placesOf(name).length > 0) {
    leave('edited');
  }
}

/** Why a skill is not for the image to give, whatever stands in its place. */
function hindrance({ name, path }: Skill, grounds: Grounds): Reason | undefined {
  const { home, suppressed, essential, external } = grounds;
  if (suppressed.has(name) && !essential.has(name)) return 'pruned';
  const target = home.look(path);
  const obstacle = home.obstacle(path);
  if (isLinked(target) || (obstacle !== undefined && isLinked(obstacle))) return 'linked';
  if (obstacle !== undefined) return 'blocked';
  if (target.type !== 'missing' && target.type !== 'directory') return 'blocked';
  if (target.type === 'directory' && home.isMount(path)) return 'mounted';
  return external.has(name) ? 'external' : undefined;
}

/** A skill that is there. Its copy is read only where the image has changed. */
function decidePresent(
  skill: Skill,
  grounds: Grounds,
  decisions: Decisions,
  leave: (reason: Reason) => void,
): void {
  const { name, path, hash } = skill;
  const origin = grounds.manifest.get(name);
  if (origin === hash) return;
  const copy = grounds.home.read(path);
  if (copy?.hash === hash) {
    // The very bytes of the image: an interrupted sync, or a manifest with other hashes.
    decisions.manifest.set(name, hash);
  } else if (origin === undefined) {
    leave('same-name');
  } else if (origin === '') {
    // Taken for what came with the image, an edited copy would give way to the next one.
    leave('edited');
  } else if (copy !== undefined && (copy.hash === origin || copy.wholeHash === origin)) {
    decisions.replaced.push(skill);
    decisions.manifest.set(name, hash);
  } else {
    leave('edited');
  }
}

/** Moves the copy of a skill that is not in its place although nobody deleted it. */
function recover(skill: Skill, bundle: Bundle, grounds: Grounds): boolean {
  const { name, path } = skill;
  const { home, manifest } = grounds;
  const origin = manifest.get(name);
  if (origin === undefined || origin === '' || hindrance(skill, grounds) !== undefined)
    return false;
  if (home.look(path).type !== 'missing') return false;
  const isOurs = (at: string): boolean => {
    if (home.look(at).type !== 'directory' || home.isMount(at)) return false;
    // What stands where another skill belongs that the home has had is that one.
    const other = bundle.skills.find((each) => each.path === at);
    if (other !== undefined && manifest.has(other.name)) return false;
    const copy = home.read(at);
    return copy !== undefined && (copy.hash === origin || copy.wholeHash === origin);
  };
  const backup = agentBackup(path);
  const from = [backup, ...home.placesOf(name)].find(isOurs);
  if (from === undefined) return false;
  const why = 'the image keeps it there now, and this copy was not edited';
  home.move({ from, to: path, why: from === backup ? INTERRUPTED : why });
  return true;
}

/** Forgets skills that the image has no more, as soon as no copy is left that came from one. */
function forgetDropped(bundle: Bundle, { home, manifest }: Grounds, decisions: Decisions): void {
  const gone = [...decisions.replaced.map(({ path }) => path), ...decisions.shadows];
  for (const name of manifest.keys()) {
    if (!bundle.names.has(name) && !home.holds(name, gone)) decisions.manifest.delete(name);
  }
}
