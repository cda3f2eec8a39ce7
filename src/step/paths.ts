/** Paths of steps in the world: canonical names, looks below a base that follow no link, missing parents. */
import type { DirectoryChange } from '../changes/change.ts';
import { Problem } from '../errors/problem.ts';
import { leftAlone, notAFile, targetOf, whatIs } from './notes.ts';
import type { Converged, StepContext } from './step.ts';
import { type Entry, isLinked, type Owner, type Present, type Stat } from '../system/entry.ts';
import { componentsOf, join, parentOf } from '../system/path.ts';
import type { ReadSystem } from '../system/system.ts';
import { behindLink } from '../system/world.ts';

/**
 * The one name of a path in the world: links on the way resolved, the path itself not followed.
 * @throws Problem when a link on the way is not to be trusted
 */
export function canonical(system: ReadSystem, path: string): string {
  const resolution = system.resolve(path);
  if (resolution.kind === 'path') return resolution.path;
  throw behindLink(path, resolution);
}

/**
 * The directories that are searched by who takes a path as it is written, the path itself last.
 * Its links are followed as `canonical` follows them, which has refused all others.
 */
export function wayTo(system: ReadSystem, path: string): string[] {
  const way = new Set<string>();
  canonical(system, path);
  let rest = componentsOf(path);
  for (let at = '/'; ;) {
    way.delete(at);
    way.add(at);
    const name = rest.shift();
    if (name === undefined) return [...way];
    const next = name === '..' ? parentOf(at) : join(at, name);
    const entry = rest.length === 0 ? undefined : system.look(next);
    if (entry?.type === 'link') {
      rest = [...componentsOf(entry.target), ...rest];
      if (entry.target.startsWith('/')) at = '/';
    } else {
      at = next;
    }
  }
}

/**
 * Looks at a path below a base and takes no link from the base on, not even one that root made:
 * what is below a base must be below it in truth (#52781).
 */
export function lookBelow(system: ReadSystem, base: string, path: string): Entry {
  let at = base;
  let entry: Entry = system.look(base);
  for (const name of componentsOf(path)) {
    if (entry.type === 'link') return { type: 'behind-link', link: at, target: entry.target };
    if (entry.type !== 'directory') {
      return entry.type === 'behind-link' ? entry : { type: 'missing' };
    }
    at = join(at, name);
    entry = system.look(at);
  }
  return entry;
}

/**
 * The stat of the directory that an option names.
 * @throws Problem when it is missing, a link or anything else
 */
export function existingDirectory(
  context: StepContext<unknown>,
  option: string,
  path: string,
): Stat {
  const entry = context.system.look(path);
  if (entry.type === 'directory') return entry.stat;
  if (entry.type === 'missing') {
    throw new Problem({
      found: `${path} is missing`,
      wanted: 'a directory',
      mend: 'make it before, with a step that uses directory',
    });
  }
  throw notADirectory(context, option, path, entry);
}

/**
 * A regular file that a step changes where it is there; else why nothing is done: it is
 * missing, or a link, which is left alone.
 * @throws Problem when it is anything else
 */
export function fileToChange(system: ReadSystem, path: string): Present | Converged {
  const entry = system.look(path);
  if (entry.type === 'missing') return { converged: `${path} is missing` };
  if (isLinked(entry)) {
    return { converged: `${path} is left alone`, notes: [leftAlone(path, entry)] };
  }
  if (entry.type !== 'file') throw notAFile(path, entry);
  return entry;
}

/** The files of one name in the directories of some directories, there or not. */
export function filesOfEach(
  system: ReadSystem,
  directories: readonly string[],
  name: string,
): string[] {
  return directories.flatMap((directory) =>
    system
      .list(directory)
      .filter((each) => system.look(join(directory, each)).type === 'directory')
      .map((each) => join(directory, `${each}/${name}`)),
  );
}

/** The refusal to take something else for a directory; links have their own advice. */
export function notADirectory(
  context: StepContext<unknown>,
  option: string,
  path: string,
  entry: Entry,
): Problem {
  if (!isLinked(entry)) {
    const found = `${path} is ${whatIs(entry)}`;
    return new Problem({ found, wanted: 'a directory', mend: `move ${path} out of the way` });
  }
  const link = entry.type === 'link' ? path : entry.link;
  const target = targetOf(link, entry.target) + path.slice(link.length);
  const variable = context.variable(option);
  return new Problem({
    found:
      link === path
        ? `${path} is a link to ${entry.target}`
        : `${link}, on the way to ${path}, is a link to ${entry.target}`,
    wanted: 'a directory: refusing to follow a link, which may point to anything (#52781)',
    mend: [
      `replace ${link} by a directory`,
      variable === undefined
        ? `or name ${target} itself in the plan`
        : `or set ${variable} to ${target}`,
    ],
  });
}

/** The parents of a path that are missing, outermost first: for this process, everybody enters. */
export function parentChanges(
  context: Pick<StepContext<unknown>, 'system' | 'facts'>,
  path: string,
): DirectoryChange[] {
  const { uid, gid } = context.facts;
  const owner: Owner = uid === 0 ? { uid: 0, gid: 0 } : { uid, gid };
  const missing: string[] = [];
  for (let at = parentOf(path); context.system.look(at).type === 'missing'; at = parentOf(at)) {
    missing.unshift(at);
  }
  const existing = parentOf(missing[0] ?? path);
  const entry = context.system.look(existing);
  if (entry.type !== 'directory') {
    throw new Problem({
      found: `${existing}, on the way to ${path}, is ${whatIs(entry)}`,
      wanted: 'a directory',
    });
  }
  return missing.map((parent) => ({
    kind: 'directory',
    path: parent,
    mode: 0o755,
    owner,
    why: `${path} needs it`,
  }));
}
