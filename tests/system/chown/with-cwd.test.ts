import { closeSync, openSync, realpathSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { withCwd } from '../../../src/system/real/chown/directory-chowner.ts';
import { temporaryDirectory } from '../../support/real-root.ts';

test.each([
  ['where it came from', '.', process.cwd()],
  ['to the root where nobody can enter that', import.meta.filename, '/'],
])('goes back %s, also when something fails inside', (_, home, after) => {
  const start = process.cwd();
  const there = realpathSync(temporaryDirectory());
  const [directory, back] = [openSync(there, 'r'), openSync(home, 'r')];
  onTestFinished(() => {
    process.chdir(start);
    for (const fd of [directory, back]) closeSync(fd);
  });
  expect(withCwd(directory, back, () => process.cwd())).toBe(there);
  expect(process.cwd()).toBe(after);
  const fail = (): never => {
    throw new Error('not today');
  };
  expect(() => withCwd(directory, back, fail)).toThrow('not today');
  expect(process.cwd()).toBe(after);
});
