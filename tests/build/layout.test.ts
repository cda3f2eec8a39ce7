/** The source as a reader meets it: file names, first sentences, and the map in docs. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

const FILES = ['src', 'steps'].flatMap((top) =>
  readdirSync(join(ROOT, top), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(top, name)),
);

test('no two files have the same name, but index and schema', () => {
  const names = FILES.map((path) => basename(path));
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  expect(twice.filter((name) => !['index.ts', 'schema.ts'].includes(name))).toEqual([]);
});

test('every file opens with a sentence that says what it is for', () => {
  const silent = FILES.filter((path) => {
    const [, comment = ''] =
      /^\/\*\*?([^]*?)\*\//.exec(readFileSync(join(ROOT, path), 'utf8')) ?? [];
    return !/[a-z`)]\.(?:\s|$)/.test(comment.trim());
  });
  expect(silent).toEqual([]);
});

test('the map names no file that is not there', () => {
  const map = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
  const named = [...map.matchAll(/`((?:[a-z0-9-]+\/)+[a-z0-9-]+\.ts)`/g)].map(
    ([, path = '']) => path,
  );
  expect(named.length).toBeGreaterThan(30);
  const gone = named.filter(
    (path) => ![path, `src/${path}`].some((at) => existsSync(join(ROOT, at))),
  );
  expect(gone).toEqual([]);
});
