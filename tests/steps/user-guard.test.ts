import { expect, test } from 'vitest';
import { userGuard } from '../../steps/user-guard.ts';
import { findingsOf, planStep, ROOT_FACTS } from '../support/plan-step.ts';
import { file, world } from '../support/world.ts';

const options = { account: 'hermes' };
const as = (uid: number, gid: number) => ({ facts: { ...ROOT_FACTS, uid, gid } });

test('root and the account itself may go on (B01)', async () => {
  const root = await findingsOf(userGuard, options, world({}));
  expect(root).toEqual({ changes: [], converged: 'started as root' });
  const hermes = await findingsOf(userGuard, options, world({}), as(10000, 10000));
  expect(hermes.converged).toBe('started as hermes (10000)');
});

test('any other user is refused with what to do instead (#34837)', async () => {
  await expect(planStep(userGuard, options, world({}), as(1000, 985))).rejects.toMatchObject({
    code: 'not-permitted',
    found: 'started with --user 1000, which is not supported: neither root nor hermes (10000)',
    mend: [
      'start as root and pass your ids instead:',
      '  docker run -e PUID=1000 -e PGID=985 …',
      'HERMES_UID and HERMES_GID do the same; hermes then takes these ids',
      'or boot with the plan that needs no root:',
      '  docker run -e HERMES_BOOT_PLAN=unprivileged …',
    ],
  });
});

test('the account is looked up, so that images with another id work (#34106)', async () => {
  const system = world({ '/etc/passwd': file('hermes:x:1000:1000::/:/bin/sh\n') });
  expect((await findingsOf(userGuard, options, system, as(1000, 1000))).changes).toEqual([]);
  await expect(planStep(userGuard, options, system, as(10000, 0))).rejects.toThrow();
});

test('an image without the account is impossible', async () => {
  await expect(planStep(userGuard, { account: 'ghost' }, world({}))).rejects.toThrow(
    '/etc/passwd has no account ghost',
  );
});
