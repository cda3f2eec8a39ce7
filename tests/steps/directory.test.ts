import { expect, test } from 'vitest';
import { directory as directoryStep } from '../../steps/directory.ts';
import { showChange } from '../../src/changes/kinds.ts';
import { converge, findingsOf, planStep, ROOT_FACTS } from '../support/plan-step.ts';
import { directory, file, link, world } from '../support/world.ts';

const HERMES = '10000:10000';

test('a directory that is right needs no change', async () => {
  const system = world({ '/opt/data': directory({ owner: HERMES, mode: 0o750 }) });
  const options = { path: '/opt/data', owner: 'hermes', mode: '0750' };
  const found = await findingsOf(directoryStep, options, system);
  expect(found.changes).toEqual([]);
  expect(found.converged).toBe('/opt/data is there, 0750 10000:10000');
});

test('a missing directory is made with its parents, which belong to root (B02)', async () => {
  const system = world({});
  const options = { path: '/srv/a/b', owner: 'hermes', mode: '0700' };
  const { changes } = await findingsOf(directoryStep, options, system);
  expect(changes.map(showChange)).toEqual([
    '/srv new directory 0755 0:0',
    '/srv/a new directory 0755 0:0',
    '/srv/a/b new directory 0700 10000:10000',
  ]);
  expect((await converge(directoryStep, options, system)).changes).toEqual([]);
});

test('a new directory without an owner belongs to `as`, else to this process', async () => {
  const owners = async (as?: string): Promise<unknown> => {
    const more = as === undefined ? {} : { as };
    const { changes } = await findingsOf(directoryStep, { path: '/home' }, world({}), more);
    return changes.map((change) => ('owner' in change ? change.owner : undefined));
  };
  expect(await owners('hermes')).toEqual([{ uid: 10000, gid: 10000 }]);
  expect(await owners()).toEqual([{ uid: 0, gid: 0 }]);
});

test('a process that is not root makes parents that it owns', async () => {
  const facts = { ...ROOT_FACTS, uid: 10000, gid: 10000, capabilities: new Set<string>() };
  const found = await findingsOf(directoryStep, { path: '/srv/a' }, world({}), { facts });
  expect(found.changes.map(showChange)).toEqual([
    '/srv new directory 0755 10000:10000',
    '/srv/a new directory 0755 10000:10000',
  ]);
});

test('an existing directory keeps its owner and mode when the plan names neither', async () => {
  const system = world({ '/opt/data': directory({ owner: '7:7', mode: 0o2711 }) });
  const found = await findingsOf(directoryStep, { path: '/opt/data' }, system);
  expect(found.changes).toEqual([]);
});

test('an existing directory is narrowed before it is given away and set after', async () => {
  const system = world({ '/opt/data': directory({ mode: 0o755 }) });
  const options = { path: '/opt/data', owner: 'hermes', mode: '0730' };
  const { changes } = await findingsOf(directoryStep, options, system);
  expect(changes.map(showChange)).toEqual([
    '/opt/data mode 0755 -> 0710',
    '/opt/data owner 0:0 -> 10000:10000',
    '/opt/data mode 0710 -> 0730',
  ]);
  expect((await converge(directoryStep, options, system)).changes).toEqual([]);
});

test('a home that is a link is refused with one clear message (B15)', async () => {
  const system = world({ '/opt/data': link('/srv/me'), '/srv/me': directory() });
  const options = { origins: { path: 'HERMES_HOME' } };
  await expect(
    planStep(directoryStep, { path: '/opt/data' }, system, options),
  ).rejects.toMatchObject({
    found: '/opt/data is a link to /srv/me',
    mend: ['replace /opt/data by a directory', 'or set HERMES_HOME to /srv/me'],
  });
});

test('a directory behind a link that others could have made is refused', async () => {
  const system = world({
    '/opt/data': directory({ owner: HERMES }),
    '/opt/data/x': link('../../etc', { owner: HERMES }),
  });
  await expect(planStep(directoryStep, { path: '/opt/data/x/y' }, system)).rejects.toMatchObject({
    found: '/opt/data/x, on the way to /opt/data/x/y, is a link to ../../etc',
    mend: ['replace /opt/data/x by a directory', 'or name /etc/y itself in the plan'],
  });
});

test('a link that only root can have made is followed on the way', async () => {
  const system = world({ '/run': directory(), '/var/run': link('/run') });
  const { changes } = await findingsOf(directoryStep, { path: '/var/run/a/b' }, system);
  expect(changes.map(({ path }) => path)).toEqual(['/run/a', '/run/a/b']);
});

test('a file in place of a directory, or of its parent, is impossible', async () => {
  const system = world({ '/opt/data': file('x') });
  await expect(planStep(directoryStep, { path: '/opt/data' }, system)).rejects.toMatchObject({
    found: '/opt/data is a regular file',
    wanted: 'a directory',
  });
  await expect(planStep(directoryStep, { path: '/opt/data/a' }, system)).rejects.toMatchObject({
    found: '/opt/data, on the way to /opt/data/a, is a regular file',
  });
});

test('an owner that has no account is impossible', async () => {
  const options = { path: '/opt/data', owner: 'nobody-here' };
  await expect(planStep(directoryStep, options, world({}))).rejects.toThrow(
    '/etc/passwd has no account nobody-here',
  );
});

test.each(['/etc', '/home', '/media', '/mnt', '/var/lib'])(
  '%s is no dedicated directory, whether it is there or not, and nothing is made on the way',
  async (path) => {
    const options = { path, dedicated: true };
    for (const entries of [{}, { [path]: directory() }]) {
      await expect(planStep(directoryStep, options, world(entries))).rejects.toMatchObject({
        found: `${path} is a directory of the system`,
      });
    }
  },
);

test.each([
  ['/opt/hermes', '/opt/hermes belongs to the image'],
  ['/opt/hermes/', '/opt/hermes belongs to the image'],
  ['/opt/hermes/home', '/opt/hermes/home lies in /opt/hermes, which belongs to the image'],
  ['/opt', '/opt holds /opt/hermes, which belongs to the image'],
  ['/link/x', '/opt/hermes/x lies in /opt/hermes, which belongs to the image'],
])('%s is refused apart from the install tree', async (path, found) => {
  const system = world({ '/opt/hermes/.venv': directory(), '/link': link('/opt/hermes') });
  const options = { path, 'apart-from': ['/opt/hermes'] };
  const more = { origins: { path: 'HERMES_HOME' } };
  await expect(planStep(directoryStep, options, system, more)).rejects.toMatchObject({
    found,
    mend: ['set HERMES_HOME to another one'],
  });
});

test('a directory beside the install tree is not refused', async () => {
  const system = world({ '/opt/hermes/.venv': directory() });
  const options = { path: '/opt/hermes-data', dedicated: true, 'apart-from': ['/opt/hermes'] };
  expect((await findingsOf(directoryStep, options, system)).changes).toHaveLength(1);
});
