import type { Change } from '../../src/changes/change.ts';
import { counted } from '../../src/step/phrases.ts';
import { Content } from '../../src/system/content.ts';
import type { Owner } from '../../src/system/entry.ts';
import { componentsOf, join, parentOf } from '../../src/system/path.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import type { CopiedEntry } from '../../src/system/tree-copy.ts';
import type { Skill } from './bundle.ts';
import type { Decisions, Move } from './decide.ts';
import { DESCRIPTION_FILE } from './find.ts';
import type { HomeSkills } from './home-skills.ts';
import type { Leftovers } from './leftovers.ts';
import { byCodePoint } from './order.ts';

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
  { copied, replaced, moves, shadows }: Decisions,
  described: readonly string[],
  leftovers: Leftovers,
): Change[] {
  const { home } = places;
  const at = (path: string): string => join(home.top, path);
  const aside = sortAside(home, leftovers, moves);
  const all = [...moves, ...aside.back];
  const made = newDirectories(places, copied, all, described);
  return [
    ...leftovers.staged.map((path): Change => removal(at(path), 'half a copy', HALF)),
    ...aside.done.map((path): Change => removal(at(path), 'old copy', DONE)),
    ...made,
    ...all.map(({ from, to, why }): Change => {
      return { kind: 'move', path: at(to), from: at(from), why };
    }),
    ...replaced.map((skill) => copyOf(places, skill.path, skill.entries, NEWER, [], true)),
    ...descriptions(places, described),
    ...shadows.map((path): Change => removal(at(path), 'copy of the image', SHADOW)),
  ];
}

function removal(path: string, from: string, why: string): Change {
  return { kind: 'tree-removal', path, from, why };
}

/** Of the copies that were set aside, those to be removed, and those whose place is still free. */
function sortAside(
  home: HomeSkills,
  { replaced }: Leftovers,
  moves: readonly Move[],
): { readonly done: readonly string[]; readonly back: readonly Move[] } {
  const waiting = [...replaced].filter(([, aside]) => !moves.some(({ from }) => from === aside));
  const isFree = (path: string): boolean =>
    home.look(path).type === 'missing' && !moves.some(({ to }) => to === path);
  return {
    done: waiting.flatMap(([path, aside]) => (isFree(path) ? [] : [aside])),
    back: waiting.flatMap(([to, from]) =>
      isFree(to) ? [{ from, to, why: 'an update of it was interrupted' }] : [],
    ),
  };
}

/**
 * What is missing as a whole is copied as a whole: a new category with its skills is one change.
 */
function newDirectories(
  places: Places,
  copied: readonly Skill[],
  moves: readonly Move[],
  described: readonly string[],
): Change[] {
  const roots = new Map<string, { skills: Skill[]; holders: Set<string> }>();
  const need = (directory: string): { skills: Skill[]; holders: Set<string> } | undefined => {
    const top = firstMissing(places.home, directory);
    if (top === undefined) return undefined;
    const root = roots.get(top) ?? { skills: [], holders: new Set() };
    for (let at = directory; at !== top; at = parentOf(at)) root.holders.add(at);
    roots.set(top, root);
    return root;
  };
  for (const skill of copied) need(skill.path)?.skills.push(skill);
  for (const { to } of moves) need(parentOf(to));
  return [...roots].flatMap(([top, { skills, holders }]) => {
    const entries = new Map<string, CopiedEntry>();
    const put = (path: string, entry: Omit<CopiedEntry, 'name'>): void => {
      const name = below(path, top);
      if (name !== '') entries.set(name, { name, ...entry });
    };
    for (const holder of holders) put(holder, { type: 'directory', mode: 0o755 });
    for (const { path, entries: files } of skills) {
      for (const { name, ...entry } of files) put(join(path, name), entry);
    }
    for (const path of skills.length > 0 ? described : []) {
      if (path !== top && !holders.has(path)) continue;
      put(join(path, DESCRIPTION_FILE), { type: 'file', mode: 0o644 });
    }
    const sorted = [...entries.values()].sort((a, b) => byComponents(a.name, b.name));
    if (skills.length > 0) return [copyOf(places, top, sorted, NEW, skills, false)];
    return [top, ...sorted.map(({ name }) => join(top, name))].map((path): Change => {
      const { home, owner } = places;
      const why = 'a skill is moved there';
      return { kind: 'directory', path: join(home.top, path), mode: 0o755, owner, why };
    });
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

/** The descriptions that are missing from categories that are there. */
function descriptions(
  { system, home, bundled, owner }: Places,
  paths: readonly string[],
): Change[] {
  return paths.flatMap((directory): Change[] => {
    const path = join(directory, DESCRIPTION_FILE);
    if (home.look(directory).type !== 'directory') return [];
    if (home.look(path).type !== 'missing') return [];
    const from = join(bundled, path);
    const content = Content.ofBytes(system.read(from));
    const label = `copy of ${from}`;
    const change = { content, owner, mode: 0o644, from: 'absent', label, why: DESCRIBED } as const;
    return [{ kind: 'file', path: join(home.top, path), ...change }];
  });
}

/** The outermost directory that has to be made for another one to be there; '.' is the top. */
function firstMissing(home: HomeSkills, directory: string): string | undefined {
  let at = '.';
  if (home.look(at).type === 'missing') return at;
  for (const name of componentsOf(directory)) {
    if (name === '.') continue;
    at = join(at, name);
    if (home.look(at).type === 'missing') return at;
  }
  return undefined;
}

function below(path: string, top: string): string {
  if (top === '.') return path === '.' ? '' : path;
  return path.slice(top.length + 1);
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
