import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { booted, describeInContainers, run } from './support/container.ts';
import { containersOf } from './support/kubernetes.ts';
import { usedHome } from './support/volumes.ts';

describeInContainers('the examples for Kubernetes', () => {
  it('boot the whole container with nothing left to complain about', async () => {
    const [container] = containersOf('statefulset.yaml', usedHome());
    const { code, stderr } = await run({ ...container, words: ['exit', '42'] });
    expect(code).toBe(42);
    expect(stderr).toContain('hermes-boot: info: stage2: done');
    expect(stderr).not.toContain('hermes-boot: warn');
  });

  it('are ready when the boot has ended', async () => {
    const [{ options, probe } = { options: [], probe: [] }] = containersOf(
      'statefulset.yaml',
      usedHome(),
    );
    const container = await booted(options);
    const { code, stdout } = await container.exec(...probe);
    expect(stdout).toMatch(/^done: reconcile-profiles booted/);
    expect(code).toBe(0);
  });

  it.each(['statefulset.yaml', 'init-container.yaml'])(
    'have why a boot stopped as the termination message: %s',
    async (file) => {
      const [container] = containersOf(file, usedHome());
      // As the kubelet makes it, and mounts it into the container.
      const directory = mkdtempSync(join(tmpdir(), 'hermes-boot-message-'));
      onTestFinished(() => {
        rmSync(directory, { recursive: true });
      });
      const message = join(directory, 'message');
      writeFileSync(message, '', { mode: 0o666 });
      const { code } = await run({
        ...container,
        options: [
          ...(container?.options ?? []),
          ...['-v', `${message}:/dev/termination-log`, '-e', 'HERMES_HOME=here'],
        ],
      });
      expect(code).not.toBe(0);
      expect(readFileSync(message, 'utf8')).toMatch(
        /^hermes-boot: stage2 stopped\nHERMES_HOME is "here"; wanted an absolute path .*\nFix: correct HERMES_HOME/,
      );
    },
  );

  it('prepare the volume in the init container, and run the agent as a plain user', async () => {
    const [boot, agent] = containersOf('init-container.yaml', usedHome());
    const booted = await run(boot);
    expect(booted.code).toBe(0);
    expect(booted.stderr).toContain('hermes-boot: info: stage2: done');
    expect(booted.stderr).not.toContain('hermes-boot: warn');
    expect(agent?.words).toEqual(['gateway', 'run']);
    const { code, stdout } = await run({ ...agent, words: ['status'] });
    expect(JSON.parse(stdout)).toMatchObject({ uid: 10_000, gid: 10_000, cwd: '/opt/data' });
    expect(code).toBe(0);
  });
});
