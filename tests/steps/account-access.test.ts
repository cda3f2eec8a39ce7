import { describe, expect, test } from 'vitest';
import { showChange, makeChange } from '../../src/changes/kinds.ts';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import { accountAccess } from '../../steps/account-access.ts';
import { converge, findingsOf, ROOT_FACTS } from '../support/plan-step.ts';
import { directory, file, link, special, world } from '../support/world.ts';

const options = {
  account: 'hermes',
  paths: ['/var/run/docker.sock', '/run/docker.sock'],
  group: 'hostdocker',
};
const socket = (gid: number) => special('socket', { owner: `0:${gid}` });
const withSocket = (gid: number, more: Record<string, MemoryNode> = {}) =>
  world({ '/run/docker.sock': socket(gid), ...more });

test('without a socket there is nothing to do (B08)', async () => {
  expect(await findingsOf(accountAccess, options, world({}))).toEqual({
    changes: [],
    converged: 'no socket or device at /var/run/docker.sock or /run/docker.sock',
    notes: [],
  });
});

test('a directory that Docker has made in place of a missing socket is told', async () => {
  const system = world({ '/run/docker.sock': directory() });
  const { changes, notes } = await findingsOf(accountAccess, options, system);
  expect(changes).toEqual([]);
  expect(notes).toEqual([
    { severity: 'warning', text: '/run/docker.sock is a directory and no socket or device' },
  ]);
});

test('an account that is in the group already needs no change, primary or not', async () => {
  const member = withSocket(100, { '/etc/group': file('hermes:x:10000:\nusers:x:100:hermes\n') });
  expect((await findingsOf(accountAccess, options, member)).changes).toEqual([]);
  const primary = withSocket(10000);
  expect((await findingsOf(accountAccess, options, primary)).converged).toBe(
    'hermes is in the group of /run/docker.sock (10000) already',
  );
});

test('a group that has the id is reused, in both databases', async () => {
  const system = withSocket(100);
  const { changes } = await findingsOf(accountAccess, options, system);
  expect(changes.map(({ path }) => path)).toEqual(['/etc/gshadow', '/etc/group']);
  expect(changes.map(showChange).at(-1)).toBe('group users no members -> members hermes');
  expect((await converge(accountAccess, options, system)).changes).toEqual([]);
  expect(system.accounts().identity('hermes').groups).toEqual([10000, 100]);
  expect(system.readText('/etc/gshadow')).toContain('users:*::hermes\n');
});

test('a new group is made when none has the id', async () => {
  const system = withSocket(998);
  expect((await converge(accountAccess, options, system)).changes).toEqual([]);
  expect(system.readText('/etc/group')).toContain('hostdocker:x:998:hermes\n');
  expect(system.readText('/etc/gshadow')).toContain('hostdocker:!::hermes\n');
});

test('an image without gshadow gets none', async () => {
  const system = withSocket(998);
  system.remove('/etc/gshadow');
  const { changes } = await findingsOf(accountAccess, options, system);
  expect(changes.map(({ path }) => path)).toEqual(['/etc/group']);
});

test('the named group follows a socket whose id has changed between restarts', async () => {
  const system = withSocket(998, {
    '/etc/group': file('hermes:x:10000:\nhostdocker:x:997:hermes\n'),
    '/etc/gshadow': file('hostdocker:!::hermes\n'),
  });
  const { changes } = await findingsOf(accountAccess, options, system);
  expect(changes.map(showChange)).toEqual(['group hostdocker 997 -> 998']);
  expect((await converge(accountAccess, options, system)).changes).toEqual([]);
});

test('a socket of gid 0 changes nothing, and a warning explains why', async () => {
  const { changes, notes } = await findingsOf(accountAccess, options, withSocket(0));
  expect(changes).toEqual([]);
  expect(notes).toMatchObject([{ severity: 'warning' }]);
  expect(notes?.[0]?.text).toContain('hermes does not join the root group');
});

test('a socket whose group the user namespace does not map makes nobody a member of nogroup', async () => {
  const ids = { users: [{ first: 0, count: 1 }], groups: [{ first: 0, count: 1 }] };
  const system = world({ '/run/docker.sock': special('socket', { owner: '65534:65534' }) });
  const options = { account: 'hermes', paths: ['/run/docker.sock'] };
  const found = await findingsOf(accountAccess, options, system, { facts: { ...ROOT_FACTS, ids } });
  expect(found.changes).toEqual([]);
  expect(found.converged).toBe('/run/docker.sock (65534) is left as it is');
  expect(found.notes?.[0]?.text).toContain('does not exist in this user namespace');
});

test('a plan can opt in to gid 0', async () => {
  const system = withSocket(0);
  const allowing = { ...options, 'allow-root-group': true };
  expect((await converge(accountAccess, allowing, system)).changes).toEqual([]);
  expect(system.accounts().identity('hermes').groups).toEqual([10000, 0]);
});

test('the first path that is a socket decides, and /var/run may be a link to /run', async () => {
  const system = withSocket(998, { '/var/run': link('/run') });
  const { changes } = await findingsOf(accountAccess, options, system);
  expect(changes[0]?.why).toContain('/var/run/docker.sock belongs to gid 998');
});

