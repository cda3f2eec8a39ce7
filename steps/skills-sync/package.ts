/** Reads the skills of the image: each a package of files that a home gets as a whole. */
import { unlessProblem } from '../../src/errors/look-failed.ts';
import { warning } from '../../src/step/notes.ts';
import type { Note } from '../../src/step/step.ts';
import { CombinedDigest } from '../../src/system/content.ts';
import type { Stat } from '../../src/system/entry.ts';
import type { CopiedEntry } from '../../src/system/new-directory.ts';
import { componentsOf, join, nameOf } from '../../src/system/path.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { listed } from '../../src/text/phrases.ts';
import { byCodePoint, findSkills, frontMatter, SKILL_FILE, skillName } from './find-skills.ts';
import { fitsManifest } from './record.ts';

/** Longer names leave no room for those beside them. */
const LONGEST_NAME = 200;

/** A skill of the image. */
export interface Skill extends Package {
  readonly name: string;
  /** Its directory, relative to the skills of the image and to those of a home alike. */
  readonly path: string;
}

/** The skills of an image. */
export interface Bundle {
  readonly skills: readonly Skill[];
  /** Directories of skills that are described; relative as those are. */
  readonly described: readonly string[];
  /** Everything that the image brings, also what cannot be copied. */
  readonly names: ReadonlySet<string>;
  readonly notes: readonly Note[];
}

/** Reads the skills of an image: every file of them. */
export function readBundle(system: ReadSystem, top: string): Bundle {
  const tree = findSkills(system, top);
  const skills = new Map<string, Skill>();
  const names = new Set<string>();
  const odd: string[] = [];
  for (const path of tree.skills) {
    const directory = join(top, path);
    const contents = readPackage(system, directory);
    const name =
      contents === undefined ? skillName(system, directory) : (contents.named ?? nameOf(directory));
    const isShort = componentsOf(path).every(({ length }) => length <= LONGEST_NAME);
    const fits = isShort && fitsManifest(name) && !names.has(name);
    names.add(name);
    if (contents !== undefined && fits) skills.set(name, { name, path, ...contents });
    else odd.push(path);
  }
  const notes = odd.length === 0 ? [] : [leftOut(top, odd)];
  return { skills: [...skills.values()], described: tree.described, names, notes };
}

function leftOut(top: string, paths: readonly string[]): Note {
  return warning(
    `of ${top}, ${listed(paths)} cannot be given to a home: a skill has a name of its own ` +
      'and nothing in it but directories and regular files',
  );
}

/** Directories that Python and its tools make while a skill is used. */
const CACHES = new Set(['__pycache__', '.pytest_cache', '.mypy_cache', '.ruff_cache']);

/** What the Finder of a Mac leaves in a directory that it has shown. */
const FINDER = '.DS_Store';

/** What is larger is read by nobody: a copy of that size has been added to. */
const MAX_ENTRIES = 5_000;
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_DEPTH = 32;

/** A skill as a directory of files. */
export interface Package {
  /** What is copied of it, each entry after the directory that holds it; no caches. */
  readonly entries: readonly CopiedEntry[];
  /**
   * MD5 as the agent's manifests have it: of every file, sorted by the components of its path,
   * first the path in the directory and then the content, with nothing between. Caches are left
   * out: the directories of CACHES, and bytecode beside its source. So is `.DS_Store`, which the
   * agent counts; no image has one, so that both mean the same by the hash of an image.
   */
  readonly hash: string;
  /** The same with caches and all: what older agents wrote. */
  readonly wholeHash: string;
  /** The name that it gives itself, if any; see `namedIn`. */
  readonly named: string | undefined;
}

/**
 * Reads a skill. Undefined where it holds anything but directories and regular files, is too large
 * or cannot be read: nothing is known of it then, and so it is nobody's to replace.
 */
