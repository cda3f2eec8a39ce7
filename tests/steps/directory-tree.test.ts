import { expect, test } from 'vitest';
import { showChange } from '../../src/changes/kinds.ts';
import { directoryTree } from '../../steps/directory-tree.ts';
import { converge, findingsOf, planStep } from '../support/plan-step.ts';
import { directory, file, link, world } from '../support/world.ts';

const options = {
  base: '/opt/data',
  paths: ['cron', 'platforms/pairing', 'logs/gateways', 'logs'],
  owner: 'hermes',
};

test('missing directories are made with those between, all of one owner (B17)', async () => {
  const system = world({ '/opt/data': directory() });
  const { changes } = await findingsOf(directoryTree, options, system);
  expect(changes.map(showChange)).toEqual([
    '/opt/data/cron new directory 0755 10000:10000',
    '/opt/data/platforms new directory 0755 10000:10000',
    '/opt/data/platforms/pairing new directory 0755 10000:10000',
    '/opt/data/logs new directory 0755 10000:10000',
    '/opt/data/logs/gateways new directory 0755 10000:10000',
  ]);
  expect((await converge(directoryTree, options, system)).changes).toEqual([]);
});

test('existing directories are left as they are, whatever their owner and mode', async () => {
  const system = world({
    '/opt/data/cron': directory({ owner: '7:7', mode: 0o700 }),
    '/opt/data/platforms/pairing': directory(),
    '/opt/data/logs/gateways': directory(),
  });
  const found = await findingsOf(directoryTree, options, system);
  expect(found).toEqual({
    changes: [],
    converged: 'nothing is missing below /opt/data',
    notes: [],
  });
});

test('a link in place of one is left alone with a warning, and the rest is made (B15)', async () => {
  const system = world({ '/opt/data/logs': link('/var/log') });
  const { changes, notes } = await findingsOf(directoryTree, options, system);
  expect(changes.map(({ path }) => path)).toEqual([
    '/opt/data/cron',
    '/opt/data/platforms',
    '/opt/data/platforms/pairing',
  ]);
  expect(notes).toEqual([
    {
      severity: 'warning',
      text: '/opt/data/logs is a link to /var/log: refusing to follow it; left alone, and what it points to (#52781); replace it by a directory',
      key: 'link:/opt/data/logs',
      warns: { of: 'link', path: '/opt/data/logs' },
    },
  ]);
});

test('a link is refused below a base that no policy guards, too', async () => {
  const system = world({ '/srv/x': directory(), '/srv/x/logs': link('/etc') });
  const { changes, notes } = await findingsOf(
    directoryTree,
    { base: '/srv/x', paths: ['logs/gateways'] },
    system,
  );
  expect(changes).toEqual([]);
  expect(notes).toHaveLength(1);
});

test('a file in place of a directory is impossible', async () => {
  const system = world({ '/opt/data/cron': file('') });
  await expect(planStep(directoryTree, options, system)).rejects.toMatchObject({
    found: '/opt/data/cron is a regular file',
    mend: ['move /opt/data/cron out of the way'],
  });
});

test('a base that is missing or a link is refused', async () => {
  await expect(planStep(directoryTree, options, world({}))).rejects.toThrow('/opt/data is missing');
  const linked = world({ '/opt/data': link('/srv/me') });
  await expect(planStep(directoryTree, options, linked)).rejects.toThrow(
    '/opt/data is a link to /srv/me',
  );
});
