import { expect, test } from 'vitest';
import { showChange } from '../../src/changes/kinds.ts';
import { accountGroups } from '../../steps/account-groups.ts';
import { converge, findingsOf, ROOT_FACTS } from '../support/plan-step.ts';
import { file, world } from '../support/world.ts';

const options = { account: 'hermes', group: 'host' };
const started = (...groups: number[]) => ({ facts: { ...ROOT_FACTS, groups } });

test('a group of the container is kept for the account, under its name where it has one (#75627)', async () => {
  const system = world({});
  const { changes } = await findingsOf(accountGroups, options, system, started(0, 100, 2001));
  expect(changes.filter(({ path }) => path === '/etc/group').map(showChange)).toEqual([
    'group users no members -> members hermes',
    'group host-2001 none -> 2001, members hermes',
  ]);
  const again = await converge(accountGroups, options, system, started(0, 100, 2001));
  expect(again).toMatchObject({ changes: [], converged: 'hermes is in 100, 2001 already' });
  expect(system.accounts().identity('hermes').groups).toEqual([10000, 100, 2001]);
});

test('the groups that the image has root in were not asked for', async () => {
  const system = world({ '/etc/group': file('root:x:0:root\nadm:x:4:root\nhermes:x:10000:\n') });
  expect(await findingsOf(accountGroups, options, system, started(0, 4))).toMatchObject({
    changes: [],
    converged: 'the container was started with no group besides those of the image',
  });
});

test('the root group is never among them', async () => {
  const { changes } = await findingsOf(accountGroups, options, world({}), started(0));
  expect(changes).toEqual([]);
});

test('an account or a group database that is missing is impossible', async () => {
  const ghost = { account: 'ghost' };
  const some = started(998);
  await expect(findingsOf(accountGroups, ghost, world({}), some)).rejects.toThrow('no account');
  const system = world({});
  system.remove('/etc/group');
  await expect(findingsOf(accountGroups, options, system, some)).rejects.toThrow(
    '/etc/group is missing',
  );
});

test('a group that does not exist in the user namespace is nobody to join, and said', async () => {
  const ids = { users: [{ first: 0, count: 1 }], groups: [{ first: 0, count: 1 }] };
  const facts = { ...ROOT_FACTS, groups: [0, 65534], ids };
  const found = await findingsOf(accountGroups, options, world({}), { facts });
  expect(found.changes).toEqual([]);
  expect(found.notes).toMatchObject([{ severity: 'info' }]);
});
