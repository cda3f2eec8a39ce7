import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { booted, describeInContainers, run, type Container } from './support/container.ts';
import { mustDo } from './support/engine.ts';
import { gateway, registered, running, state } from './support/gateways.ts';
import { bindMount } from './support/volumes.ts';

/** What the image sets: the tests shorten it elsewhere. */
const GRACE = ['-e', 'S6_KILL_GRACETIME=500'];
const SLOW = [...GRACE, '-e', 'STAND_IN_GATEWAY=slow'];

/** A container with a home whose gateway `coder` runs and takes six seconds to end. */
async function withSlowGateway(
  options: readonly string[],
): Promise<{ container: Container; home: string }> {
  const home = bindMount({}, 10000);
  const container = await booted(['-v', `${home}:/opt/data`, ...options]);
  await registered(container, 'coder');
  expect(await gateway(container, 'start', 'coder')).toMatchObject({ code: 0 });
  await running(container, 'coder');
  return { container, home };
}

/** Stops a container with the time that the manifests give it. */
async function stopped({ name }: Container): Promise<{ took: number; code: number }> {
  const began = performance.now();
  await mustDo('stop', '-t', '30', name);
  const took = performance.now() - began;
  return { took, code: Number(await mustDo('inspect', '-f', '{{.State.ExitCode}}', name)) };
}

describeInContainers('a container that stops', () => {
  it('waits for a gateway that takes six seconds to end', async () => {
    const { container, home } = await withSlowGateway(SLOW);
    const { took } = await stopped(container);
    expect(readFileSync(join(home, 'profiles/coder/ended'), 'utf8')).toBe('every conversation');
    expect(took).toBeGreaterThan(6000);
    expect(took).toBeLessThan(15_000);
  });

  it('waits no longer than HERMES_STOP_TIMEOUT, and names what it did not wait for', async () => {
    const { container, home } = await withSlowGateway([...SLOW, '-e', 'HERMES_STOP_TIMEOUT=1']);
    const { took } = await stopped(container);
    expect(took).toBeLessThan(6000);
    expect(existsSync(join(home, 'profiles/coder/ended'))).toBe(false);
    const { stderr } = await container.logs();
    expect(stderr).toContain('stop: still running after 1 s, and killed now: coder\n');
    expect(stderr).toContain('HERMES_STOP_TIMEOUT');
  });

  it('leaves the gateways wanted, so that the next start brings them back', async () => {
    const { container } = await withSlowGateway(GRACE);
    await container.restart();
    await running(container, 'coder');
    expect(await state(container, 'coder')).toMatchObject({ desired_state: 'running' });
  });

  it('waits for its main program', async () => {
    const home = bindMount({}, 10000);
    const container = await booted(['-v', `${home}:/opt/data`, ...GRACE], ['slow']);
    const { took, code } = await stopped(container);
    expect(readFileSync(join(home, 'main-ended'), 'utf8')).toBe('in order');
    expect(took).toBeGreaterThan(3000);
    expect(code).toBe(0);
  });

  it('is gone in two seconds where nothing takes long', async () => {
    const container = await booted(GRACE);
    expect((await stopped(container)).took).toBeLessThan(4000);
  });

  it('ends a one-shot command with its exit code, and soon', async () => {
    const began = performance.now();
    expect(await run({ options: GRACE, words: ['exit', '7'] })).toMatchObject({ code: 7 });
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
