import { expect, test } from 'vitest';
import { showChange } from '../../src/changes/kinds.ts';
import { LookFailed } from '../../src/errors/look-failed.ts';
import { fileWritable } from '../../steps/file-writable.ts';
import { converge, findingsOf, ROOT_FACTS } from '../support/plan-step.ts';
import { directory, file, link, world } from '../support/world.ts';

const SOUL = '/opt/data/SOUL.md';
const CONFIG = '/opt/data/config.yaml';
const options = { paths: [SOUL, CONFIG] };
const sealed = (mode: number) => file('text', { owner: '10000:10000', mode });

test('a file that its owner cannot write is his again, and nobody else gets anything', async () => {
  const system = world({ [SOUL]: sealed(0o444), [CONFIG]: sealed(0o040) });
  const { changes } = await findingsOf(fileWritable, options, system);
  expect(changes.map(showChange)).toEqual([
    `${SOUL} mode 0444 -> 0644`,
    `${CONFIG} mode 0040 -> 0640`,
  ]);
  expect((await converge(fileWritable, options, system)).changes).toEqual([]);
});

test.each([
  ['a file that is his', sealed(0o600), 0],
  ['a file with several names', file('', { mode: 0o444, nlink: 2 }), 0],
  ['a link', link('/etc/shadow'), 1],
  ['a directory', directory({ mode: 0o500 }), 1],
] as const)('%s stays as it is', async (_, node, notes) => {
  const found = await findingsOf(fileWritable, options, world({ [SOUL]: node }));
  expect(found.changes).toEqual([]);
  expect(found.notes).toHaveLength(notes);
});

test('the file of an operator, which is a mount of its own, stays as it is', async () => {
  const system = world({ [SOUL]: sealed(0o444) }, { mounts: [SOUL] });
  expect((await findingsOf(fileWritable, options, system)).changes).toEqual([]);
});

test('without root only files of this user are changed', async () => {
  const system = world({ [SOUL]: sealed(0o444), [CONFIG]: file('', { mode: 0o444 }) });
  const facts = { ...ROOT_FACTS, uid: 10000, gid: 10000 };
  const { changes } = await findingsOf(fileWritable, options, system, { facts });
  expect(changes.map(({ path }) => path)).toEqual([SOUL]);
});

test('a file that cannot be looked at costs no other one', async () => {
  const system = world({ [SOUL]: sealed(0o444), [CONFIG]: sealed(0o444) });
  const look = system.look.bind(system);
  system.look = (path) => {
    if (path === SOUL) throw new LookFailed(path, 'lstat', 'EIO');
    return look(path);
  };
  const { changes, notes } = await findingsOf(fileWritable, options, system);
  expect(changes.map(({ path }) => path)).toEqual([CONFIG]);
  expect(notes).toHaveLength(1);
});
