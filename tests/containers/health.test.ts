import { expect, it } from 'vitest';
import { booted, describeInContainers } from './support/container.ts';

const STATUS = '/run/hermes-boot/status.json';
const CHECK = '/opt/hermes-boot/bin/health';

/** What can become of the status, as a line of the shell, and what is asked of the check then. */
const STATES: Readonly<Record<string, string>> = {
  done: ':',
  degraded: `sed -i 's/"result":"done"/"result":"degraded"/g' ${STATUS}`,
  running: `sed -i 's/"result":"done"/"result":"running"/g' ${STATUS}`,
  interrupted: `sed -i 's/"result":"done"/"result":"interrupted"/g' ${STATUS}`,
  stopped: `sed -i 's/"result":"done"/"result":"stopped"/g' ${STATUS}`,
  'of a result that nobody knows': `sed -i 's/"result":"done"/"result":"fine"/g' ${STATUS}`,
  'of another start': `sed -i 's/"start":"[^"]*"/"start":"x"/' ${STATUS}`,
  'of no start': `sed -i 's/"start":"[^"]*"/"start":""/' ${STATUS}`,
  'of another version': `sed -i 's/^{"version":1/{"version":2/' ${STATUS}`,
  'without boots': `sed -i 's/"boots":.*/"boots":[]}/' ${STATUS}`,
  'not JSON': `echo ok > ${STATUS}`,
  empty: `: > ${STATUS}`,
  missing: `rm ${STATUS}`,
  'a directory': `rm ${STATUS}; mkdir ${STATUS}`,
  'a dangling link': `rm ${STATUS}; ln -s nowhere ${STATUS}`,
};

describeInContainers('the health check', () => {
  it('ends as hermes-boot status does, in every state of the status', async () => {
    const container = await booted();
    await container.ask('cp', STATUS, '/run/kept');
    for (const [state, change] of Object.entries(STATES)) {
      await container.ask('sh', '-c', `rm -rf ${STATUS}; cp /run/kept ${STATUS}; ${change}`);
      const [check, status] = [
        await container.exec(CHECK),
        await container.exec('hermes-boot', 'status'),
      ];
      const word = status.stdout.split(':')[0];
      expect({ state, code: check.code }).toEqual({ state, code: status.code });
      expect({ state, word: check.stdout.split(/[:\n]/)[0] }).toEqual({ state, word });
    }
  });

  it('starts no Node where the boots went well, or degraded', async () => {
    const container = await booted(['-e', 'PUID=abc']);
    await container.ask('mv', '/opt/hermes-boot/bin/node', '/opt/hermes-boot/bin/gone');
    await container.ask('sh', '-c', 'rm -f /usr/bin/node /usr/local/bin/node');
    const { code, stdout } = await container.exec(CHECK);
    expect({ code, state: stdout.split('\n')[0] }).toEqual({ code: 0, state: 'degraded' });
    await container.ask('sed', '-i', 's/"result":"degraded"/"result":"done"/', STATUS);
    expect(await container.exec(CHECK)).toEqual({ code: 0, stdout: 'done', stderr: '' });
    await container.ask('rm', STATUS);
    expect((await container.exec(CHECK)).code).not.toBe(0);
  });
});
