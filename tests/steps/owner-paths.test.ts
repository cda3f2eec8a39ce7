import { expect, test } from 'vitest';
import { describeChange, showChange } from '../../src/changes/kinds.ts';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import { ownerPaths } from '../../steps/owner-paths.ts';
import { converge, findingsOf, planStep } from '../support/plan-step.ts';
import { directory, file, link, world } from '../support/world.ts';

const HERMES = '10000:10000';
const options = {
  base: '/opt/data',
  owner: 'hermes',
  trees: ['logs', 'home'],
  files: ['auth.json', '.env'],
};
const home = { '/opt/data': directory({ owner: HERMES }) };

function textsOf(notes: readonly { text: string }[] | undefined): string[] {
  return (notes ?? []).map(({ text }) => text);
}

test('a home that is right needs no change (B10, B11, B14)', async () => {
  const system = world({
    ...home,
    '/opt/data/logs': directory({ owner: HERMES }),
    '/opt/data/logs/a': file('', { owner: HERMES }),
    '/opt/data/auth.json': file('', { owner: HERMES }),
  });
  expect(await findingsOf(ownerPaths, options, system)).toEqual({
    changes: [],
    converged: 'what is listed below /opt/data belongs to 10000:10000',
    notes: [],
  });
});

test('few wrong entries are told one by one, the top of a tree and of the home last', async () => {
  const system = world({
    '/opt/data': directory(),
    '/opt/data/logs': directory(),
    '/opt/data/logs/a': file(''),
    '/opt/data/logs/b': file('', { owner: HERMES }),
    '/opt/data/auth.json': file(''),
  });
  const { changes } = await findingsOf(ownerPaths, options, system);
  expect(changes.map(showChange)).toEqual([
    '/opt/data/logs/a owner 0:0 -> 10000:10000',
    '/opt/data/logs owner 0:0 -> 10000:10000',
    '/opt/data/auth.json owner 0:0 -> 10000:10000',
    '/opt/data owner 0:0 -> 10000:10000',
  ]);
  expect(changes[0]?.why).toBe('written by root, most likely through docker exec (#35098)');
  expect((await converge(ownerPaths, options, system)).changes).toEqual([]);
});

test('many wrong entries are one change of the tree', async () => {
  const old: Record<string, MemoryNode> = {};
  for (let index = 0; index < 20; index += 1)
    old[`/opt/data/logs/${index}`] = file('', { owner: '7:7' });
  const system = world({ ...home, ...old });
  const had = { ...options, former: [7] };
  const { changes } = await findingsOf(ownerPaths, had, system);
  expect(changes.map(showChange)).toEqual([
    '/opt/data/logs owner of 21 of 21 entries -> 10000:10000',
  ]);
  expect(changes.map(({ why }) => why)).toEqual([
    'written by root, most likely through docker exec (#35098); hermes is 10000:10000 now',
  ]);
  expect(changes.map((change) => describeChange(change).recursive)).toEqual([true]);
  expect((await converge(ownerPaths, had, system)).changes).toEqual([]);
});

test('a root-owned file deep in a tree whose top is right is found (#76910)', async () => {
  const system = world({
    ...home,
    '/opt/data/logs': directory({ owner: HERMES }),
    '/opt/data/logs/x': directory({ owner: HERMES }),
    '/opt/data/logs/x/y': file(''),
  });
  const { changes } = await findingsOf(ownerPaths, options, system);
  expect(changes.map(({ path }) => path)).toEqual(['/opt/data/logs/x/y']);
});

test('a stale group is found where the user is right (#41699)', async () => {
  const system = world({ ...home, '/opt/data/auth.json': file('', { owner: '10000:100' }) });
  const { changes } = await findingsOf(ownerPaths, options, system);
  expect(changes.map(({ why }) => why)).toEqual([
    'the user is right, but the group of hermes is 10000',
  ]);
});

test('what is on no list keeps its owner, and is counted (#19788)', async () => {
  const system = world({
    ...home,
    '/opt/data/foreign.json': file('', { owner: '1001:1001' }),
    '/opt/data/photos/a.jpg': file('', { owner: '1001:1001' }),
  });
  const { changes, notes } = await findingsOf(ownerPaths, options, system);
  expect(changes).toEqual([]);
  expect(notes).toEqual([
    {
      severity: 'info',
      text: '2 entries of /opt/data are not listed in this step and are left alone',
    },
  ]);
});

test('the top alone, or all but the top, can be asked for', async () => {
  const system = world({ '/opt/data': directory(), '/opt/data/logs': directory() });
  const top = await findingsOf(ownerPaths, { base: '/opt/data', owner: 'hermes' }, system);
  expect(top.changes.map(({ path }) => path)).toEqual(['/opt/data']);
  const rest = await findingsOf(ownerPaths, { ...options, top: false }, system);
  expect(rest.changes.map(({ path }) => path)).toEqual(['/opt/data/logs']);
});

