import { parseTempName } from '../../src/system/temp-names.ts';
import { join } from '../../src/system/path.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { byCodePoint } from './order.ts';

/** The file that makes a directory a skill. */
export const SKILL_FILE = 'SKILL.md';

/** The file that describes a category of skills. */
export const DESCRIPTION_FILE = 'DESCRIPTION.md';

/** Directories that the agent never looks for skills in. */
const EXCLUDED = new Set([
  ...['.git', '.github', '.hub', '.archive', '.venv', 'venv', 'node_modules', 'site-packages'],
  ...['__pycache__', '.tox', '.nox', '.pytest_cache', '.mypy_cache', '.ruff_cache'],
]);

/** Directories of a skill in which a SKILL.md is material of that skill. */
const MATERIAL = new Set(['references', 'templates', 'assets', 'scripts']);

/** Image and home have a few hundred; whoever has more has something else there. */
const MAX_DIRECTORIES = 20_000;
const MAX_DEPTH = 16;

/** What a tree holds. Paths are relative to its top. */
export interface SkillTree {
  /** The directories with a SKILL.md, in order of the walk: each before what lies in it. */
  readonly skills: readonly string[];
  /** The directories outside skills that have a DESCRIPTION.md; `.` is the top. */
  readonly described: readonly string[];
  /** Whether that is all; false where the tree is too large or too deep. */
  readonly complete: boolean;
}

/** Finds the skills of a tree where the agent finds them. Links are not followed. */
export function findSkills(system: ReadSystem, top: string): SkillTree {
  const skills: string[] = [];
  const described: string[] = [];
  let directories = 0;
  let complete = true;
  const visit = (below: string, depth: number, within: boolean): void => {
    directories += 1;
    if (directories > MAX_DIRECTORIES || depth > MAX_DEPTH) {
      complete = false;
      return;
    }
    const at = join(top, below);
    const names = system.list(at);
    const has = (name: string): boolean =>
      names.includes(name) && system.look(join(at, name)).type === 'file';
    const isSkill = below !== '.' && has(SKILL_FILE);
    if (isSkill) skills.push(below);
    else if (!within && has(DESCRIPTION_FILE)) described.push(below);
    for (const name of names.toSorted(byCodePoint)) {
      if (EXCLUDED.has(name) || parseTempName(name) !== undefined) continue;
      if (isSkill && MATERIAL.has(name)) continue;
      if (system.look(join(at, name)).type !== 'directory') continue;
      visit(join(below, name), depth + 1, within || isSkill);
    }
  };
  visit('.', 0, false);
  return { skills, described, complete };
}
