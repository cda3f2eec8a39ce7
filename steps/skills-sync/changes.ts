/** Turns the decisions of a sync into changes: copies, moves, removals and descriptions. */
import type { Change } from '../../src/changes/change.ts';
import type { Owner } from '../../src/system/entry.ts';
import type { CopiedEntry } from '../../src/system/new-directory.ts';
import { componentsOf, join, parentOf } from '../../src/system/path.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { counted } from '../../src/text/phrases.ts';
import type { Decisions } from './decide.ts';
import { byCodePoint, DESCRIPTION_FILE } from './find-skills.ts';
import type { HomeSkills, Leftovers, Move } from './home-skills.ts';
import type { Skill } from './package.ts';

/** What changes are made of. */
export interface Places {
  readonly system: ReadSystem;
  readonly home: HomeSkills;
  /** The skills of the image. */
  readonly bundled: string;
  readonly owner: Owner;
}

const NEW = 'the image brings it, and this home has not had it';
const NEWER = 'the image has another one, and the copy was not edited';
const DESCRIBED = 'the image describes this category';
const HALF = 'a sync was killed while it made this';
const DONE = 'the one that took its place is there';
const SHADOW = 'an external directory supplies it, and this copy was not edited';

/** The changes to the skills themselves; what tells of them comes after. */
export function skillChanges(
  places: Places,
  { copied, replaced }: Decisions,
  described: readonly string[],
  { staged, outdated, aside }: Leftovers,
): Change[] {
  const { home } = places;
  const at = (path: string): string => join(home.top, path);
  const move = ({ from, to, why }: Move): Change => {
    return { kind: 'move', path: at(to), from: at(from), why };
  };
  // What was set aside goes back before anything else is made.
  const [back, moves] = [home.moves.slice(0, aside.length), home.moves.slice(aside.length)];
  const made = movedInto(places, moves);
  const there = new Set(made.map(({ path }) => path));
  return [
    ...staged.map((path) => removal(at(path), 'half a copy', HALF)),
    ...outdated.map((path) => removal(at(path), 'old copy', DONE)),
    ...back.map(move),
    ...made,
    // Before the copies, one of which may take the place that a move leaves.
    ...moves.map(move),
    ...newDirectories(places, copied, described, there),
    ...replaced.map((skill) => copyOf(places, skill.path, skill.entries, NEWER, [], true)),
    ...descriptions(places, described, there),
  ];
}

/**
 * The removal of copies that others supply now. The manifest has forgotten them by then: if it had
 * not, what was removed would look as if the user had deleted it.
 */
export function shadowChanges(home: HomeSkills, { shadows }: Decisions): Change[] {
  return shadows.map((path) => removal(join(home.top, path), 'copy of the image', SHADOW));
}

function removal(path: string, from: string, why: string): Change {
  return { kind: 'tree-removal', path, from, why };
}

/** The directories that have to be made for skills to be moved into them. */
function movedInto({ home, owner }: Places, moves: readonly Move[]): Change[] {
  const missing = new Set<string>();
  for (const { to } of moves) {
    const ways: string[] = [];
    for (let at = parentOf(to); at !== '.'; at = parentOf(at)) ways.unshift(at);
    for (const at of ways) if (home.look(at).type === 'missing') missing.add(at);
  }
  return [...missing].map((path) => {
    const why = 'a skill is moved there';
    return { kind: 'directory', path: join(home.top, path), mode: 0o755, owner, why };
  });
}

/**
 * What is missing as a whole is copied as a whole: a new category with its skills is one change.
 * @param there directories that are made before
 */
function newDirectories(
  places: Places,
  copied: readonly Skill[],
  described: readonly string[],
  there: ReadonlySet<string>,
): Change[] {
  const { home } = places;
  const roots = new Map<string, Skill[]>();
  for (const skill of copied) {
    const ways = [skill.path];
    for (let at = skill.path; at !== '.';) ways.unshift((at = parentOf(at)));
    const isMissing = (at: string): boolean =>
      home.look(at).type === 'missing' && !there.has(join(home.top, at));
    const top = ways.find(isMissing) ?? skill.path;
    roots.set(top, [...(roots.get(top) ?? []), skill]);
  }
  return [...roots].map(([top, skills]) => {
    const entries = new Map<string, CopiedEntry>();
    const put = (path: string, entry: Omit<CopiedEntry, 'name'>): void => {
      const name = top === '.' ? path : path.slice(top.length + 1);
      entries.set(name, { name, ...entry });
    };
    const holders = new Set([top]);
    for (const { path, entries: files } of skills) {
      for (let at = path; at !== top; at = parentOf(at)) holders.add(at);
      for (const { name, ...entry } of files) put(join(path, name), entry);
    }
    for (const path of holders) {
      if (path !== top) put(path, { type: 'directory', mode: 0o755 });
      if (described.includes(path))
        put(join(path, DESCRIPTION_FILE), { type: 'file', mode: 0o644 });
    }
    const sorted = [...entries.values()].sort((a, b) => byComponents(a.name, b.name));
    return copyOf(places, top, sorted, NEW, skills, false);
  });
}

function copyOf(
  { home, bundled, owner }: Places,
  path: string,
  entries: readonly CopiedEntry[],
  why: string,
  skills: readonly Skill[],
  replaces: boolean,
): Change {
  const files = counted(entries.filter(({ type }) => type === 'file').length, 'file');
  const isOne = skills.every((skill) => skill.path === path);
  const label = isOne ? files : `${counted(skills.length, 'skill')}, ${files}`;
  const copy = { from: join(bundled, path), owner, mode: 0o755, entries, replaces };
  return { kind: 'tree-copy', path: join(home.top, path), copy, label, why };
}

/** The descriptions that are missing from categories that are there, or made for a move. */
function descriptions(
  { system, home, bundled, owner }: Places,
  paths: readonly string[],
  there: ReadonlySet<string>,
): Change[] {
  return paths.flatMap((directory): Change[] => {
    const path = join(directory, DESCRIPTION_FILE);
    const isMade = there.has(join(home.top, directory));
    if (!isMade && home.look(directory).type !== 'directory') return [];
    if (home.look(path).type !== 'missing') return [];
    const from = join(bundled, path);
    const content = system.read(from);
    const label = `copy of ${from}`;
    const file = { content, owner, mode: 0o644, from: 'absent', label, again: true } as const;
    return [{ kind: 'file', path: join(home.top, path), ...file, why: DESCRIBED }];
  });
}

/** Each after the directory that holds it. */
function byComponents(a: string, b: string): number {
  const [left, right] = [componentsOf(a), componentsOf(b)];
  for (const [index, name] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    const order = byCodePoint(name, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}
