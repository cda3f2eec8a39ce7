import { expect, test } from 'vitest';
import { showChange } from '../../src/changes/kinds.ts';
import { installStamp } from '../../steps/install-stamp.ts';
import { converge, findingsOf } from '../support/plan-step.ts';
import { directory, file, link, world } from '../support/world.ts';

const STAMP = '/opt/data/.install_method';
const OWN = '/opt/hermes/.install_method';
const options = { path: STAMP, value: 'docker', own: OWN };

test.each(['docker', 'docker\n', ' doc ker\r\n\t'])(
  'a home stamp %j is removed (B19)',
  async (text) => {
    const system = world({ [STAMP]: file(text), [OWN]: file('docker\n') });
    const { changes } = await findingsOf(installStamp, options, system);
    expect(changes.map(showChange)).toEqual([`${STAMP} removed (file, ${text.length} bytes)`]);
    expect(changes[0]?.why).toBe(
      'says docker, but the home is shared data: a host install would refuse to update. ' +
        "The image's own stamp is /opt/hermes/.install_method.",
    );
    expect((await converge(installStamp, options, system)).changes).toEqual([]);
    expect(system.readText(OWN)).toBe('docker\n');
  },
);

test('an image without a stamp of its own is not said to have one', async () => {
  const { changes } = await findingsOf(installStamp, options, world({ [STAMP]: file('docker') }));
  expect(changes[0]?.why).not.toContain('own stamp');
});

test.each([
  ['another word', file('git\n'), 'does not say docker'],
  ['the word within others', file('docker-compose'), 'does not say docker'],
  ['a large file', file('docker'.padEnd(2000)), 'has 2000 bytes'],
  ['a link', link('/etc/passwd'), 'is a link to /etc/passwd: left alone'],
  ['a directory', directory(), 'is a directory: left alone'],
])('%s stays', async (_, node, reason) => {
  const found = await findingsOf(installStamp, options, world({ [STAMP]: node }));
  expect(found.changes).toEqual([]);
  expect(found.converged).toContain(reason);
});

test('a missing stamp is as it should be', async () => {
  expect(await findingsOf(installStamp, options, world({}))).toEqual({
    changes: [],
    converged: `${STAMP} is missing, as it should be`,
  });
});

test("the image's own stamp stays even where the plan names it", async () => {
  const system = world({ [OWN]: file('docker') });
  const found = await findingsOf(installStamp, { ...options, path: OWN }, system);
  expect(found).toEqual({ changes: [], converged: `${OWN} is the image's own` });
});
