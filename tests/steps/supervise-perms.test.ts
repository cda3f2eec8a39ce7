import { expect, test } from 'vitest';
import { showChange } from '../../src/changes/kinds.ts';
import { supervisePerms } from '../../steps/supervise-perms.ts';
import { converge, findingsOf, planStep } from '../support/plan-step.ts';
import { directory, file, link, special, world } from '../support/world.ts';

const root = '/run/s6-rc/servicedirs';
const options = { root, owner: 'hermes', except: ['s6rc-', 's6-linux-'] };

/** A service as s6-supervise leaves it: for root alone. */
function service(name: string, owner = '0:0') {
  const at = `${root}/${name}`;
  return {
    [`${at}/run`]: file('#!/bin/sh\n', { mode: 0o755 }),
    [`${at}/event`]: directory({ owner, mode: 0o3730 }),
    [`${at}/supervise`]: directory({ owner, mode: 0o700 }),
    [`${at}/supervise/control`]: special('fifo', { owner, mode: 0o600 }),
    [`${at}/supervise/status`]: file('', { mode: 0o644 }),
    [`${at}/supervise/lock`]: file('', { mode: 0o644 }),
  };
}

test("a service stays root's, and the group of the account gets to its control", async () => {
  const system = world(service('dashboard'));
  const { changes } = await findingsOf(supervisePerms, options, system);
  expect(changes.map(showChange)).toEqual([
    `${root}/dashboard/supervise/control owner 0:0 -> 0:10000`,
    `${root}/dashboard/supervise/control mode 0600 -> 0660`,
    `${root}/dashboard/supervise/lock mode 0644 -> 0640`,
    `${root}/dashboard/supervise/lock owner 0:0 -> 0:10000`,
    `${root}/dashboard/supervise owner 0:0 -> 0:10000`,
    `${root}/dashboard/supervise mode 0700 -> 0710`,
    `${root}/dashboard/event mode 03730 -> 0700`,
  ]);
  expect((await converge(supervisePerms, options, system)).changes).toEqual([]);
});

test('a service that is opened is given to the account, its directory last', async () => {
  const system = world(service('dashboard'));
  const open = { ...options, access: 'open' } as const;
  const { changes } = await findingsOf(supervisePerms, open, system);
  expect(changes.map(showChange)).toEqual([
    `${root}/dashboard/supervise/control owner 0:0 -> 10000:10000`,
    `${root}/dashboard/supervise/control mode 0600 -> 0660`,
    `${root}/dashboard/supervise owner 0:0 -> 10000:10000`,
    `${root}/dashboard/supervise mode 0700 -> 0755`,
    `${root}/dashboard/event owner 0:0 -> 10000:10000`,
  ]);
  expect((await converge(supervisePerms, open, system)).changes).toEqual([]);
});

test('what its supervisor writes anew at each turn stays as it is', async () => {
  const system = world(service('dashboard'));
  await converge(supervisePerms, options, system);
  expect(system.look(`${root}/dashboard/supervise/status`)).toMatchObject({ stat: { uid: 0 } });
  expect(system.look(`${root}/dashboard/run`)).toMatchObject({ stat: { uid: 0 } });
});

test('services of s6 itself stay with root', async () => {
  const system = world({
    ...service('s6rc-oneshot-runner'),
    ...service('s6-linux-init-shutdownd'),
  });
  expect(await findingsOf(supervisePerms, options, system)).toMatchObject({
    changes: [],
    converged: `10000:10000 controls the services in ${root} already`,
  });
});

test('a root behind the link that s6-rc makes is found', async () => {
  const system = world({
    '/run/s6-rc': link('/run/s6-rc:s6-rc-init:x'),
    '/run/s6-rc:s6-rc-init:x/servicedirs/dashboard/event': directory({ mode: 0o3730 }),
  });
  const { changes } = await findingsOf(supervisePerms, options, system);
  expect(changes[0]?.path).toBe('/run/s6-rc:s6-rc-init:x/servicedirs/dashboard/event');
});

test('without static services there is nothing to do', async () => {
  expect(await planStep(supervisePerms, options, world({}))).toEqual({
    skipped: `${root} is missing: no static services here`,
  });
});

test('a link in place of a part is left alone, and what it points to', async () => {
  const system = world({
    ...service('dashboard'),
    [`${root}/dashboard/event`]: link('/etc'),
    [`${root}/linked`]: link('/opt/data'),
  });
  const { notes } = await findingsOf(supervisePerms, options, system);
  expect(notes?.map(({ text }) => text)).toEqual([
    `${root}/dashboard/event is a link to /etc: refusing to follow it; left alone, and what it points to (#52781)`,
    `${root}/linked is a link to /opt/data: refusing to follow it; left alone, and what it points to (#52781)`,
  ]);
  await converge(supervisePerms, options, system);
  expect(system.look('/etc')).toMatchObject({ stat: { uid: 0, mode: 0o755 } });
});

test('a root that is no directory, or an account that is not there, is impossible', async () => {
  const blocked = world({ [root]: file('') });
  await expect(findingsOf(supervisePerms, options, blocked)).rejects.toThrow('is a regular file');
  const ghost = { ...options, owner: 'ghost' };
  const system = world(service('dashboard'));
  await expect(findingsOf(supervisePerms, ghost, system)).rejects.toThrow('no account ghost');
});
