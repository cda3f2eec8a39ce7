import { expect, test } from 'vitest';
import { showChange } from '../../src/changes/describe.ts';
import { makeChange } from '../../src/changes/make.ts';
import type { MemoryNode } from '../../src/system/node.ts';
import { socketGroup } from '../../steps/socket-group.ts';
import { converge, findingsOf } from '../support/plan-step.ts';
import { directory, file, link, special, world } from '../support/world.ts';

const options = { account: 'hermes', sockets: ['/var/run/docker.sock', '/run/docker.sock'] };
const socket = (gid: number) => special('socket', { owner: `0:${gid}` });
const withSocket = (gid: number, more: Record<string, MemoryNode> = {}) =>
  world({ '/run/docker.sock': socket(gid), ...more });

test('without a socket there is nothing to do (B08)', async () => {
  expect(await findingsOf(socketGroup, options, world({}))).toEqual({
    changes: [],
    otherwise: 'no socket at /var/run/docker.sock or /run/docker.sock',
    notes: [],
  });
});

test('a directory that Docker has made in place of a missing socket is told', async () => {
  const system = world({ '/run/docker.sock': directory() });
  const { changes, notes } = await findingsOf(socketGroup, options, system);
  expect(changes).toEqual([]);
  expect(notes).toEqual([
    { severity: 'warning', text: '/run/docker.sock is a directory and no socket' },
  ]);
});

test('an account that is in the group already needs no change, primary or not', async () => {
  const member = withSocket(100, { '/etc/group': file('hermes:x:10000:\nusers:x:100:hermes\n') });
  expect((await findingsOf(socketGroup, options, member)).changes).toEqual([]);
  const primary = withSocket(10000);
  expect((await findingsOf(socketGroup, options, primary)).otherwise).toBe(
    'hermes is in the group of /run/docker.sock (10000) already',
  );
});

test('a group that has the id is reused, in both databases', async () => {
  const system = withSocket(100);
  const { changes } = await findingsOf(socketGroup, options, system);
  expect(changes.map(({ path }) => path)).toEqual(['/etc/gshadow', '/etc/group']);
  expect(changes.map(showChange).at(-1)).toBe('group users no members -> members hermes');
  expect((await converge(socketGroup, options, system)).changes).toEqual([]);
  expect(system.accounts().identity('hermes').groups).toEqual([10000, 100]);
  expect(system.readText('/etc/gshadow')).toContain('users:*::hermes\n');
});

test('a new group is made when none has the id', async () => {
  const system = withSocket(998);
  expect((await converge(socketGroup, options, system)).changes).toEqual([]);
  expect(system.readText('/etc/group')).toContain('hostdocker:x:998:hermes\n');
  expect(system.readText('/etc/gshadow')).toContain('hostdocker:!::hermes\n');
});

test('an image without gshadow gets none', async () => {
  const system = withSocket(998);
  system.remove('/etc/gshadow');
  const { changes } = await findingsOf(socketGroup, options, system);
  expect(changes.map(({ path }) => path)).toEqual(['/etc/group']);
});

test('the named group follows a socket whose id has changed between restarts', async () => {
  const system = withSocket(998, {
    '/etc/group': file('hermes:x:10000:\nhostdocker:x:997:hermes\n'),
    '/etc/gshadow': file('hostdocker:!::hermes\n'),
  });
  const { changes } = await findingsOf(socketGroup, options, system);
  expect(changes.map(showChange)).toEqual(['group hostdocker 997 -> 998']);
  expect((await converge(socketGroup, options, system)).changes).toEqual([]);
});

test('a socket of gid 0 changes nothing, and a warning explains why', async () => {
  const { changes, notes } = await findingsOf(socketGroup, options, withSocket(0));
  expect(changes).toEqual([]);
  expect(notes).toMatchObject([{ severity: 'warning' }]);
  expect(notes?.[0]?.text).toContain('hermes does not join the root group');
});

test('a plan can opt in to gid 0', async () => {
  const system = withSocket(0);
  const allowing = { ...options, 'allow-root-group': true };
  expect((await converge(socketGroup, allowing, system)).changes).toEqual([]);
  expect(system.accounts().identity('hermes').groups).toEqual([10000, 0]);
});

test('the first path that is a socket decides, and /var/run may be a link to /run', async () => {
  const system = withSocket(998, { '/var/run': link('/run') });
  const { changes } = await findingsOf(socketGroup, options, system);
  expect(changes[0]?.why).toContain('/var/run/docker.sock belongs to gid 998');
});

test('a link in place of a socket is not followed', async () => {
  const system = world({ '/run/docker.sock': link('/opt/data/evil'), '/opt/data/evil': socket(0) });
  const { changes, notes } = await findingsOf(socketGroup, options, system);
  expect(changes).toEqual([]);
  expect(notes).toMatchObject([{ severity: 'warning' }]);
});

test('a boot that was killed after any change ends in the same world', async () => {
  const undisturbed = withSocket(998);
  const { changes } = await findingsOf(socketGroup, options, undisturbed);
  await converge(socketGroup, options, undisturbed);
  for (let kill = 1; kill < changes.length; kill += 1) {
    const system = withSocket(998);
    for (const change of changes.slice(0, kill)) {
      await makeChange(change, system, new AbortController().signal);
    }
    await converge(socketGroup, options, system);
    for (const path of ['/etc/group', '/etc/gshadow']) {
      expect(system.readText(path)).toBe(undisturbed.readText(path));
    }
  }
});

test('an account or a group database that is missing is impossible', async () => {
  const ghost = { ...options, account: 'ghost' };
  await expect(findingsOf(socketGroup, ghost, withSocket(998))).rejects.toThrow('no account ghost');
  const system = withSocket(998);
  system.remove('/etc/group');
  await expect(findingsOf(socketGroup, options, system)).rejects.toThrow('/etc/group is missing');
});
