import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { booted, describeInContainers, run, runWords } from './support/container.ts';
import { engine, mustDo } from './support/engine.ts';
import { bindMount } from './support/volumes.ts';

/** The words of the health check. Podman leaves it out of an image in the format of OCI. */
function healthCheck(): string[] {
  const dockerfile = readFileSync(join(import.meta.dirname, '../../Dockerfile'), 'utf8');
  const words = /^HEALTHCHECK (?:.*\\\n)* *CMD \[(.*)\]$/m.exec(dockerfile)?.[1] ?? '';
  return [...words.matchAll(/"([^"]*)"/g)].map(([, word = '']) => word);
}

describeInContainers('the receipts of a container', () => {
  it('make it healthy when every plan has booted, for root and for hermes', async () => {
    const container = await booted();
    const { code, stdout } = await container.exec(...healthCheck());
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'done' });
    expect((await container.exec('hermes-boot', 'status')).stdout).toMatch(
      /^done: stage2, supervise-perms and reconcile-profiles booted/,
    );
    expect(await container.execAs('hermes', ...healthCheck())).toMatchObject({ code: 0 });
  });

  it('let status --wait wait for the last plan of a container that has just been started', async () => {
    const name = `hermes-boot-${randomUUID()}`;
    onTestFinished(async () => {
      await engine('rm', '-f', '-v', '-t', '0', name);
    });
    await mustDo('run', '-d', '--name', name, ...runWords({ words: ['sleep', 'infinity'] }));
    const wait = ['hermes-boot', 'status', '--wait', '--timeout', '60'];
    const { code, stdout } = await engine('exec', name, ...wait);
    expect(stdout).toMatch(/^done: stage2, supervise-perms and reconcile-profiles booted/);
    expect(code).toBe(0);
  });

  it('outlive it on the volume, while its health is that of this start alone', async () => {
    const home = bindMount({});
    const container = await booted(['-v', `${home}:/opt/data`]);
    await container.restart();
    expect(await container.exec('hermes-boot', 'status')).toMatchObject({ code: 0 });
    const boots = [...(await container.ask('hermes-boot', 'history')).matchAll(/:\d\d {2}(\S+)/g)];
    const plans = boots.flatMap(([, plan]) => plan ?? []);
    expect(plans).toEqual(['reconcile-profiles', 'stage2', 'reconcile-profiles', 'stage2']);
    await container.exec(
      'sed',
      '-i',
      's/"start":"[^"]*"/"start":"x"/',
      '/run/hermes-boot/status.json',
    );
    const { code, stdout } = await container.exec('hermes-boot', 'status');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^unknown: no boot is recorded since the container started/);
  });

  it('make a degraded container healthy, and say why it is degraded', async () => {
    const container = await booted(['-e', 'PUID=abc']);
    const { code, stdout } = await container.exec(...healthCheck());
    expect(code).toBe(0);
    expect(stdout).toMatch(/^degraded\nuid: PUID="abc" refused/);
    expect(await container.exec('hermes-boot', 'status', '--strict')).toMatchObject({ code: 1 });
  });

  it('do not decide how a boot ends where the home is read-only', async () => {
    const home = bindMount({}, 10_000);
    await run({ options: ['-v', `${home}:/opt/data`], words: ['true'] });
    const { code, stderr } = await run({
      options: ['-v', `${home}:/opt/data:ro`],
      words: ['true'],
    });
    expect(code).toBe(0);
    expect(stderr).toContain('hermes-boot: warn: receipt: not written: appending to');
  });
});
