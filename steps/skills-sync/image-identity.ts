/**
 * What tells the skills of an image from those of another one, without reading a skill: what the build
 * has written about them, else the times of their directories, and of the files where that is not enough.
 */
import { unlessProblem } from '../../src/errors/look-failed.ts';
import type { Reader } from '../../src/system/content.ts';
import type { Stat } from '../../src/system/entry.ts';
import { join } from '../../src/system/path.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { text } from '../../src/text/codec.ts';

/** A digest is a line; a longer text is something else. */
const LONGEST_DIGEST = 4096;

/** What a build has written about the skills is of the image, and no secret. */
const baked: Reader<string> = {
  name: 'the digest of the skills',
  codec: text,
  read: (content) => content.trim(),
};

/**
 * What tells the skills of this image from others. The id of a build (`.hermes_build_sha`) is not it:
 * an image that is built upon another one changes skills and keeps the id.
 * @param digest the file that the build of the image has written about its skills
 */
export function imageIdentity(
  system: ReadSystem,
  bundled: string,
  digest: string | undefined,
): unknown {
  const built = digest === undefined ? undefined : bakedDigest(system, digest);
  if (built !== undefined) return [built, listing(system, bundled)];
  const entry = system.look(bundled);
  return entry.type === 'directory' ? identityOf(system, bundled, entry.stat) : entry.type;
}

/** What the build has written about the skills; undefined where there is no such file. */
function bakedDigest(system: ReadSystem, path: string): string | undefined {
  if (system.look(path).type !== 'file') return undefined;
  return unlessProblem(() => system.readAs(path, baked, LONGEST_DIGEST));
}

/** The names of categories and skills: an image built upon another one may add some. */
export function listing(system: ReadSystem, top: string): (readonly string[])[] {
  const names = system.list(top);
  return [names, ...names.map((name) => system.list(join(top, name)))];
}

/**
 * A directory by the time of its last change, with the directories in it, and by its files where it
 * does not speak for them. The kernel keeps that time: a build that sets all times to one moment does
 * not hide a change of the same size. It gives no numbers of inodes and devices that would be the same
 * in the next container.
 */
function identityOf(system: ReadSystem, path: string, stat: Stat): unknown[] {
  const { changedAt } = stat;
  const speaks = changedAt !== undefined && isRootsAlone(stat);
  const directories = speaks ? system.ask({ kind: 'layerDirectories', path }) : undefined;
  const names = directories ?? system.list(path);
  const within = names.map((name) => {
    const below = join(path, name);
    const entry = system.look(below);
    if (entry.type === 'directory') return [name, identityOf(system, below, entry.stat)];
    const found = 'stat' in entry ? entry.stat : undefined;
    return [name, entry.type, found?.size, found?.mode, found?.changedAt];
  });
  return directories === undefined ? within : [changedAt, ...within];
}

/**
 * Whether nobody but root may write in a directory. The first change of a file of a layer makes its
 * directory anew, but a second one in the same container may leave the times of that as they are:
 * an account that could make it is not trusted to make none.
 */
function isRootsAlone({ uid, mode }: Stat): boolean {
  return uid === 0 && (mode & 0o022) === 0;
}
