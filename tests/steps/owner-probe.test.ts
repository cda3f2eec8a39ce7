import { LookFailed } from '../../src/errors/look-failed.ts';
import { expect, test } from 'vitest';
import { ownerProbe } from '../../steps/owner-probe.ts';
import { converge, findingsOf, planStep } from '../support/plan-step.ts';
import { directory, file, link, world } from '../support/world.ts';

const HERMES = '10000:10000';
const VENV = '/opt/hermes/.venv';
const trees = [VENV, '/opt/hermes/ui-tui'];
const options = { probe: VENV, trees, owner: 'hermes', former: [7] };

test('a probe that is right ends the step without a walk (B12)', async () => {
  const system = world({
    [VENV]: directory({ owner: HERMES }),
    '/opt/hermes/ui-tui': directory(),
  });
  const found = await findingsOf(ownerProbe, options, system);
  expect(found).toEqual({ changes: [], converged: '/opt/hermes/.venv belongs to 10000:10000' });
});

test('a wrong probe repairs all trees that exist, its own last', async () => {
  const system = world({
    [VENV]: directory({ owner: '7:7' }),
    [`${VENV}/lib`]: directory({ owner: '7:7' }),
    '/opt/hermes/ui-tui': directory({ owner: '7:7' }),
  });
  const more = { ...options, trees: [...trees, '/opt/hermes/gone'] };
  const { changes } = await findingsOf(ownerProbe, more, system);
  expect(changes.map(({ path }) => path)).toEqual(['/opt/hermes/ui-tui', `${VENV}/lib`, VENV]);
  expect(changes[0]?.why).toBe('hermes is 10000:10000 now');
  expect((await converge(ownerProbe, options, system)).changes).toEqual([]);
});

test('the group of the probe counts, too', async () => {
  const system = world({ [VENV]: directory({ owner: '10000:7' }) });
  expect((await findingsOf(ownerProbe, options, system)).changes).toHaveLength(1);
});

test('a tree of root is one of a sealed image, and stays so with any ids', async () => {
  const system = world({ [VENV]: directory(), [`${VENV}/lib`]: file('', { owner: '7:7' }) });
  expect(await findingsOf(ownerProbe, options, system)).toEqual({
    changes: [],
    converged:
      '/opt/hermes/.venv belongs to root: the install tree is sealed, as in images since July 2026',
  });
});

test('what root or others have in a tree of an earlier id stays theirs', async () => {
  const system = world({
    [VENV]: directory({ owner: '7:7' }),
    [`${VENV}/root`]: file(''),
    [`${VENV}/other`]: file('', { owner: '33:33' }),
  });
  const { changes } = await findingsOf(ownerProbe, options, system);
  expect(changes.map(({ path }) => path)).toEqual([VENV]);
});

test('a missing probe skips the step with its reason', async () => {
  expect(await planStep(ownerProbe, options, world({}))).toEqual({
    skipped: '/opt/hermes/.venv is missing',
  });
});

test('a probe or a tree that is a link is left alone with a warning', async () => {
  const probe = world({ [VENV]: link('/etc') });
  expect((await findingsOf(ownerProbe, options, probe)).notes).toHaveLength(1);
  const tree = world({ [VENV]: directory({ owner: HERMES }), '/opt/hermes/ui-tui': link('/etc') });
  const wrong = { ...options, owner: '1:1', former: [10000] };
  const { changes, notes } = await findingsOf(ownerProbe, wrong, tree);
  expect(changes.map(({ path }) => path)).toEqual([VENV]);
  expect(notes).toHaveLength(1);
});

test('a tree of the system is refused', async () => {
  const system = world({ [VENV]: directory({ owner: '7:7' }), '/usr/bin/sh': file('') });
  const wrong = { ...options, trees: [VENV, '/usr'] };
  await expect(planStep(ownerProbe, wrong, system)).rejects.toThrow(
    '/usr is a directory of the system',
  );
});

test('a tree that cannot be looked at fails the step after the others, and the probe stays wrong', async () => {
  const system = world({
    [VENV]: directory({ owner: '7:7' }),
    [`${VENV}/lib`]: directory({ owner: '7:7' }),
    '/opt/hermes/gateway': directory({ owner: '7:7' }),
    '/opt/hermes/ui-tui': directory({ owner: '7:7' }),
  });
  const trees = [VENV, '/opt/hermes/ui-tui', '/opt/hermes/gateway'];
  const look = system.look.bind(system);
  system.look = (path) => {
    if (path === '/opt/hermes/ui-tui') throw new LookFailed(path, 'lstat', 'EIO');
    return look(path);
  };
  const { changes, notes, unfinished } = await findingsOf(
    ownerProbe,
    { ...options, trees },
    system,
  );
  expect(changes.map(({ path }) => path)).toEqual(['/opt/hermes/gateway', `${VENV}/lib`]);
  expect(notes?.[0]?.text).toContain('(lstat: EIO, input/output error)');
  expect(unfinished?.message).toContain('/opt/hermes/ui-tui cannot be looked at');
});
