import { expect, it } from 'vitest';
import { describeInContainers, run } from './support/container.ts';
import { usedHome } from './support/volumes.ts';

/** What docker/kubernetes/statefulset.yaml asks for. */
const NEEDED = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'KILL', 'SETGID', 'SETUID'];

function withOnly(capabilities: readonly string[]): string[] {
  return ['--cap-drop', 'ALL', ...capabilities.flatMap((name) => ['--cap-add', name])];
}

describeInContainers('a container with fewer rights', () => {
  it('boots on a read-only root with /run and the home writable', async () => {
    const options = ['--read-only', '--tmpfs', '/run:rw,exec', '-e', 'S6_READ_ONLY_ROOT=1'];
    const home = ['-v', `${usedHome()}:/opt/data`, '-e', 'HERMES_DASHBOARD=1'];
    const { code, stderr } = await run({ options: [...options, ...home], words: ['exit', '42'] });
    expect(code).toBe(42);
    expect(stderr).toContain('hermes-boot: info: stage2: done');
  });

  it('keeps the ids of the image on a read-only root, degraded, and says so', async () => {
    const options = ['--read-only', '--tmpfs', '/run:rw,exec', '-e', 'PUID=1000'];
    const { stdout, stderr } = await run({ options });
    expect(JSON.parse(stdout)).toMatchObject({ uid: 10_000 });
    expect(stderr).toMatch(/identity: .*mounted read-only/);
    expect(stderr).toContain('stage2: degraded by identity');
  });

  it('boots with exactly the capabilities that are documented', async () => {
    const home = ['-v', `${usedHome()}:/opt/data`, '-e', 'PUID=1000', '-e', 'PGID=1000'];
    const { stdout, stderr } = await run({ options: [...withOnly(NEEDED), ...home] });
    expect(JSON.parse(stdout)).toMatchObject({ uid: 1000, gid: 1000 });
    expect(stderr).toContain('hermes-boot: info: stage2: done');
    expect(stderr).not.toContain('hermes-boot: warn');
  });

  it('boots without CAP_CHOWN, degraded, and says so', async () => {
    const options = ['--cap-drop', 'CHOWN', '-v', `${usedHome()}:/opt/data`];
    const { code, stderr } = await run({ options, words: ['exit', '42'] });
    expect(code).toBe(42);
    expect(stderr).toContain('CAP_CHOWN is missing');
    expect(stderr).toContain('start the container with --cap-add CHOWN');
    expect(stderr).toMatch(/stage2: degraded by .*ownership/);
  });

  it('boots without CAP_FOWNER, degraded, and says so', async () => {
    const others = NEEDED.filter((name) => name !== 'FOWNER');
    const options = [...withOnly(others), '-v', `${usedHome()}:/opt/data`];
    const { code, stderr } = await run({ options, words: ['exit', '42'] });
    expect(code).toBe(42);
    expect(stderr).toContain('CAP_FOWNER is missing');
    expect(stderr).toMatch(/stage2: degraded by .*config-file/);
  });
});