test('what another user owns in a listed tree stays his, and a listed tree of his is told', async () => {
  const system = world({
    ...home,
    '/opt/data/logs': directory({ owner: HERMES }),
    '/opt/data/logs/a': file('', { owner: '33:33' }),
    '/opt/data/logs/b': file('', { owner: '33:0' }),
    '/opt/data/home': directory({ owner: '1001:1001' }),
  });
  const { changes, notes } = await findingsOf(ownerPaths, options, system);
  expect(changes.map(showChange)).toEqual(['/opt/data/logs/b owner 33:0 -> 33:10000']);
  expect(textsOf(notes)).toEqual([
    '/opt/data/home belongs to 1001:1001, neither root nor an earlier id of hermes: left alone; ' +
      'chown it to 10000:10000, or start the container with these ids, if hermes should have it',
    '2 entries below /opt/data belong to root or another user and stay so',
  ]);
});

const MOVED = {
  ...options,
  record: '/opt/data/.hermes-boot.ids',
  former: [7],
};

/** A record as root writes it. */
function ids(record: object, look: object = {}): MemoryNode {
  return file(JSON.stringify({ about: 'hermes-boot ids', version: 1, ...record }), look);
}

/** A home with something of the account under an earlier id where no list has it. */
const USED = {
  '/opt/data': directory({ owner: '7:7' }),
  '/opt/data/logs': directory({ owner: '7:7' }),
  '/opt/data/platforms': directory({ owner: '7:7' }),
  '/opt/data/platforms/x': file('', { owner: '7:33' }),
  '/opt/data/platforms/y': file('', { owner: '8:10000' }),
  '/opt/data/platforms/root': file(''),
  '/opt/data/projects.db': file('', { owner: '8:8' }),
};
const SINCE = { users: [{ id: 8 }], groups: [{ id: 8 }] };

test('what the account had under earlier ids follows, listed or not, user and group each by itself', async () => {
  const system = world({ ...USED, '/opt/data/.hermes-boot.ids': ids(SINCE) });
  const { changes } = await findingsOf(ownerPaths, MOVED, system);
  expect(changes.map(showChange)).toEqual([
    '/opt/data/logs owner 7:7 -> 10000:10000',
    '/opt/data/projects.db owner 8:8 -> 10000:10000',
    '/opt/data/platforms/y owner 8:10000 -> 10000:10000',
    '/opt/data/platforms/x owner 7:33 -> 10000:33',
    '/opt/data/platforms owner 7:7 -> 10000:10000',
    '/opt/data owner 7:7 -> 10000:10000',
    '/opt/data/.hermes-boot.ids remembers that the home belongs to hermes, 10000:10000',
  ]);
  const after = await converge(ownerPaths, MOVED, system);
  expect(after.changes).toEqual([]);
  expect(system.look('/opt/data/platforms/root')).toMatchObject({ stat: { uid: 0, gid: 0 } });
});

test('a home that is settled is not walked, whatever lies on no list', async () => {
  const settled = { ...SINCE, settled: { uid: 10000, gid: 10000 } };
  const system = world({ ...USED, '/opt/data/.hermes-boot.ids': ids(settled) });
  const { changes } = await findingsOf(ownerPaths, MOVED, system);
  expect(changes.map(({ path }) => path)).toEqual(['/opt/data/logs', '/opt/data']);
});

test('former-ids: leave switches the walk off', async () => {
  const system = world({ ...USED, '/opt/data/.hermes-boot.ids': ids(SINCE) });
  const leave = { ...MOVED, 'former-ids': 'leave' } as const;
  const { changes } = await findingsOf(ownerPaths, leave, system);
  expect(changes.map(({ path }) => path)).toEqual(['/opt/data/logs', '/opt/data']);
});

test.each([
  ['of the account', ids(SINCE, { owner: HERMES })],
  ['that others can write', ids(SINCE, { mode: 0o666 })],
  ['with a second name', ids(SINCE, { nlink: 2 })],
  ['that is a link', link('/etc/ids')],
  ['with the id of root', ids({ users: [{ id: 0 }], groups: [] })],
  ['that is not one', file('hello')],
  ['of a later version', ids({ ...SINCE, version: 2 })],
])('a record %s counts for nothing', async (_, record) => {
  const system = world({ ...USED, '/opt/data/.hermes-boot.ids': record });
  const { changes } = await findingsOf(ownerPaths, MOVED, system);
  expect(changes.map(({ path }) => path)).toEqual(['/opt/data/logs', '/opt/data']);
});

test('a listed link is left alone, and so is what it points to (B15, #52781)', async () => {
  const system = world({
    ...home,
    '/srv/me': directory({ owner: '1001:1001' }),
    '/opt/data/home': link('/srv/me'),
    '/opt/data/.env': link('/srv/env'),
  });
  const { changes, notes } = await findingsOf(ownerPaths, options, system);
  expect(changes).toEqual([]);
  expect(textsOf(notes)).toEqual([
    '/opt/data/home is a link to /srv/me: refusing to follow it; left alone, and what it points to (#52781); replace it by a directory if hermes should own it',
    '/opt/data/.env is a link to /srv/env: refusing to follow it; left alone, and what it points to (#52781); replace it by a file if hermes should own it',
  ]);
});

