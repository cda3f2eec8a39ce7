import type { MemoryNode } from '../../src/system/memory-node.ts';
import { Content } from '../../src/system/content.ts';
import { SimulatedSystem } from '../../src/system/simulated.ts';
import { skillsSync } from '../../steps/skills-sync.ts';
import type { Options } from '../../steps/skills-sync/schema.ts';
import { readPackage } from '../../steps/skills-sync/package.ts';
import { converge, findingsOf } from './plan-step.ts';
import { directory, file, world } from './world.ts';

/** Where the skills of the image and of the home are in a test world. */
export const IMAGE = '/opt/hermes/skills';
export const HOME = '/opt/data/skills';

/** The skills of the image that no home gets. */
export const OPTIONAL = '/opt/hermes/optional-skills';

/** The options that a plan gives the step. */
export const options = {
  bundled: IMAGE,
  home: '/opt/data',
  owner: 'hermes',
  digest: `${IMAGE}/.digest`,
  essential: ['hermes-agent'],
};

/** A plan with nothing but the skills, all of whose sources stand in the worlds of tests. */
export const SKILLS_PLAN = `
version: 1
name: skills
description: Sync the skills.
steps:
  - id: skills
    uses: skills-sync
    with:
      bundled: ${IMAGE}
      home: /opt/data
      optional: ${OPTIONAL}
      owner: hermes
      essential: [hermes-agent]
      external: [/srv/team]
      config: /opt/data/config.yaml
`;

/** The entries of one skill. */
export function skill(path: string, text: string): Record<string, MemoryNode> {
  const look = { owner: '10000:10000' };
  return {
    [`${path}/SKILL.md`]: file(text, look),
    [`${path}/scripts/run.py`]: file(`# ${text}`, { ...look, mode: 0o775 }),
  };
}

/** The manifest of a home. */
export function manifest(lines: readonly string[]): Record<string, MemoryNode> {
  return { [`${HOME}/.bundled_manifest`]: file(lines.join(''), { owner: '10000:10000' }) };
}

/** The hash that a manifest has for a directory of a world. */
export function hashOf(system: SimulatedSystem, path: string): string {
  const found = readPackage(system, path);
  if (found === undefined) throw new Error(`${path} is no package`);
  return found.hash;
}

/** The lines of a home's manifest. */
export function manifestOf(system: SimulatedSystem): string[] {
  return system.readText(`${HOME}/.bundled_manifest`).split('\n').slice(0, -1);
}

/** Syncs a home; fails when a second plan is not empty. Returns what was changed, by kind. */
export async function sync(
  system: SimulatedSystem,
  more: Partial<Options> = {},
): Promise<{ changes: string[]; notes: string[] }> {
  const all = { ...options, ...more };
  const { changes, notes = [] } = await findingsOf(skillsSync, all, system);
  const { changes: again } = await converge(skillsSync, all, system);
  if (again.length > 0) throw new Error(`still to do: ${JSON.stringify(again)}`);
  return {
    changes: changes
      .filter(({ path }) => !/\.bundled_(?:manifest|fingerprint)$/.test(path))
      .map(({ kind, path }) => `${kind} ${path}`),
    notes: notes.map(({ text }) => text),
  };
}

/** Puts another text into a file of a world, as an edit or another image does. */
export function edit(system: SimulatedSystem, path: string, text: string): void {
  system.writeFile(path, Content.ofText(text), 0o644, { uid: 10000, gid: 10000 });
}

/** A skill of the image, and the home's copy of an earlier one; what manifests say of each. */
export const NOTES = skill(`${IMAGE}/notes`, 'one');
export const HASH = hashOf(world(NOTES), `${IMAGE}/notes`);
export const OLD = skill(`${HOME}/notes`, 'old');
export const OLD_HASH = hashOf(world(OLD), `${HOME}/notes`);

/** A home that has had no skill yet. */
export const base = { '/opt/data': directory(), [HOME]: directory({ owner: '10000:10000' }) };
