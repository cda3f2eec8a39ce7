import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { booted, describeInContainers, eventually, type Container } from './support/container.ts';
import { mustDo } from './support/engine.ts';
import { gateway, registered, running, started, starts } from './support/gateways.ts';
import { bindMount } from './support/volumes.ts';

const RECORD = '.hermes-boot.gateways';

/** A container with a gateway that runs, and the options that give another one its home. */
async function first(): Promise<{ container: Container; home: string; options: string[] }> {
  const home = bindMount();
  const options = ['-v', `${home}:/opt/data`];
  const container = await booted(options);
  await registered(container, 'coder');
  await started(container, 'coder');
  await holds(container, home);
  return { container, home, options };
}

/** Waits until a container has said that it runs the gateways. */
async function holds(container: Container, home: string): Promise<void> {
  const host = await container.ask('cat', '/proc/sys/kernel/hostname');
  const start = await container.ask('sh', '-c', "sed 's/.*) //' /proc/1/stat | cut -d ' ' -f 20");
  await eventually(() => {
    const record: unknown = JSON.parse(readFileSync(join(home, RECORD), 'utf8'));
    expect(record).toMatchObject({ host, start });
    return Promise.resolve();
  });
}

describeInContainers('two containers of one home', () => {
  it('the second one starts no gateway, and says who runs them', async () => {
    const { container, options } = await first();
    const pid = await running(container, 'coder');
    const second = await booted(options);
    const host = await container.ask('cat', '/proc/sys/kernel/hostname');
    const { stderr } = await second.logs();
    const told = `the gateways of /opt/data are run by the container ${host} since`;
    expect(stderr).toContain(told);
    expect(await running(container, 'coder')).toBe(pid);
    expect(await starts(second, 'coder')).toBe(1);
    const status = await gateway(second, 'status', 'coder');
    expect(status.stderr).toContain(told);
    expect(status.stdout).toContain('down');
    const start = await gateway(second, 'start', 'coder');
    expect(start.code).not.toBe(0);
    expect(start.stderr).toContain(told);
    expect((await gateway(container, 'status', 'coder')).stderr).toBe('');
    const explained = await second.ask('hermes-boot', 'plan', 'reconcile-profiles', '--explain');
    expect(explained.replaceAll(/\s+/g, ' ')).toContain(told);
  });

  it.each(['stops', 'is killed'])('the next boot takes over when the first one %s', async (how) => {
    const { container, home, options } = await first();
    const second = await booted(options);
    expect(await starts(second, 'coder')).toBe(1);
    await (how === 'stops' ? container.remove() : container.crash());
    await second.restart();
    await running(second, 'coder');
    await holds(second, home);
    expect((await gateway(second, 'status', 'coder')).stderr).toBe('');
  });

  it('a container that comes back after a kill runs its own gateways again', async () => {
    const { container, home } = await first();
    await mustDo('kill', container.name);
    await container.restart();
    await running(container, 'coder');
    await holds(container, home);
  });

  it('HERMES_ROLE=gateway starts them all the same, and says so', async () => {
    const { options } = await first();
    const second = await booted([...options, '-e', 'HERMES_ROLE=gateway']);
    expect((await second.logs()).stderr).toContain('HERMES_ROLE=gateway starts them here, too');
    await eventually(async () => {
      const slot = '/run/service/gateway-coder';
      expect(await second.ask('/command/s6-svstat', '-o', 'up', slot)).toBe('true');
    });
  });

  it('a container of another machine is believed as long as it touches the record', async () => {
    const { container, options } = await first();
    await container.crash();
    const record = '{"host":"elsewhere","boot":"another","start":"1","since":"today"}';
    const script = 'printf %s "$1" > "$0"';
    const shell = await booted([...options, '-e', 'HERMES_ROLE=none']);
    await shell.ask('sh', '-c', script, `/opt/data/${RECORD}`, record);
    const second = await booted(options);
    expect((await second.logs()).stderr).toContain('run by the container elsewhere since today');
    await shell.ask('touch', '-d', '-100 seconds', `/opt/data/${RECORD}`);
    await second.restart();
    await running(second, 'coder');
  });

  it('at an orderly end the record counts as old at once, for other machines', async () => {
    const { container, home } = await first();
    await mustDo('stop', container.name);
    expect(statSync(join(home, RECORD)).mtimeMs).toBe(0);
  });
});