test('a path behind a link below the base is left alone, even where root has made the link', async () => {
  const system = world({
    '/srv/data': directory({ owner: HERMES }),
    '/srv/data/platforms': link('/etc'),
    '/etc/pairing': directory(),
  });
  const { changes, notes } = await findingsOf(
    ownerPaths,
    { base: '/srv/data', owner: 'hermes', trees: ['platforms/pairing'] },
    system,
  );
  expect(changes).toEqual([]);
  expect(textsOf(notes)[0]).toContain(
    'is behind /srv/data/platforms, a link to /etc: refusing to follow it; left alone',
  );
});

test('links inside a tree are owned themselves, never followed', async () => {
  const system = world({
    ...home,
    '/opt/data/logs': directory({ owner: HERMES }),
    '/opt/data/logs/etc': link('/etc'),
  });
  const { changes } = await findingsOf(ownerPaths, options, system);
  expect(changes.map(({ path }) => path)).toEqual(['/opt/data/logs/etc']);
});

test('a file with several hard links is left alone with a warning', async () => {
  const system = world({
    ...home,
    '/opt/data/auth.json': file('', { nlink: 2 }),
    '/opt/data/logs': directory({ owner: HERMES }),
    '/opt/data/logs/passwd': file('', { nlink: 3 }),
  });
  const { changes, notes } = await findingsOf(ownerPaths, options, system);
  expect(changes).toEqual([]);
  expect(textsOf(notes)).toEqual([
    '/opt/data/logs/passwd has several hard links: left alone, since another name may lie where nobody listed it',
    '/opt/data/auth.json has several hard links: left alone, since another name may lie where nobody listed it',
  ]);
});

test('mounts are not crossed: neither a listed one nor one inside a tree', async () => {
  const system = world(
    {
      ...home,
      '/opt/data/home': directory({ owner: '1001:1001' }),
      '/opt/data/logs': directory({ owner: HERMES }),
      '/opt/data/logs/host': directory({ owner: '1001:1001' }),
      '/opt/data/logs/host/a': file(''),
    },
    { mounts: ['/opt/data', '/opt/data/home', '/opt/data/logs/host'] },
  );
  const { changes, notes } = await findingsOf(ownerPaths, options, system);
  expect(changes).toEqual([]);
  expect(textsOf(notes)).toEqual([
    '/opt/data/logs/host is a mount of its own and belongs to 1001:1001: not entered',
    '/opt/data/home is a mount of its own and belongs to 1001:1001: left alone; chown it to 10000:10000 where it comes from if hermes should own it',
  ]);
});

test('paths listed twice, below each other or not at all there are no trouble', async () => {
  const system = world({ ...home, '/opt/data/logs/gateways': directory() });
  const { changes } = await findingsOf(
    ownerPaths,
    { ...options, trees: ['logs/gateways', 'logs', 'cron'], files: ['logs/gateways', 'logs'] },
    system,
  );
  expect(changes.map(({ path }) => path)).toEqual(['/opt/data/logs/gateways', '/opt/data/logs']);
});

test('a home that is a link is refused with one message', async () => {
  const system = world({ '/opt/data': link('/srv/me'), '/srv/me/logs': directory() });
  const more = { origins: { base: 'HERMES_HOME' } };
  await expect(planStep(ownerPaths, options, system, more)).rejects.toMatchObject({
    found: '/opt/data is a link to /srv/me',
    mend: ['replace /opt/data by a directory', 'or set HERMES_HOME to /srv/me'],
  });
});

test.each(['/', '/etc', '/usr', '/home', '/opt', '/lib64', '/tmp'])(
  'the system directory %s is refused as a base',
  async (base) => {
    const system = world({ [base]: directory() }, { guarded: [] });
    await expect(planStep(ownerPaths, { ...options, base }, system)).rejects.toMatchObject({
      found: `${base} is a directory of the system`,
    });
  },
);

test('a base that is missing is impossible', async () => {
  await expect(planStep(ownerPaths, options, world({}))).rejects.toMatchObject({
    found: '/opt/data is missing',
    mend: ['make it before, with a step that uses directory'],
  });
});

test('a home without a record keeps the owner that tells which ids the account has had', async () => {
  const wanting = { ...options, record: '/opt/data/.hermes-boot.ids', former: [7] };
  const notesFor = async (owner: string) => {
    const system = world({ '/opt/data': directory({ owner }) });
    const { changes, notes } = await findingsOf(ownerPaths, wanting, system);
    return [...changes.map(showChange), ...textsOf(notes)];
  };
  expect(await notesFor('501:20')).toEqual([
    '/opt/data keeps its owner, 501:20, until the ids that hermes has had are written down',
  ]);
  expect(await notesFor('0:20')).toEqual([
    '/opt/data owner 0:20 -> 10000:20',
    '/opt/data keeps its owner, 10000:20, until the ids that hermes has had are written down',
  ]);
  expect(await notesFor('7:0')).toEqual(['/opt/data owner 7:0 -> 10000:10000']);
});
