import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import { HOME, IMAGE, manifest, OPTIONAL, skill } from './skills.ts';
import { directory, file, link, special } from './world.ts';

/*
 * Homes as users, agents, other images and killed boots leave their skills, before an image that
 * has the same ones, others, and the same ones elsewhere.
 */

/** The skills of which some are in the image, some in the home, and some in both. */
const NAMES = ['notes', 'ml/train', 'ml/serve', 'work/mail', 'hermes-agent', 'gpt-4.1'];

/** A text, with a name of its own in the front matter or without. */
const texts = fc.constantFrom('one', 'two', '---\nname: other\n---\n', '---\nname: notes\n---\n');

const bundles = fc
  .array(fc.tuple(fc.constantFrom(...NAMES), texts), { minLength: 1, maxLength: 5 })
  .map((skills) => tree(IMAGE, skills));

const optionals = fc
  .array(fc.tuple(fc.constantFrom('old/notes', 'ml/train', 'x/mine', 'x/train'), texts), {
    maxLength: 3,
  })
  .map((skills) => tree(OPTIONAL, skills));

const copies = fc
  .array(
    fc.tuple(
      fc.constantFrom(...NAMES, 'old/notes', 'old/train', '.archive/serve', 'mine'),
      texts,
      fc.constantFrom('', '', '', 'edited', 'cached', 'linked', 'as-link', 'as-file', 'as-fifo'),
    ),
    { maxLength: 5 },
  )
  // A text of the image would make it a copy of the image under another name.
  .map((all) =>
    all.map(([path, text, state]) => [path, path === 'mine' ? 'mine' : text, state] as const),
  );

const asides = fc.array(
  fc.tuple(
    fc.constantFrom('notes.bak', '.notes.hermes-boot.bak', 'ml/.train.hermes-boot.bak'),
    texts,
  ),
  { maxLength: 2 },
);

/** What a manifest says of a skill: nothing, a name alone, the truth of some text, or an untruth. */
const lines = fc.array(
  fc.tuple(
    fc.constantFrom('notes', 'train', 'serve', 'mail', 'other', 'gpt-4.1', 'dropped'),
    fc.constantFrom(undefined, 'one', 'two', '---\nname: notes\n---\n', 'untrue'),
  ),
  { maxLength: 5 },
);

const oddities = fc.constantFrom<Record<string, MemoryNode>[]>(
  {},
  {},
  {},
  { '/opt/data/.no-bundled-skills': file('') },
  { [`${HOME}/.curator_suppressed`]: file('notes\ntrain\nhermes-agent\n') },
  { [`${HOME}/.bundled_fingerprint`]: file(`${'0'.repeat(64)}\n`) },
  { [`${HOME}/.bundled_fingerprint`]: file(`unfinished ${'0'.repeat(64)}\nnotes\n`) },
  { [`${HOME}/.bundled_manifest`]: link('/etc/passwd') },
  { [`${HOME}/.ml.hermes-boot/serve`]: file('half') },
  { [`${HOME}/.hub/lock.json`]: file('{"installed":{"a":{"install_path":"old/notes"}}}') },
  { [`${HOME}/.hub/lock.json`]: file('{"installed":{"train":{"token":"canary"}},"x":[1]}') },
  { [`${HOME}/.hub/lock.json`]: file('no lock') },
  // It can be parsed, and not printed again.
  { [`${HOME}/.hub/lock.json`]: file(`{"x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`) },
  { [`${HOME}/.hub`]: link('/srv/me') },
  { '/srv/team/notes/SKILL.md': file('theirs'), '/srv/team/x/SKILL.md': file('theirs') },
  { [`${HOME}/ml`]: link('/srv/shared'), '/srv/shared/train/SKILL.md': file('shared') },
  { [HOME]: link('/srv/shared'), '/srv/shared': directory() },
);

/** What a home says of the directories that supply skills, besides the secrets that it has. */
const configs = fc
  .array(
    fc.constantFrom(
      '/srv/other',
      '/srv',
      '~',
      'skills/ml',
      '/srv/link',
      '/opt/hermes/skills',
      '$X/y',
    ),
    { maxLength: 3 },
  )
  .chain((paths) =>
    fc.constantFrom<MemoryNode | undefined>(
      undefined,
      undefined,
      file(
        `api_key: canary\nskills:\n  external_dirs:\n${paths.map((path) => `  - ${path}\n`).join('')}`,
      ),
      file(`api_key: canary\nskills: { external_dirs: [${paths.join(', ')}] }\n`),
      file('api_key: canary\nskills: { external_dirs: [\n'),
      link('/srv/me/kept'),
    ),
  );

/** A world before the skills are synced. */
export const skillWorlds: fc.Arbitrary<Record<string, MemoryNode>> = fc
  .record({
    bundle: bundles,
    optional: optionals,
    copies,
    asides,
    lines,
    oddity: oddities,
    described: fc.boolean(),
    config: configs,
  })
  .map(
    ({
      bundle,
      optional,
      copies: there,
      asides: aside,
      lines: told,
      oddity,
      described,
      config,
    }) => {
      const entries: Record<string, MemoryNode> = {
        '/opt/data': directory({ owner: '10000:10000' }),
        [HOME]: directory({ owner: '10000:10000' }),
        [`${HOME}/notes.txt`]: file('a note'),
        '/srv/me/kept': file('kept'),
        '/srv/other/mail/SKILL.md': file('theirs'),
        '/srv/link': link('/srv/other'),
        ...(config === undefined ? {} : { '/opt/data/config.yaml': config }),
        ...bundle,
        ...optional,
        ...(described ? { [`${IMAGE}/ml/DESCRIPTION.md`]: file('about') } : {}),
        ...manifest(told.map(([name, of]) => (of === undefined ? `${name}\n` : line(name, of)))),
      };
      for (const [path, text, state] of there)
        Object.assign(entries, copy(`${HOME}/${path}`, text, state));
      Object.assign(entries, tree(HOME, aside));
      return withoutWhatLinksHide({ ...entries, ...oddity });
    },
  );

function tree(
  top: string,
  skills: readonly (readonly [string, string])[],
): Record<string, MemoryNode> {
  const entries = skills.flatMap(([path, text]) => Object.entries(skill(`${top}/${path}`, text)));
  return Object.fromEntries(entries);
}

function copy(path: string, text: string, state: string): Record<string, MemoryNode> {
  switch (state) {
    case 'edited':
      return { ...skill(path, text), [`${path}/SKILL.md`]: file('edited') };
    case 'cached':
      return { ...skill(path, text), [`${path}/scripts/__pycache__/run.pyc`]: file('') };
    case 'linked':
      return { ...skill(path, text), [`${path}/link`]: link('/etc/passwd') };
    case 'as-link':
      return { [path]: link('/srv/me') };
    case 'as-file':
      return { [path]: file('') };
    case 'as-fifo':
      return { [path]: special('fifo') };
    default:
      return skill(path, text);
  }
}

function line(name: string, text: string): string {
  const hash = createHash('md5').update(`SKILL.md${text}scripts/run.py# ${text}`).digest('hex');
  return `${name}:${hash}\n`;
}

/** Below what is no directory, nothing can be. */
function withoutWhatLinksHide(entries: Record<string, MemoryNode>): Record<string, MemoryNode> {
  const tops = Object.keys(entries).filter((path) => entries[path]?.type !== 'directory');
  const isHidden = (path: string): boolean => tops.some((top) => path.startsWith(`${top}/`));
  return Object.fromEntries(Object.entries(entries).filter(([path]) => !isHidden(path)));
}
