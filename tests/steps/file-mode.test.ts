import { expect, test } from 'vitest';
import { showChange } from '../../src/changes/kinds.ts';
import { fileMode } from '../../steps/file-mode.ts';
import { converge, findingsOf, planStep, ROOT_FACTS } from '../support/plan-step.ts';
import { directory, file, link, world } from '../support/world.ts';

const HERMES = '10000:10000';
const options = { path: '/opt/data/.env', mode: '0600', owner: 'hermes' };

test('a file that is right needs no change (B23)', async () => {
  const system = world({ '/opt/data/.env': file('A=1', { owner: HERMES, mode: 0o600 }) });
  const found = await findingsOf(fileMode, options, system);
  expect(found).toEqual({
    changes: [],
    converged: '/opt/data/.env is 0600 10000:10000',
  });
});

test('a loose file is narrowed, and the reason says who could read it', async () => {
  const system = world({ '/opt/data/.env': file('A=1', { owner: HERMES, mode: 0o644 }) });
  const { changes } = await findingsOf(fileMode, options, system);
  expect(changes).toMatchObject([
    {
      kind: 'mode',
      from: 0o644,
      to: 0o600,
      why: 'the plan wants 0600; group and others can read it',
    },
  ]);
  expect((await converge(fileMode, options, system)).changes).toEqual([]);
});

test.each([
  ['narrowing comes before the new owner', 0o644, '0600', ['mode 0644 -> 0600', 'owner']],
  ['widening comes after the new owner', 0o600, '0640', ['owner', 'mode 0600 -> 0640']],
  [
    'a mode that is both narrower and wider is reduced first and set last',
    0o604,
    '0640',
    ['mode 0604 -> 0600', 'owner', 'mode 0600 -> 0640'],
  ],
  [
    'a set-uid bit that owning clears is not cleared twice',
    0o4755,
    '0755',
    ['mode 04755 -> 0755', 'owner'],
  ],
  [
    'a set-uid bit that is wanted comes back after the new owner',
    0o755,
    '04755',
    ['owner', 'mode 0755 -> 04755'],
  ],
])('%s', async (_, mode, wanted, steps) => {
  const system = world({ '/opt/data/.env': file('A=1', { mode }) });
  const both = { ...options, mode: wanted };
  const { changes } = await findingsOf(fileMode, both, system);
  const shown = changes.map((change) => showChange(change).replace('/opt/data/.env ', ''));
  const full = steps.map((step) => (step === 'owner' ? 'owner 0:0 -> 10000:10000' : step));
  expect(shown).toEqual(full);
  expect((await converge(fileMode, both, system)).changes).toEqual([]);
});

test('the group counts as part of the owner', async () => {
  const system = world({ '/opt/data/.env': file('A=1', { owner: '10000:0', mode: 0o600 }) });
  const { changes } = await findingsOf(fileMode, options, system);
  expect(changes.map(({ kind }) => kind)).toEqual(['owner']);
});

test('without an owner the file keeps its own', async () => {
  const system = world({ '/opt/data/.env': file('A=1', { owner: '7:7', mode: 0o600 }) });
  const found = await findingsOf(fileMode, { path: '/opt/data/.env', mode: '0600' }, system);
  expect(found.changes).toEqual([]);
});

test('a missing file is converged', async () => {
  const found = await findingsOf(fileMode, options, world({}));
  expect(found).toEqual({ changes: [], converged: '/opt/data/.env is missing' });
});

test('a link is left alone with a warning, dangling or not (B15)', async () => {
  const system = world({ '/opt/data/.env': link('/root/.env') });
  const { changes, notes } = await findingsOf(fileMode, options, system);
  expect(changes).toEqual([]);
  expect(notes).toMatchObject([{ severity: 'warning' }]);
});

test('a file with several hard links is left alone: its other names share owner and mode', async () => {
  const system = world({ '/opt/data/.env': file('A=1', { mode: 0o644, nlink: 2 }) });
  const { changes, notes } = await findingsOf(fileMode, options, system);
  expect(changes).toEqual([]);
  expect(notes?.map(({ text }) => text)).toEqual([
    '/opt/data/.env has 2 hard links: left alone, since another name may lie where nobody listed it; replace it by a copy of its own',
  ]);
});

test('a directory in place of the file is impossible', async () => {
  const system = world({ '/opt/data/.env': directory() });
  await expect(planStep(fileMode, options, system)).rejects.toMatchObject({
    found: 'cannot use /opt/data/.env: it is a directory, and a file belongs there',
    sharedCause: { key: 'directory:/opt/data/.env' },
  });
});

test('with if-own a file of another user is left alone, and told of', async () => {
  const system = world({ '/opt/data/.env': file('', { owner: '10000:10000', mode: 0o644 }) });
  const ifOwn = { path: '/opt/data/.env', mode: '0600', 'if-own': true };
  const found = await findingsOf(fileMode, ifOwn, system);
  expect(found).toMatchObject({
    changes: [],
    notes: [
      {
        severity: 'warning',
        text: '/opt/data/.env is 0644 and belongs to 10000:10000, who alone can make it 0600: left alone',
      },
    ],
  });
  const own = { facts: { ...ROOT_FACTS, uid: 10_000, gid: 10_000 } };
  expect((await findingsOf(fileMode, ifOwn, system, own)).changes).toHaveLength(1);
});
