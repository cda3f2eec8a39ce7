/** Finds the skills of a directory tree where the agent finds them, and their names. */
import { unlessProblem } from '../../src/errors/look-failed.ts';
import type { Reader } from '../../src/system/content.ts';
import { join, nameOf } from '../../src/system/path.ts';
import { parseTempName } from '../../src/system/temp-names.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { nullable, text } from '../../src/text/codec.ts';

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

/** As much of a SKILL.md as the agent reads for the name. */
const HEAD = 4000;

/**
 * What a skill is called: the `name` of its front matter, as the agent's own manifests have it,
 * else the name of its directory.
 */
export function skillName(
  system: ReadSystem,
  directory: string,
  fallback: string = nameOf(directory),
): string {
  return nameIn(system, join(directory, SKILL_FILE)) ?? fallback;
}

/** The name that the front matter of a text says: the lines between the first two fences. */
export function namedIn(content: string): string | undefined {
  let inside = false;
  for (const line of linesOf(content.slice(0, HEAD))) {
    if (line === '---') {
      if (inside) return undefined;
      inside = true;
    } else if (inside && line.startsWith('name:')) {
      const name = unquoted(line.slice('name:'.length).trim());
      if (name !== '') return name;
    }
  }
  return undefined;
}

/** The trimmed lines of a text, each when it is asked for: what is wanted stands at the top. */
function* linesOf(text: string): Generator<string> {
  for (let start = 0; start <= text.length;) {
    const end = text.indexOf('\n', start);
    yield text.slice(start, end === -1 ? undefined : end).trim();
    if (end === -1) return;
    start = end + 1;
  }
}

/** Without the quotes around it, of either kind and any number. */
function unquoted(text: string): string {
  const isQuote = (at: number): boolean => text[at] === '"' || text[at] === "'";
  let [start, end] = [0, text.length];
  while (start < end && isQuote(start)) start += 1;
  while (end > start && isQuote(end - 1)) end -= 1;
  return text.slice(start, end);
}

/** Reads the name from a SKILL.md; null where it says none. */
export const frontMatter: Reader<string | null> = {
  name: 'the name',
  codec: nullable(text),
  read: (content) => namedIn(content) ?? null,
};

function nameIn(system: ReadSystem, path: string): string | null {
  return unlessProblem(() => system.readAs(path, frontMatter)) ?? null;
}

/** Compares texts as the agent's manifests are sorted: by code points, not by UTF-16. */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** The place of a unit of UTF-16 by the code points that it may begin: surrogates come last. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
