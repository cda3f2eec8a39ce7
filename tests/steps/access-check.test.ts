import { expect, test } from 'vitest';
import type { Facts } from '../../src/step/facts.ts';
import { accessCheck } from '../../steps/access-check.ts';
import { findingsOf, planStep, ROOT_FACTS } from '../support/plan-step.ts';
import { directory, file, link, special, world } from '../support/world.ts';

const NOBODY_SPECIAL: Facts = {
  ...ROOT_FACTS,
  uid: 1026,
  gid: 100,
  capabilities: new Set(),
  bounding: new Set(),
};
const as = { facts: NOBODY_SPECIAL };
const MINE = '1026:100';
const options = { base: '/opt/data', trees: ['sessions'], paths: ['.env', 'state.db'] };

test("a home that is the user's own is open, and what is missing in it is passed over", async () => {
  const system = world({
    '/opt/data': directory({ owner: MINE }),
    '/opt/data/.env': file('', { owner: MINE, mode: 0o600 }),
  });
  const found = await findingsOf(accessCheck, options, system, as);
  expect(found).toEqual({
    changes: [],
    converged: 'uid 1026 can write to all that is listed in /opt/data',
    notes: [],
  });
});

test('all that is closed is told in one problem, each path with its mode and owner', async () => {
  const system = world({
    '/opt/data': directory({ owner: '10000:10000' }),
    '/opt/data/.env': file('', { owner: '10000:10000', mode: 0o600 }),
    '/opt/data/state.db': file('', { owner: MINE }),
    '/opt/data/sessions': directory({ owner: '10000:10000', mode: 0o750 }),
  });
  await expect(planStep(accessCheck, options, system, as)).rejects.toMatchObject({
    code: 'not-permitted',
    found:
      'uid 1026 with gid 100 cannot write to /opt/data (0755 10000:10000), ' +
      '/opt/data/sessions (0750 10000:10000) and /opt/data/.env (0600 10000:10000)',
    mend: [
      'give them to this user on the host, in the directory that is mounted here:',
      '  sudo chown -R 1026:100 DIRECTORY',
      '  Kubernetes:  securityContext: { fsGroup: 100 }',
      'or start the container as their owner: --user 10000:10000',
    ],
  });
});

test('what docker exec as root has left in a tree is found there (#35098)', async () => {
  const system = world({
    '/opt/data': directory({ owner: MINE }),
    '/opt/data/sessions': directory({ owner: MINE }),
    '/opt/data/sessions/mine': file('', { owner: MINE }),
    '/opt/data/sessions/open': file('', { owner: '0:0', mode: 0o666 }),
    '/opt/data/sessions/link': link('/etc/passwd', { owner: '0:0' }),
    '/opt/data/sessions/deep': directory({ owner: MINE }),
    '/opt/data/sessions/deep/root': file('', { owner: '0:0' }),
  });
  await expect(planStep(accessCheck, options, system, as)).rejects.toMatchObject({
    found: 'uid 1026 with gid 100 cannot write to /opt/data/sessions/deep/root (0644 0:0)',
  });
});

test('the groups of the process open what they may write to, as fsGroup does', async () => {
  const system = world({ '/opt/data': directory({ owner: '0:2000', mode: 0o2775 }) });
  const member = { facts: { ...NOBODY_SPECIAL, groups: [2000] } };
  expect((await findingsOf(accessCheck, options, system, member)).notes).toEqual([]);
  await expect(planStep(accessCheck, options, system, as)).rejects.toThrow('2775 0:2000');
});

test('a directory that can be written to but not entered is closed', async () => {
  const system = world({ '/opt/data': directory({ owner: MINE, mode: 0o600 }) });
  await expect(planStep(accessCheck, options, system, as)).rejects.toThrow('/opt/data (0600');
});

test('nothing on a read-only mount can be written to, not even by root', async () => {
  const system = world({ '/opt/data': directory() }, { readOnly: ['/opt/data'] });
  await expect(planStep(accessCheck, options, system)).rejects.toMatchObject({
    found: 'uid 0 with gid 0 cannot write to /opt/data (/opt/data is read-only)',
    mend: ['mount writable what is read-only'],
  });
});

test('root of a user namespace has no rights to what belongs to ids that it does not map', async () => {
  const one = [{ first: 0, count: 1 }];
  const facts = { ...ROOT_FACTS, ids: { users: one, groups: one } };
  const system = world({ '/opt/data': directory({ owner: '65534:65534' }) });
  await expect(planStep(accessCheck, options, system, { facts })).rejects.toThrow('65534:65534');
});

test('a link is not looked through, and said to be unknown', async () => {
  const system = world({
    '/opt/data': directory({ owner: MINE }),
    '/opt/data/.env': link('/etc/passwd'),
  });
  const { notes } = await findingsOf(accessCheck, options, system, as);
  expect(notes).toMatchObject([{ severity: 'warning', text: /^\/opt\/data\/\.env is a link/ }]);
});

test('paths that are not required make warnings, and the base may be left out', async () => {
  const system = world({
    '/opt/hermes': directory(),
    '/opt/hermes/.venv': directory({ owner: '10000:10000' }),
    '/opt/hermes/fifo': special('fifo', { owner: MINE, mode: 0o600 }),
  });
  const image = { base: '/opt/hermes', top: false, paths: ['.venv', 'fifo'], required: false };
  expect(await findingsOf(accessCheck, image, system, as)).toEqual({
    changes: [],
    converged: 'uid 1026 cannot write to all that is listed in /opt/hermes',
    notes: [
      {
        severity: 'warning',
        text: 'uid 1026 cannot write to /opt/hermes/.venv (0755 10000:10000)',
      },
    ],
  });
});

test('of very many closed paths the first are named and the others counted', async () => {
  const names = Array.from({ length: 12 }, (_, at) => `file-${at}`);
  const entries = names.map((name) => [`/opt/data/${name}`, file('')] as const);
  const system = world({
    '/opt/data': directory({ owner: MINE }),
    ...Object.fromEntries(entries),
  });
  const all = { base: '/opt/data', paths: names };
  await expect(planStep(accessCheck, all, system, as)).rejects.toThrow(/ and 4 others$/);
});
