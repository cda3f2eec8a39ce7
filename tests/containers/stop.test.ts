import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { booted, describeInContainers, run, type Container } from './support/container.ts';
import { down, registered, started, withCoder } from './support/gateways.ts';
import { bindMount } from './support/volumes.ts';

/** What the image has, in place of what the other tests have, and what compose.yaml gives. */
const AS_SHIPPED = ['-e', 'S6_KILL_GRACETIME=500', '--stop-timeout', '30'];
const SLOW = ['-e', 'STAND_IN_GATEWAY_ENDS=6'];

/** Ends a container and says how many seconds that took. */
async function secondsToStop(container: Container): Promise<number> {
  return secondsOf(() => container.remove());
}

async function secondsOf(act: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await act();
  return (performance.now() - before) / 1000;
}

function stateIn(home: string): unknown {
  return JSON.parse(readFileSync(join(home, 'profiles/coder/gateway_state.json'), 'utf8'));
}

const ENDED = { gateway_state: 'stopped', desired_state: 'running' };
const KILLED = { gateway_state: 'running', desired_state: 'running' };

describeInContainers('a container that stops', () => {
  it('lets a gateway that takes six seconds end, and it is wanted as before', async () => {
    const home = bindMount();
    const container = await withCoder([...AS_SHIPPED, ...SLOW, '-v', `${home}:/opt/data`]);
    const seconds = await secondsToStop(container);
    expect(stateIn(home)).toMatchObject(ENDED);
    expect(seconds).toBeGreaterThan(6);
    expect(seconds).toBeLessThan(12);
  });

  it('waits for several gateways together', async () => {
    const container = await withCoder([...AS_SHIPPED, ...SLOW]);
    await registered(container, 'writer', 'idle');
    await started(container, 'writer');
    expect(await secondsToStop(container)).toBeLessThan(12);
  });

  it('kills a gateway at the end of HERMES_STOP_TIMEOUT, and says which', async () => {
    const home = bindMount();
    const limit = ['-e', 'HERMES_STOP_TIMEOUT=2', '-v', `${home}:/opt/data`];
    const container = await withCoder([...AS_SHIPPED, ...SLOW, ...limit]);
    const { stderr } = await container.end();
    expect(stateIn(home)).toMatchObject(KILLED);
    expect(stderr).toContain('not ended within 2 s, and killed now: coder (HERMES_STOP_TIMEOUT');
  });

  it('takes no more than the kill of what is left where no gateway runs', async () => {
    const container = await withCoder(AS_SHIPPED);
    await container.ask('/command/s6-svc', '-d', '/run/service/gateway-coder');
    await down(container, 'coder');
    expect(await secondsToStop(container)).toBeLessThan(3);
  });

  it('does not wait for ever for a dashboard that ignores the order to end', async () => {
    const home = bindMount();
    const stays = ['-e', 'HERMES_DASHBOARD=1', '-e', 'STAND_IN_DASHBOARD=stays'];
    const container = await withCoder([...AS_SHIPPED, ...stays, '-v', `${home}:/opt/data`]);
    expect(await secondsToStop(container)).toBeLessThan(12);
    expect(stateIn(home)).toMatchObject(ENDED);
  });

  it('is not held up by an account that keeps its gateway coming back', async () => {
    const limit = ['-e', 'HERMES_STOP_TIMEOUT=2'];
    const container = await withCoder([...AS_SHIPPED, ...limit, ...SLOW]);
    const again = 'while :; do /command/s6-svc -uc /run/service/gateway-coder; done';
    await container.ask(
      'setpriv',
      '--reuid=10000',
      '--regid=10000',
      '--clear-groups',
      'sh',
      '-c',
      `(${again}) > /dev/null 2>&1 &`,
    );
    expect(await secondsToStop(container)).toBeLessThan(10);
  });

  it('ends a command without three seconds of waiting', async () => {
    const words = ['exit', '0'];
    const taking = (grace: number): Promise<number> =>
      secondsOf(() => run({ options: ['-e', `S6_KILL_GRACETIME=${grace}`], words }));
    // The first one finds nothing in the machine's memory.
    await taking(500);
    const before = await taking(3000);
    expect(before - (await taking(500))).toBeGreaterThan(1);
  });

  it('lets the main program end, too', async () => {
    const ends = 'trap "sleep 2; echo ended; exit 0" TERM; echo booted';
    const container = await booted(AS_SHIPPED, `${ends}; while :; do sleep 0.1; done`);
    expect((await container.end()).stdout).toContain('ended');
  });
});
