import { expect, test } from 'vitest';
import { showChange } from '../../src/changes/kinds.ts';
import { envExport } from '../../steps/env-export.ts';
import { converge, findingsOf, planStep } from '../support/plan-step.ts';
import { directory, file, link, world } from '../support/world.ts';

const ENVDIR = '/run/s6/container_environment';
const options = { name: 'BROWSER', value: '/opt/b/chrome' };

test.each(['/opt/b/chrome', '/opt/b/chrome\n'])(
  'a variable that says %j is right',
  async (text) => {
    const system = world({ [`${ENVDIR}/BROWSER`]: file(text) });
    expect(await findingsOf(envExport, options, system)).toEqual({
      changes: [],
      converged: 'BROWSER is exported already',
    });
  },
);

test('another value is replaced', async () => {
  const system = world({ [`${ENVDIR}/BROWSER`]: file('/old') });
  const { changes } = await findingsOf(envExport, options, system);
  expect(changes).toMatchObject([{ kind: 'envdir', from: '/old', to: '/opt/b/chrome' }]);
  expect((await converge(envExport, options, system)).changes).toEqual([]);
});

test('the environment directory is made where it is missing (#34601)', async () => {
  const system = world({ '/run': directory() });
  const { changes } = await findingsOf(envExport, options, system);
  expect(changes.map(showChange)).toEqual([
    '/run/s6 new directory 0755 0:0',
    '/run/s6/container_environment new directory 0755 0:0',
    'variable BROWSER exported as /opt/b/chrome',
  ]);
  expect((await converge(envExport, options, system)).changes).toEqual([]);
});

test('a variable that is a link or a directory is refused', async () => {
  for (const node of [link('/etc/passwd'), directory()]) {
    const system = world({ [`${ENVDIR}/BROWSER`]: node });
    await expect(planStep(envExport, options, system)).rejects.toMatchObject({
      wanted: 'a regular file',
    });
  }
});

test('an environment directory that is a file is impossible', async () => {
  await expect(planStep(envExport, options, world({ [ENVDIR]: file('') }))).rejects.toThrow(
    `${ENVDIR}, on the way to ${ENVDIR}/BROWSER, is a regular file`,
  );
});
