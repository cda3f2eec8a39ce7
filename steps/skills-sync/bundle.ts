import { listed, warning } from '../../src/step/phrases.ts';
import type { Note } from '../../src/step/step.ts';
import { componentsOf, join, nameOf } from '../../src/system/path.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { findSkills } from './find.ts';
import { fitsManifest } from './manifest.ts';
import { skillName } from './name.ts';
import { readPackage, type Package } from './package.ts';

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
