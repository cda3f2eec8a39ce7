/** What decides whether a file is linted again. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { digestsOf } from '../../scripts/lint/digests.ts';
import { temporaryDirectory } from '../support/real-root.ts';

const SOURCES = {
  'far.ts': 'export const far = (): number => 1;\n',
  'near.ts': `export * from './far.ts';\n`,
  'user.ts': `import { far } from './near.ts';\nfar();\n`,
  'type-user.ts': `import type { far } from './near.ts';\nexport type Far = typeof far;\n`,
  'late-user.ts': `const { far } = await import('./near.ts');\nfar();\n`,
  'other.ts': 'export const other = 1;\n',
  'everywhere.ts': `declare module 'vitest' { interface Provided { a: string } }\n`,
};

type Name = keyof typeof SOURCES;

/** The files whose digest another text of one of them changes. */
function changedBy(name: Name | 'common', text: string): string[] {
  const at = temporaryDirectory();
  const files = Object.keys(SOURCES).map((file) => join(at, file));
  for (const [file, content] of Object.entries(SOURCES)) writeFileSync(join(at, file), content);
  const before = digestsOf(files, 'common');
  if (name !== 'common') writeFileSync(join(at, name), text);
  const after = digestsOf(files, name === 'common' ? text : 'common');
  return Object.keys(SOURCES).filter(
    (file) => before.get(join(at, file)) !== after.get(join(at, file)),
  );
}

it('a file is linted again when something changes that it imports from afar, by value, type or late', () => {
  expect(changedBy('far.ts', 'export const far = async (): Promise<number> => 1;\n')).toEqual([
    'far.ts',
    'near.ts',
    'user.ts',
    'type-user.ts',
    'late-user.ts',
  ]);
});

it('a file is not linted again when something changes that it does not import', () => {
  expect(changedBy('other.ts', 'export const other = 2;\n')).toEqual(['other.ts']);
});

it('every file is linted again when a declaration for all of them or the rules change', () => {
  const all = Object.keys(SOURCES);
  expect(changedBy('everywhere.ts', `declare module 'vitest' {}\n`)).toEqual(all);
  expect(changedBy('common', 'other rules')).toEqual(all);
});

it('nothing is linted again when nothing has changed', () => {
  expect(changedBy('far.ts', SOURCES['far.ts'])).toEqual([]);
});
