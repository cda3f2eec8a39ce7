import { expect, test } from 'vitest';
import { namedIn } from '../../../steps/skills-sync/find-skills.ts';
import { fitsManifest, parseManifest, showManifest } from '../../../steps/skills-sync/record.ts';
import { readPackage } from '../../../steps/skills-sync/package.ts';
import { directory, file, special, world } from '../../support/world.ts';

const FILES = {
  'SKILL.md': '---\nname: x\n---\n',
  'a-b/one.md': '1',
  'a/two.md': '2',
  'a.md': '3',
  'ä/三.md': '4',
  '\u{1F600}.md': '5',
  '\uFFEE.md': '6',
  'scripts/run.py': '7',
  'Z/empty': '',
};

/** A world with a skill at /s. */
function withSkill(files: Readonly<Record<string, string>>): ReturnType<typeof world> {
  const entries = Object.entries(files).map(([path, text]) => [`/s/${path}`, file(text)] as const);
  return world(Object.fromEntries(entries));
}

// Made by Python: hashlib.md5 over sorted(Path('s').rglob('*')), path and bytes of each file.
const HASH = '3d7991855bb8e61d5ecfb0370d76ccf2';
const WITH_CACHE = '1a659b70ba740a263579a0111e6b4a12';

test("a skill has the hash that the agent's manifests have for it", () => {
  expect(readPackage(withSkill(FILES), '/s')).toMatchObject({ hash: HASH, wholeHash: HASH });
});

test('caches count only for the hash of older agents', () => {
  const used = withSkill({ ...FILES, '__pycache__/x.pyc': 'c' });
  expect(readPackage(used, '/s')).toMatchObject({ hash: HASH, wholeHash: WITH_CACHE });
});

test('what is copied has no caches, keeps the right to execute, and no other odd rights', () => {
  const system = world({
    '/s/SKILL.md': file('', { mode: 0o600 }),
    '/s/run': file('', { mode: 0o4751 }),
    '/s/empty': directory({ mode: 0o1777 }),
    '/s/__pycache__/x.pyc': file(''),
  });
  expect(readPackage(system, '/s')?.entries).toEqual([
    { name: 'SKILL.md', type: 'file', mode: 0o644 },
    { name: 'empty', type: 'directory', mode: 0o755 },
    { name: 'run', type: 'file', mode: 0o755 },
  ]);
});

test.each([
  ['a special file', { '/s/x': special('fifo') }],
  ['more than is worth reading', { '/s/x': file('x'.repeat(65 * 1024 * 1024)) }],
  ['too deep a tree', { [`/s${'/d'.repeat(40)}`]: directory() }],
])('nothing is said of a directory with %s', (_, entries) => {
  expect(readPackage(world(entries), '/s')).toBeUndefined();
});

test.each([
  ['---\nname: "a b"\n---\n', 'a b'],
  ['\n ---\ndescription: x\nname: c\n', 'c'],
  ["---\nname: ''\nname: d\n---", 'd'],
  ['---\ntitle: x\n---\nname: e\n', undefined],
  ['name: f\n', undefined],
  [`---\n${'#'.repeat(4000)}\nname: g\n`, undefined],
])('the name in %j is %j', (text, name) => {
  expect(namedIn(text)).toBe(name);
});

test('a manifest is read in its older form, too, and written sorted by code points', () => {
  const manifest = parseManifest('\uFEFFold\n\n b : 1 \r\n\u{1F600}:2\n\uFFEE:3\n');
  expect(showManifest(manifest)).toBe('b:1\nold:\n\uFFEE:3\n\u{1F600}:2\n');
  expect(['a', 'a b', 'a:b', ' a', 'a\nb', ''].map(fitsManifest)).toEqual([
    ...[true, true, false, false, false, false],
  ]);
});
