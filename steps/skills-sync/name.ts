import { unlessProblem } from '../../src/errors/look-failed.ts';
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
