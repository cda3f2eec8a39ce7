import { describe, expect, test } from 'vitest';
import { showChange, makeChange } from '../../src/changes/kinds.ts';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import { accountRemap } from '../../steps/account-remap.ts';
import { converge, findingsOf, planStep } from '../support/plan-step.ts';
import { directory, file, link, world } from '../support/world.ts';

const origins = { uid: 'PUID', gid: 'PGID' };

test('an account with the ids asked for needs no change (B06)', async () => {
  const options = { user: 'hermes', uid: 10000, gid: 10000 };
  const found = await findingsOf(accountRemap, options, world({}));
  expect(found).toEqual({ changes: [], converged: 'hermes is 10000:10000 already' });
});

test('without ids the account stays as it is (B04)', async () => {
  const found = await findingsOf(accountRemap, { user: 'hermes' }, world({}));
  expect(found).toEqual({
    changes: [],
    converged: 'no id is asked for: hermes stays 10000:10000',
  });
});

test('both ids change in the records, the account last', async () => {
  const system = world({});
  const options = { user: 'hermes', uid: 1000, gid: 1000 };
  const { changes } = await findingsOf(accountRemap, options, system, { origins });
  expect(changes.map(showChange)).toEqual([
    'group hermes 10000 -> 1000',
    'account hermes 10000:10000 -> 1000:1000',
  ]);
  expect(changes[1]?.why).toBe(
    'PUID and PGID ask for it. Other users of uid 1000: none. ' +
      'Edits the records only; usermod would also have walked the home.',
  );
  expect((await converge(accountRemap, options, system)).changes).toEqual([]);
  expect(system.readText('/etc/passwd')).toContain('hermes:x:1000:1000::/opt/data:/bin/sh\n');
  expect(system.readText('/etc/group')).toContain('hermes:x:1000:\n');
});

test('one id changes alone, and only its variable is named (B07)', async () => {
  const system = world({});
  const { changes } = await findingsOf(accountRemap, { user: 'hermes', uid: 99 }, system, {
    origins,
  });
  expect(changes.map(showChange)).toEqual(['account hermes 10000:10000 -> 99:10000']);
  expect(changes[0]?.why).toContain('PUID asks for it.');
});

test('ids that others have are allowed and told (#38070)', async () => {
  const system = world({});
  const options = { user: 'hermes', uid: 33, gid: 100 };
  const { changes, notes } = await findingsOf(accountRemap, options, system);
  expect(changes).toHaveLength(2);
  expect(changes[1]?.why).toContain('the plan asks for it. Other users of uid 33: www-data.');
  expect(notes?.map(({ text }) => text)).toEqual([
    'www-data in /etc/passwd has uid 33, too',
    'users in /etc/group has gid 100, too',
  ]);
  expect((await converge(accountRemap, options, system)).changes).toEqual([]);
});

test('another account with the same primary group keeps its id, and a note says so', async () => {
  const system = world({
    '/etc/passwd': file('hermes:x:10000:10000::/:/bin/sh\nweb:x:5:10000::/:/bin/sh\n'),
  });
  const { notes } = await findingsOf(accountRemap, { user: 'hermes', gid: 1000 }, system);
  expect(notes?.map(({ text }) => text)).toEqual([
    'web in /etc/passwd keeps gid 10000, which was that of group hermes',
  ]);
});

test('a primary group that no record names leaves only the account to change', async () => {
  const system = world({ '/etc/group': file('root:x:0:\n') });
  const { changes } = await findingsOf(accountRemap, { user: 'hermes', gid: 1000 }, system);
  expect(changes.map(({ path }) => path)).toEqual(['/etc/passwd']);
});

test('a boot that was killed between the records ends in the same world', async () => {
  const groups = 'hermes:x:10000:\nalso:x:10000:\n';
  const options = { user: 'hermes', gid: 1000 };
  const undisturbed = world({ '/etc/group': file(groups) });
  await converge(accountRemap, options, undisturbed);
  const killed = world({ '/etc/group': file(groups) });
  const [first] = (await findingsOf(accountRemap, options, killed)).changes;
  if (first !== undefined) await makeChange(first, killed, new AbortController());
  await converge(accountRemap, options, killed);
  for (const path of ['/etc/group', '/etc/passwd']) {
    expect(killed.readText(path)).toBe(undisturbed.readText(path));
  }
});

test('an account database that is a link is refused', async () => {
  const system = world({ '/etc/group': link('/opt/data/group') });
  await expect(planStep(accountRemap, { user: 'hermes', uid: 5 }, system)).rejects.toThrow();
});

test('a missing account is impossible', async () => {
  await expect(planStep(accountRemap, { user: 'ghost', uid: 5 }, world({}))).rejects.toMatchObject({
    found: '/etc/passwd has no account ghost',
  });
});

describe('with a home that remembers ids', () => {
  const at = { base: '/opt/data', record: '/opt/data/.hermes-boot.ids' };
  const record = (users: readonly number[]): MemoryNode =>
    file(
      JSON.stringify({
        about: 'hermes-boot ids',
        version: 1,
        users: users.map((id) => ({ id })),
        groups: users.map((id) => ({ id })),
      }),
    );

  test.each([
    ['has no record', {}],
    ['has one without the present ids', { [at.record]: record([1000]) }],
    ['has one without the new ids', { [at.record]: record([10000]) }],
  ])('no id changes before the home %s', async (_, entries) => {
    const system = world({ '/opt/data': directory(), ...entries });
    await expect(
      planStep(accountRemap, { user: 'hermes', uid: 1000, gid: 1000, ...at }, system),
    ).rejects.toThrow('/opt/data does not remember the present ids, 10000:10000');
  });

  test.each([
    ['has a record with both', { '/opt/data': directory(), [at.record]: record([10000, 1000]) }],
    ['is missing', {}],
    [
      'cannot hold what only root can have written',
      { '/opt/data': directory(), [at.record]: file('', { owner: '1000:1000' }) },
    ],
  ])('ids change where the home %s', async (_, entries) => {
    const options = { user: 'hermes', uid: 1000, gid: 1000, ...at };
    expect((await findingsOf(accountRemap, options, world(entries))).changes).toHaveLength(2);
  });
});
