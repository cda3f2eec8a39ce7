import { expect, it } from 'vitest';
import { booted, describeInContainers, run } from './support/container.ts';
import { bindMount, everything, namedVolume, owners } from './support/volumes.ts';

const SERVICES = ['-e', 'HERMES_DASHBOARD=1'];

describeInContainers('hermes-boot as the entry point', () => {
  it('audits a volume without s6-overlay: its output is all there is, and the volume stays as it is', async () => {
    const home = bindMount({ '.env': 'A=1\n', 'sessions/a': '' }, 500);
    const before = everything(home);
    const options = ['--entrypoint', 'hermes-boot', '-v', `${home}:/opt/data`, '-e', 'PUID=1000'];
    const { code, stdout, stderr } = await run({ options, words: ['plan', '--explain'] });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('10000 -> 1000');
    expect(stdout).toContain('/opt/data/sessions/a');
    expect(everything(home)).toBe(before);
  });
});

describeInContainers('hermes-boot as the main program', () => {
  it('explains what a boot would do to a volume, and changes nothing on it', async () => {
    const home = bindMount({ '.env': 'A=1\n', 'sessions/a': '' }, 500);
    const before = everything(home);
    const options = ['-v', `${home}:/opt/data`, '-e', 'PUID=1000', ...SERVICES];
    const words = ['hermes-boot', 'plan', '--explain'];
    const { code, stdout, stderr } = await run({ options, words });
    expect(code).toBe(0);
    expect(stdout).toContain('10000 -> 1000');
    expect(stdout).toContain('/opt/data/sessions/a');
    expect(stderr).not.toContain('hermes-boot: info');
    expect(everything(home)).toBe(before);
  });

  it('finds a new volume as no boot has touched it', async () => {
    const volume = await namedVolume();
    const options = ['-v', `${volume}:/opt/data`, ...SERVICES];
    const words = ['hermes-boot', 'plan', '--detailed-exitcode'];
    expect(await run({ options, words })).toMatchObject({ code: 2 });
    expect([...(await owners(volume)).keys()].filter(Boolean)).toEqual([]);
  });

  it('prints JSON and nothing else', async () => {
    const { stdout } = await run({ words: ['hermes-boot', 'plan', '--json'], options: SERVICES });
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, converged: false });
  });

  it('explains to any user, also to one whom a boot would refuse', async () => {
    const options = ['--user', '1000:1000'];
    const { stdout, stderr } = await run({ options, words: ['hermes-boot', 'plan'] });
    expect(stdout + stderr).toMatch(/neither root nor\s+hermes/);
  });

  it('is the only boot when it is told to run', async () => {
    const { code, stdout } = await run({ words: ['hermes-boot', 'run', '--json'] });
    expect(stdout).toContain('/opt/data/config.yaml');
    expect(code).toBe(0);
  });

  it('finds a booted container as it should be', async () => {
    const container = await booted();
    expect(await container.exec('hermes-boot', 'verify')).toMatchObject({ code: 0 });
  });
});
