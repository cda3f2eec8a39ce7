import { expect, test } from 'vitest';
import { showChange } from '../../src/changes/kinds.ts';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import { accountRemember } from '../../steps/account-remember.ts';
import { converge, findingsOf, ROOT_FACTS } from '../support/plan-step.ts';
import { directory, file, link, world } from '../support/world.ts';

const RECORD = '/opt/data/.hermes-boot.ids';
const options = {
  account: 'hermes',
  base: '/opt/data',
  record: RECORD,
  former: [10000],
  signs: ['sessions', 'logs'],
};
const moving = { ...options, uid: 1000, gid: 1000 };

function ids(record: object): MemoryNode {
  return file(JSON.stringify({ about: 'hermes-boot ids', version: 1, ...record }));
}

function home(owner: string): Record<string, MemoryNode> {
  return {
    '/opt/data': directory({ owner }),
    '/opt/data/sessions': directory({ owner }),
    '/opt/data/logs': directory({ owner }),
  };
}

async function linesOf(entries: Record<string, MemoryNode>, asked: object = moving) {
  const system = world(entries);
  const { changes } = await findingsOf(accountRemember, { ...options, ...asked }, system);
  const after = await converge(accountRemember, { ...options, ...asked }, system);
  expect(after.changes).toEqual([]);
  return changes.map(showChange);
}

test('a home without a record, in which nothing waits to follow, is settled at once', async () => {
  expect(await linesOf({ '/opt/data': directory() })).toEqual([
    `${RECORD} remembers that the home belongs to hermes, 1000:1000`,
  ]);
  expect(await linesOf(home('10000:10000'), options)).toEqual([
    `${RECORD} remembers that the home belongs to hermes, 10000:10000`,
  ]);
});

test('a home that is about to move remembers the ids before, and waits for the walk', async () => {
  expect(await linesOf(home('10000:10000'))).toEqual([
    `${RECORD} remembers the ids of hermes: users 10000, 1000; groups 10000, 1000`,
  ]);
});

test('the ids of passwd count, whatever the plan names', async () => {
  expect(await linesOf(home('10000:10000'), { ...moving, former: [7] })).toEqual([
    `${RECORD} remembers the ids of hermes: users 10000, 7, 1000; groups 10000, 7, 1000`,
  ]);
});

test('a home of an older release shows by what the account alone makes which ids it had', async () => {
  expect(await linesOf(home('501:20'))).toEqual([
    `${RECORD} remembers the ids of hermes: users 10000, 501, 1000; groups 10000, 20, 1000`,
  ]);
});

test('what root or the account made where no record could be written says nothing', async () => {
  for (const owner of ['0:0', '10000:10000']) {
    expect(await linesOf({ ...home('501:20'), '/opt/data/logs': directory({ owner }) })).toEqual([
      `${RECORD} remembers the ids of hermes: users 10000, 501, 1000; groups 10000, 20, 1000`,
    ]);
  }
});

test.each([
  ['where only the top has it', { '/opt/data': directory({ owner: '501:20' }) }],
  [
    'where the signs disagree',
    { ...home('501:20'), '/opt/data/logs': directory({ owner: '33:33' }) },
  ],
  ['where the top disagrees', { ...home('501:20'), '/opt/data': directory({ owner: '33:33' }) }],
  ['where it is root', home('0:0')],
])('nothing is concluded about an id %s', async (_, entries) => {
  expect(await linesOf(entries)).toEqual([
    `${RECORD} remembers that the home belongs to hermes, 1000:1000`,
  ]);
});

test('what a record says since when stays, also in a container that is started again', async () => {
  const record = { users: [{ id: 10000 }, { id: 1000, since: 5 }], groups: [{ id: 10000 }] };
  const system = world({ ...home('10000:10000'), [RECORD]: ids(record) });
  const { changes } = await findingsOf(accountRemember, { ...moving, gid: 1026 }, system);
  expect(changes).toMatchObject([
    {
      ids: {
        users: [{ id: 10000 }, { id: 1000, since: 5 }],
        groups: [{ id: 10000 }, { id: 1026, since: 'now' }],
      },
    },
  ]);
});

test('a home that was settled for others waits for the walk, whatever one look at it shows', async () => {
  const record = { users: [{ id: 10000 }, { id: 33 }], groups: [{ id: 10000 }, { id: 33 }] };
  const settled = { ...record, settled: { uid: 33, gid: 33 } };
  expect(await linesOf({ '/opt/data': directory(), [RECORD]: ids(settled) })).toEqual([
    `${RECORD} remembers the ids of hermes: users 10000, 33, 1000; groups 10000, 33, 1000`,
  ]);
});

test('on a read-only root, where the account cannot move, its own ids are remembered', async () => {
  const system = world(home('10000:10000'), { readOnly: ['/'], mounts: ['/opt/data'] });
  const { changes } = await findingsOf(accountRemember, moving, system);
  expect(changes).toMatchObject([{ ids: { settled: { uid: 10000, gid: 10000 } } }]);
});

test.each([
  ['there is no home', { '/opt': directory() }],
  ['the home is a link', { '/opt/data': link('/srv') }],
])('nothing is remembered where %s', async (_, entries) => {
  expect(await linesOf(entries)).toEqual([]);
});

test('nothing is remembered by anybody but root, whose record nobody can forge', async () => {
  const facts = { ...ROOT_FACTS, uid: 10000, gid: 10000 };
  const system = world(home('10000:10000'));
  expect((await findingsOf(accountRemember, moving, system, { facts })).changes).toEqual([]);
});