export function readPackage(system: ReadSystem, directory: string): Package | undefined {
  const found = entriesOf(system, directory);
  if (found === undefined) return undefined;
  const clean = new CombinedDigest('md5');
  const whole = found.some(({ isCache }) => isCache) ? new CombinedDigest('md5') : undefined;
  let named: string | null = null;
  for (const { name, type, isCache } of found) {
    if (type === 'directory') continue;
    const content = unlessProblem(() => system.read(join(directory, name), MAX_BYTES));
    if (content === undefined) return undefined;
    if (name === SKILL_FILE) named = content.open(frontMatter);
    for (const digest of isCache ? [whole] : [whole, clean]) {
      digest?.add(name);
      digest?.add(content);
    }
  }
  const entries = found.filter(({ isCache }) => !isCache);
  const hash = clean.digest();
  return {
    entries: entries.map(({ name, type, stat }) => ({ name, type, mode: modeOf(type, stat) })),
    hash,
    wholeHash: whole?.digest() ?? hash,
    named: named ?? undefined,
  };
}

/**
 * The files of a skill, sorted by the components of their paths, where another directory has the same
 * ones, caches left out; undefined where it has not. No file is read unless names and sizes are the same.
 */
export function commonFiles(
  system: ReadSystem,
  directory: string,
  other: string,
): readonly string[] | undefined {
  const [files, others] = [directory, other].map((at) =>
    entriesOf(system, at)?.filter(({ type, isCache }) => type === 'file' && !isCache),
  );
  if (files === undefined || files.length !== others?.length) return undefined;
  const isAlike = files.every(({ name, stat }, index) => {
    return name === others[index]?.name && stat.size === others[index].stat.size;
  });
  if (!isAlike) return undefined;
  const names = files.map(({ name }) => name);
  const contentOf = (at: string, name: string) => system.read(join(at, name), MAX_BYTES);
  const isSame = unlessProblem(() =>
    names.every((name) => contentOf(directory, name).equals(contentOf(other, name))),
  );
  return isSame === true ? names : undefined;
}

/**
 * The hash that the agent's hub has of a skill (content_hash in tools/skills_guard.py): of its files
 * sorted by their whole paths, each path with a zero byte and the content behind it.
 * @param files relative to the directory; caches left out, as the hub has none where it installs
 */
export function hubHash(system: ReadSystem, directory: string, files: readonly string[]): string {
  const digest = new CombinedDigest('sha256');
  for (const name of files.toSorted(byCodePoint)) {
    digest.add(`${name}\0`);
    digest.add(system.read(join(directory, name), MAX_BYTES));
  }
  return `sha256:${digest.digest().slice(0, 16)}`;
}

interface Found {
  readonly name: string;
  readonly type: 'directory' | 'file';
  readonly stat: Stat;
  readonly isCache: boolean;
}

/** Everything in a directory, in the order of the hash. */
function entriesOf(system: ReadSystem, directory: string): Found[] | undefined {
  const found: Found[] = [];
  let bytes = 0;
  const visit = (below: string, depth: number, cached: boolean): boolean => {
    const names = system.list(join(directory, below)).toSorted(byCodePoint);
    return names.every((last) => {
      const name = join(below, last);
      const entry = system.look(join(directory, name));
      if (entry.type !== 'directory' && entry.type !== 'file') return false;
      const { type, stat } = entry;
      if (type === 'file') bytes += stat.size;
      if (found.length >= MAX_ENTRIES || bytes > MAX_BYTES || depth > MAX_DEPTH) return false;
      const isCache = cached || isDisposable(last, type, names);
      found.push({ name, type, stat, isCache });
      return type === 'file' || visit(name, depth + 1, isCache);
    });
  };
  return visit('.', 0, false) ? found : undefined;
}

/** Whether an entry comes from using a skill. Bytecode without its source may be the skill. */
function isDisposable(name: string, type: Found['type'], siblings: readonly string[]): boolean {
  if (type === 'directory') return CACHES.has(name);
  return name === FINDER || (/.\.py[co]$/.test(name) && siblings.includes(name.slice(0, -1)));
}

function modeOf(type: Found['type'], { mode }: Stat): number {
  return type === 'directory' || (mode & 0o111) !== 0 ? 0o755 : 0o644;
}
