/** The entry points that are not /init: one that is not process 1, tini's, the hook's, the oldest. */
import { chmodSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { expectNoHarm, targetOf, trap } from './support/attacks.ts';
import { booted, describeInContainers, run } from './support/container.ts';
import { bindMount } from './support/volumes.ts';

/** The one of the stand-in for the agent. */
const BROWSER = '/opt/hermes/.playwright/chromium_headless_shell-1/chrome-linux/headless_shell';

describeInContainers('a container in which something else is process 1 (docker run --init)', () => {
  it('boots the home, runs the program as hermes, and says that nothing is supervised', async () => {
    const { code, stdout, stderr } = await run({ options: ['--init'], words: ['chat', ' a  b '] });
    expect(JSON.parse(stdout)).toMatchObject({
      arguments: ['chat', ' a  b '],
      uid: 10_000,
      groups: [10_000],
      cwd: '/opt/data',
      environment: { HOME: '/opt/data', AGENT_BROWSER_EXECUTABLE_PATH: BROWSER },
    });
    expect(stderr).toContain('hermes-boot: info: stage2: done');
    expect(stderr).toContain('no gateway and no dashboard is supervised');
    expect(stderr).toContain('Fix: leave out --init');
    expect(code).toBe(0);
  });

  it('gives the container the exit code of the program', async () => {
    expect(await run({ options: ['--init'], words: ['exit', '42'] })).toMatchObject({ code: 42 });
  });

  it('runs no program after a boot that was stopped', async () => {
    const { code, stdout } = await run({ options: ['--init', '--user', '1000:1000'] });
    expect({ code, stdout }).toEqual({ code: 77, stdout: '' });
  });

  it('runs any user with the plan that needs no root, also when it is started again', async () => {
    const options = ['--init', '--user', '1000:1000', '-e', 'HERMES_BOOT_PLAN=unprivileged'];
    const home = bindMount({}, 1000);
    const container = await booted([...options, '-v', `${home}:/opt/data`]);
    await container.restart();
    const { stderr } = await container.logs();
    expect(stderr).not.toContain('hermes-boot: error');
    expect(stderr.match(/info: unprivileged: /g)?.length).toBeGreaterThanOrEqual(2);
  });

  it('leaves hermes-boot as the main program to itself', async () => {
    const words = ['hermes-boot', 'plan', '--json'];
    const { code, stdout, stderr } = await run({ options: ['--init'], words });
    expect(JSON.parse(stdout)).toMatchObject({ converged: false });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('runs no program as root that the home has at the head of the PATH', async () => {
    const programs = ['id', 'printenv', 'sh', 'cat', 'tr', 'sed'];
    const planted = programs.map(
      (name) => [`.local/bin/${name}`, trap(name, `exec /usr/bin/${name} "$@"`)] as const,
    );
    const home = bindMount(Object.fromEntries(planted));
    for (const name of programs) chmodSync(join(home, '.local/bin', name), 0o755);
    const path = ['-e', 'PATH=/opt/data/.local/bin:/usr/bin:/bin', '-e', 'ENV=/opt/data/rc'];
    const options = ['--init', '-v', `${home}:/opt/data`, ...path];
    await expectNoHarm(await targetOf(await booted(options)));
  });

  it('loads nothing as root that its environment names, and hermes gets it', async () => {
    const home = bindMount({ 'ld/kept': '' });
    const variables = [
      ...['LD_DEBUG=files', 'LD_DEBUG_OUTPUT=/opt/data/ld/trace', 'LD_PRELOAD=libm.so.6'],
    ].flatMap((variable) => ['-e', variable]);
    const options = ['--init', '-v', `${home}:/opt/data`, ...variables];
    await run({ options, words: ['sh', '-c', '/usr/bin/id; :'] });
    const traces = readdirSync(join(home, 'ld')).filter((name) => name.startsWith('trace.'));
    const programsOf = (user: number): string[] =>
      traces
        .map((name) => join(home, 'ld', name))
        .filter((path) => lstatSync(path).uid === user)
        .flatMap((path) => readFileSync(path, 'utf8').match(/initialize program: \S+/g) ?? []);
    // The engine starts the entry point before any line of it runs.
    expect(programsOf(0)).toEqual(['initialize program: /bin/sh']);
    expect(programsOf(10_000)).toContain('initialize program: /usr/bin/id');
  });
});

describeInContainers('the path of tini', () => {
  it.each([
    ['its options, and a program', ['-g', '-p', '15', '-vv', '-e143', '--', 'exit', '3'], 3],
    [
      'the entry points of old compose files',
      ['--', '/opt/hermes/docker/entrypoint.sh', 'exit', '4'],
      4,
    ],
    ["today's entry points", ['--', '/init', '/opt/hermes/docker/main-wrapper.sh', 'exit', '5'], 5],
    ['no mark between options and program', ['-s', 'exit', '6'], 6],
  ])('hands on to the real entry point: %s', async (_, words, code) => {
    const ended = await run({ options: ['--entrypoint', '/usr/bin/tini'], words });
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain('hermes-boot: info: stage2: done');
    expect(ended.stderr).not.toContain('supervised');
  });

  it('leaves options behind the mark to the program', async () => {
    const words = ['-g', '--', '--version'];
    expect(await run({ options: ['--entrypoint', '/usr/bin/tini'], words })).toMatchObject({
      code: 0,
      stdout: 'hermes stand-in 1.0',
    });
  });

  it('has s6-overlay as process 1, with gateways', async () => {
    const options = ['--entrypoint', '/usr/bin/tini'];
    const words = ['--', 'cat', '/proc/1/comm'];
    expect(await run({ options, words })).toMatchObject({ code: 0, stdout: 's6-svscan' });
  });
});

describeInContainers('the path of the shell hook', () => {
  it('boots the home, and mends it each time that it is called', async () => {
    const container = await booted();
    await container.ask('chown', 'root', '/opt/data/.env');
    expect(await container.exec('/opt/hermes/docker/stage2-hook.sh')).toMatchObject({
      code: 0,
      stdout: '',
    });
    expect(await container.ask('stat', '-c', '%U', '/opt/data/.env')).toBe('hermes');
  });

  it('says by its exit code that the boot was stopped', async () => {
    const options = ['--entrypoint', '/opt/hermes/docker/stage2-hook.sh', '--user', '1000:1000'];
    expect(await run({ options })).toMatchObject({ code: 77 });
  });
});

describeInContainers('the entry point before s6-overlay', () => {
  const options = ['--entrypoint', '/opt/hermes/docker/entrypoint.sh'];

  it('boots the home, and that is all, without words', async () => {
    const { code, stdout, stderr } = await run({ options });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('hermes-boot: info: stage2: done');
  });

  it('is the entry point of today with words', async () => {
    const words = ['sh', '-c', 'cat /proc/1/comm; exit 42'];
    expect(await run({ options, words })).toMatchObject({ code: 42, stdout: 's6-svscan' });
  });
});

describeInContainers('the surroundings of the agent', () => {
  it('tell npm what it was told in the build of the image', async () => {
    const { stdout } = await run();
    expect(JSON.parse(stdout)).toMatchObject({
      environment: { npm_config_install_links: 'false' },
    });
  });

  it('are the home where the container starts in the directory of the official image', async () => {
    const options = ['-w', '/opt/hermes'];
    expect(await run({ options, words: ['pwd'] })).toMatchObject({ stdout: '/opt/data' });
  });
});