test('a link in place of a socket is not followed', async () => {
  const system = world({ '/run/docker.sock': link('/opt/data/evil'), '/opt/data/evil': socket(0) });
  const { changes, notes } = await findingsOf(accountAccess, options, system);
  expect(changes).toEqual([]);
  expect(notes).toMatchObject([{ severity: 'warning' }]);
});

test('a boot that was killed after any change ends in the same world', async () => {
  const undisturbed = withSocket(998);
  const { changes } = await findingsOf(accountAccess, options, undisturbed);
  await converge(accountAccess, options, undisturbed);
  for (let kill = 1; kill < changes.length; kill += 1) {
    const system = withSocket(998);
    for (const change of changes.slice(0, kill)) {
      await makeChange(change, system, new AbortController());
    }
    await converge(accountAccess, options, system);
    for (const path of ['/etc/group', '/etc/gshadow']) {
      expect(system.readText(path)).toBe(undisturbed.readText(path));
    }
  }
});

test('an account or a group database that is missing is impossible', async () => {
  const ghost = { ...options, account: 'ghost' };
  await expect(findingsOf(accountAccess, ghost, withSocket(998))).rejects.toThrow(
    'no account ghost',
  );
  const system = withSocket(998);
  system.remove('/etc/group');
  await expect(findingsOf(accountAccess, options, system)).rejects.toThrow('/etc/group is missing');
});

describe('devices in a directory (B09)', () => {
  const gpu = { account: 'hermes', directories: ['/dev/dri'], group: 'hostgpu' };
  const device = (gid: number) => special('device', { owner: `0:${gid}` });
  const nodes = {
    '/dev/dri/card0': device(44),
    '/dev/dri/renderD128': device(105),
    '/dev/dri/renderD129': device(105),
    '/dev/dri/by-path/pci-card': link('../card0'),
    '/etc/group': file('root:x:0:\nvideo:x:44:\nhermes:x:10000:\n'),
  };

  test('give the account every group they belong to, each once, and known names are reused', async () => {
    const system = world(nodes);
    const { changes } = await findingsOf(accountAccess, gpu, system);
    expect(changes.filter(({ path }) => path === '/etc/group').map(showChange)).toEqual([
      'group video no members -> members hermes',
      'group hostgpu-105 none -> 105, members hermes',
    ]);
    expect((await converge(accountAccess, gpu, system)).changes).toEqual([]);
    expect(system.accounts().identity('hermes').groups).toEqual([10000, 44, 105]);
  });

  test('of gid 0 are left to root, and the others are given all the same', async () => {
    const system = world({ ...nodes, '/dev/dri/card0': device(0), '/dev/dri/card1': device(0) });
    const { changes, notes } = await findingsOf(accountAccess, gpu, system);
    expect(changes.filter(({ path }) => path === '/etc/group').map(showChange)).toEqual([
      'group hostgpu-105 none -> 105, members hermes',
    ]);
    expect(notes).toHaveLength(1);
    expect(notes?.[0]?.text).toContain('/dev/dri/card0 belongs to gid 0');
    await converge(accountAccess, gpu, system);
    expect(system.accounts().identity('hermes').groups).not.toContain(0);
  });

  test('beside a socket have groups of their own, and none is moved from one to the other', async () => {
    const both = { ...gpu, paths: ['/run/docker.sock'] };
    const system = world({ ...nodes, '/run/docker.sock': socket(998) });
    expect((await converge(accountAccess, both, system)).changes).toEqual([]);
    expect(system.accounts().identity('hermes').groups).toEqual([10000, 44, 998, 105]);
  });

  test('may be none', async () => {
    expect(await findingsOf(accountAccess, gpu, world({}))).toEqual({
      changes: [],
      converged: 'no socket or device at /dev/dri/*',
      notes: [],
    });
  });
});

describe('a socket that is given to the group of the account (B24)', () => {
  const fly = { account: 'hermes', paths: ['/.fly/api'], by: 'giving' } as const;

  test('changes its group and lets that write, and keeps its user', async () => {
    const system = world({ '/.fly/api': special('socket', { owner: '0:0', mode: 0o755 }) });
    const { changes } = await findingsOf(accountAccess, fly, system);
    expect(changes.map(showChange)).toEqual([
      '/.fly/api owner 0:0 -> 0:10000',
      '/.fly/api mode 0755 -> 0775',
    ]);
    expect((await converge(accountAccess, fly, system)).converged).toBe(
      'the group of hermes can use /.fly/api already',
    );
  });

  test('is not there anywhere else', async () => {
    expect((await findingsOf(accountAccess, fly, world({}))).changes).toEqual([]);
  });

  test('is left alone where something else stands in its place', async () => {
    const system = world({ '/.fly/api': file('') });
    const { changes, notes } = await findingsOf(accountAccess, fly, system);
    expect(changes).toEqual([]);
    expect(notes).toMatchObject([{ severity: 'warning' }]);
  });
});
