import { unlessProblem } from '../../src/errors/problem.ts';
import type { Reader } from '../../src/system/content.ts';
import { join, nameOf } from '../../src/system/path.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { nullable, text } from '../../src/text/codec.ts';
import { SKILL_FILE } from './find.ts';

/** As much of a SKILL.md as the agent reads for the name. */
const HEAD = 4000;

/**
 * What a skill is called: the `name` of its front matter, as the agent's own manifests have it,
 * else the name of its directory.
 */
export function skillName(
  system: ReadSystem,
  directory: string,
  otherwise: string = nameOf(directory),
): string {
  return nameIn(system, join(directory, SKILL_FILE)) ?? otherwise;
}

/** The name that the front matter of a text says: the lines between the first two fences. */
export function namedIn(content: string): string | undefined {
  let inside = false;
  for (const line of content
    .slice(0, HEAD)
    .split('\n')
    .map((each) => each.trim())) {
    if (line === '---') {
      if (inside) return undefined;
      inside = true;
    } else if (inside && line.startsWith('name:')) {
      const name = line
        .slice('name:'.length)
        .trim()
        .replace(/^["']+|["']+$/g, '');
      if (name !== '') return name;
    }
  }
  return undefined;
}

const frontMatter: Reader<string | null> = {
  name: 'the name',
  codec: nullable(text),
  read: (content) => namedIn(content) ?? null,
};

function nameIn(system: ReadSystem, path: string): string | null {
  return unlessProblem(() => system.readAs(path, frontMatter)) ?? null;
}
