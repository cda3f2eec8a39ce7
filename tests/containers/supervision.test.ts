import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { booted, describeInContainers, eventually, type Container } from './support/container.ts';
import { bindMount } from './support/volumes.ts';

const PLANS = ['stage2', 'supervise-perms', 'reconcile-profiles'];
const BOOTED = /(?<=^hermes-boot: info: )[a-z0-9-]+(?=: (?:done|nothing to do))/gm;
const DASHBOARD = ['-e', 'HERMES_DASHBOARD=1'];
const PORT = ['-e', 'HERMES_DASHBOARD_PORT=9200'];

/** Fields of s6-svstat about the dashboard. */
function status(container: Container, fields: string): Promise<string> {
  return container.ask('/command/s6-svstat', '-o', fields, '/run/service/dashboard');
}

/** Waits until the dashboard answers, and says which process that is. */
function answering(container: Container, port = 9119): Promise<string> {
  const script = `exec 3<>/dev/tcp/127.0.0.1/${port}; cat <&3`;
  return eventually(() => container.ask('bash', '-c', script));
}

/** How often the agent has been started as the dashboard. */
async function starts(container: Container): Promise<number> {
  const log = await container.ask('cat', '/opt/data/logs/stand-in.jsonl');
  return log.split('\n').filter((line) => line.includes('["dashboard"')).length;
}

describeInContainers('supervision', () => {
  it('has s6-svscan as process 1', async () => {
    const container = await booted();
    expect(await container.ask('cat', '/proc/1/comm')).toBe('s6-svscan');
  });

  it('reaps an orphan', async () => {
    const container = await booted();
    const orphan = await container.ask('sh', '-c', 'sleep 0.1 > /dev/null 2>&1 & echo $!');
    await eventually(async () => {
      const { code } = await container.exec('test', '-e', `/proc/${orphan}`);
      expect(code).toBe(1);
    });
  });

  it('boots with one start of hermes-boot, in the order of cont-init.d', async () => {
    const container = await booted();
    const { stderr } = await container.logs();
    expect(stderr.match(BOOTED)).toEqual(PLANS);
    const script = '. /opt/hermes-boot/lib/boot.sh; plans_after /etc/cont-init.d/01-hermes-setup';
    expect((await container.ask('sh', '-c', script)).split('\n')).toEqual(PLANS.slice(1));
  });

  it('runs what a derived image puts between two plans between them', async () => {
    const scripts = bindMount({ mine: '#!/bin/sh\necho "hermes-boot: info: mine: done" >&2\n' });
    chmodSync(join(scripts, 'mine'), 0o755);
    const mount = ['-v', `${scripts}/mine:/etc/cont-init.d/016-mine:ro`];
    const { stderr } = await (await booted(mount)).logs();
    expect(stderr.match(BOOTED)).toEqual([...PLANS.slice(0, 2), 'mine', ...PLANS.slice(2)]);
  });

  it('keeps main-hermes up, so that the user bundle is valid', async () => {
    const container = await booted();
    const service = '/run/service/main-hermes';
    expect(await container.ask('/command/s6-svstat', '-o', 'up', service)).toBe('true');
  });
});

describeInContainers('the dashboard', () => {
  it('runs as hermes, on the loopback, where it is wanted', async () => {
    const container = await booted([...DASHBOARD, ...PORT]);
    const pid = await answering(container, 9200);
    expect(await status(container, 'pid')).toBe(pid);
    const line = await container.ask('ps', '-o', 'user=,args=', '-p', pid);
    expect(line).toMatch(/^hermes .*hermes dashboard --no-open --host 127\.0\.0\.1 --port 9200$/);
  });

  it('comes back as another process when it is killed', async () => {
    const container = await booted(DASHBOARD);
    const first = await answering(container);
    await container.ask('kill', '-9', first);
    await eventually(async () => {
      expect(await answering(container)).not.toBe(first);
    });
  });

  it('comes back with the container', async () => {
    const container = await booted(DASHBOARD);
    await answering(container);
    await container.restart();
    await answering(container);
    expect(await starts(container)).toBe(2);
  });

  it.each([
    ['not set', []],
    ['0', ['-e', 'HERMES_DASHBOARD=0']],
    ['empty', ['-e', 'HERMES_DASHBOARD=']],
  ])('is down, and meant to be, where HERMES_DASHBOARD is %s', async (_, options) => {
    const container = await booted(options);
    await eventually(async () => {
      expect(await status(container, 'up,wantedup')).toBe('false false');
    });
    expect((await container.exec('test', '-e', '/opt/data/logs/stand-in.jsonl')).code).toBe(1);
  });

  it.each(['true', 'TRUE', 'True', 'yes', 'YES', 'Yes'])('is wanted by %s', async (word) => {
    const container = await booted(['-e', `HERMES_DASHBOARD=${word}`]);
    await answering(container);
  });

  it('is left down after it refused its settings, and says how to start it', async () => {
    const container = await booted([...DASHBOARD, '-e', 'STAND_IN_DASHBOARD=refuse']);
    await eventually(async () => {
      expect(await status(container, 'up,wantedup,exitcode')).toBe('false false 78');
    });
    expect(await starts(container)).toBe(1);
    expect((await container.logs()).stderr).toContain('s6-svc -u');
  });

  it('says that HERMES_DASHBOARD_INSECURE has no effect any more', async () => {
    const container = await booted([...DASHBOARD, '-e', 'HERMES_DASHBOARD_INSECURE=1']);
    await answering(container);
    expect((await container.logs()).stderr).toContain('HERMES_DASHBOARD_INSECURE has no effect');
  });
});
