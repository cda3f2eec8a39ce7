/** What a release publishes, and that the script which makes it checks what it is given. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { temporaryDirectory } from '../support/real-root.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The files below a directory of the project. */
function filesOf(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { recursive: true, withFileTypes: true }).flatMap(
    (entry) => (entry.isFile() ? [join(entry.parentPath, entry.name).slice(ROOT.length + 1)] : []),
  );
}

test('the package holds all that an image needs, and no code cache of another Node', () => {
  const words = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const { stdout } = spawnSync('npm', words, { cwd: ROOT, encoding: 'utf8' });
  const paths = [...stdout.matchAll(/"path": "([^"]+)"/g)].map(([, path = '']) => path);
  const scripts = readdirSync(join(ROOT, 'docker')).filter((name) => name.endsWith('.sh'));
  const wanted = [
    'dist/hermes-boot.cjs',
    'dist/program.cjs',
    'dist/code-cache.cjs',
    'dist/packed/yaml.cjs',
    'CHANGELOG.md',
    'LICENSE',
    ...scripts.map((name) => `docker/${name}`),
    ...[
      'plans',
      'schemas',
      'docker/lib',
      'docker/cont-init.d',
      'docker/cont-finish.d',
      'docker/s6-rc.d',
    ].flatMap(filesOf),
  ];
  expect(wanted.filter((path) => !paths.includes(path))).toEqual([]);
  expect(paths.filter((path) => /\.cache$|^(?:src|steps|tests)\//.test(path))).toEqual([]);
});

test('a release is not made for a tag of another version', () => {
  const out = join(temporaryDirectory(), 'out');
  const words = [out, 'v99.0.0'];
  const { status, stderr } = spawnSync(join(ROOT, 'scripts/release.sh'), words, {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: `release: the tag is v99.0.0, but package.json has the version ${packageJson.version}\n`,
  });
  expect(existsSync(out)).toBe(false);
});

test('the changes of the version that is next are told', () => {
  const changes = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8');
  expect(changes).toMatch(new RegExp(`^## (?:${packageJson.version}|Unreleased)$`, 'm'));
});
