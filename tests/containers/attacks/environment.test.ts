/** Attacks by what a container's environment names in the home: PATH, preloads, start-up files. */
import { chmodSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { booted, describeInContainers, type Container } from '../support/container.ts';
import { expectNoHarm, NODE_TRAP, PYTHON_TRAP, targetOf, trap } from '../support/attacks.ts';
import { registered, running, started, stopped } from '../support/gateways.ts';
import { bindMount } from '../support/volumes.ts';

const ROOTS_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Programs that a script of a boot, a service or a wrapper could look up. */
const PROGRAMS = [
  ...['bash', 'cat', 'chmod', 'chown', 'env', 'find', 'grep', 'head', 'id', 'ln', 'ls', 'mkdir'],
  ...[
    'mkfifo',
    'mv',
    'node',
    'printf',
    'ps',
    'python3',
    'rm',
    'sed',
    'sh',
    'sleep',
    'stat',
    'tail',
  ],
  ...['test', 'touch', 'tr', 'true', 'xargs'],
];

/** The same, of which the image has its own. */
const OTHERS = [
  ...['emptyenv', 'exec', 'execlineb', 'fdmove', 'foreground', 'if', 's6-envdir', 's6-ipcserver'],
  ...['s6-ipcserver-access', 's6-log', 's6-setuidgid', 's6-sudo', 's6-sudod', 's6-svc', 's6-svok'],
  ...['s6-svscanctl', 's6-svstat', 's6-svwait', 'with-contenv'],
];

/** A home in which all of them are planted. */
function trappedHome(more: Readonly<Record<string, string>> = {}): string {
  const programs: Record<string, string> = {
    'hermes-boot': trap('hermes-boot', 'exec /usr/local/bin/hermes-boot "$@"'),
  };
  for (const name of PROGRAMS) programs[name] = trap(name, `exec /usr/bin/${name} "$@"`);
  for (const name of OTHERS) programs[name] = trap(name, `exec /command/${name} "$@"`);
  const planted = Object.entries(programs).reduce<Record<string, string>>(
    (files, [name, text]) => ({ ...files, [`.local/bin/${name}`]: text }),
    { ...more },
  );
  const home = bindMount(planted);
  for (const name of Object.keys(programs)) chmodSync(join(home, '.local/bin', name), 0o755);
  return home;
}

/** Life of a container with every script of the image: all of it has to work. */
async function live(container: Container): Promise<void> {
  await registered(container, 'coder');
  await started(container, 'coder');
  await container.ask('/bin/sh', '-c', 'kill -9 $(/bin/cat /opt/data/profiles/coder/gateway.pid)');
  await running(container, 'coder');
  await stopped(container, 'coder');
  await started(container, 'coder');
  await container.restart();
  await running(container, 'coder');
}

/** The words of the health check, which the container's engine runs as root. */
function healthCheck(): string[] {
  const dockerfile = readFileSync(join(import.meta.dirname, '../../../Dockerfile'), 'utf8');
  const words = /^HEALTHCHECK (?:.*\\\n)* *CMD \[(.*)\]$/m.exec(dockerfile)?.[1] ?? '';
  return [...words.matchAll(/"([^"]*)"/g)].map(([, word = '']) => word);
}

/** A container with an environment, whose boot has already met what is planted in the home. */
async function trapped(
  variables: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<Awaited<ReturnType<typeof targetOf>>> {
  const options = ['-v', `${trappedHome(files)}:/opt/data`, '-e', 'HERMES_DASHBOARD=1'];
  const here = await targetOf(
    await booted([...options, ...variables.flatMap((variable) => ['-e', variable])]),
  );
  await live(here.container);
  return here;
}

describeInContainers('programs that are planted in a home which comes first in the PATH', () => {
  const PATH = `PATH=/opt/data/.local/bin:${ROOTS_PATH}`;

  it('are not run as root by a boot, a gateway, its supervision, the wrapper or the health check', async () => {
    const here = await trapped([PATH]);
    await expectNoHarm(here);
    const hermes = await here.container.exec('/usr/local/bin/hermes', '--version');
    expect(hermes).toMatchObject({ code: 0, stdout: 'hermes stand-in 1.0' });
    await expectNoHarm(here);
    const list = await here.container.exec('/usr/local/bin/hermes-boot', 'gateway', 'list');
    expect(list).toMatchObject({ code: 0, stdout: 'coder\ndefault' });
    await expectNoHarm(here);
    expect(await here.container.exec(...healthCheck())).toMatchObject({ code: 0 });
    await expectNoHarm(here);
  });
});

describeInContainers('what Node.js is told by the environment of a container', () => {
  it('does not reach the boot and the wrapper as root: NODE_OPTIONS', async () => {
    const here = await trapped(['NODE_OPTIONS=--require /opt/data/evil.cjs'], {
      'evil.cjs': NODE_TRAP,
    });
    const hermes = await here.container.exec('/usr/local/bin/hermes', '--version');
    expect(hermes).toMatchObject({ code: 0, stdout: 'hermes stand-in 1.0' });
    await expectNoHarm(here);
    const log = await here.container.ask('/bin/cat', '/opt/data/logs/stand-in.jsonl');
    expect(log).toContain('"NODE_OPTIONS":"--require /opt/data/evil.cjs"');
  });

  it('has root write nothing: NODE_V8_COVERAGE, NODE_REDIRECT_WARNINGS', async () => {
    const home = bindMount();
    const variables = ['NODE_V8_COVERAGE=/opt/data/coverage', 'NODE_REDIRECT_WARNINGS=/opt/data/w'];
    const options = variables.flatMap((variable) => ['-e', variable]);
    const container = await booted(['-v', `${home}:/opt/data`, ...options]);
    await container.exec('/usr/local/bin/hermes', '--version');
    const find = ['/usr/bin/find', '/opt/data/coverage', '/opt/data/w', '-user', 'root'];
    expect((await container.exec(...find)).stdout).toBe('');
  });

  it('does not reach `hermes-boot gateway` and the health check as root', async () => {
    const options = ['-e', 'NODE_OPTIONS=--require /opt/data/evil.cjs'];
    const home = bindMount({ 'evil.cjs': NODE_TRAP });
    const here = await targetOf(await booted(['-v', `${home}:/opt/data`, ...options]));
    const list = await here.container.exec('/usr/local/bin/hermes-boot', 'gateway', 'list');
    expect(list).toMatchObject({ code: 0, stdout: 'default' });
    expect(await here.container.exec(...healthCheck())).toMatchObject({ code: 0 });
    await expectNoHarm(here);
  });
});

describeInContainers('start-up files that the environment of a container names', () => {
  it('are not read by root: those of sh, bash, Python, git and of Node.js', async () => {
    const variables = [
      ...['BASH_ENV=/opt/data/rc', 'ENV=/opt/data/rc', 'PYTHONPATH=/opt/data/python'],
      ...['PYTHONSTARTUP=/opt/data/python/sitecustomize.py', 'GIT_SSH_COMMAND=/opt/data/rc'],
      ...['GIT_CONFIG_GLOBAL=/opt/data/gitconfig', 'GIT_EXEC_PATH=/opt/data/.local/bin'],
      ...['NODE_PATH=/opt/data/modules', 'NODE_EXTRA_CA_CERTS=/opt/data/ca.pem'],
      'OPENSSL_CONF=/opt/data/openssl.cnf',
    ];
    const here = await trapped(variables, {
      rc: trap('rc'),
      'python/sitecustomize.py': PYTHON_TRAP,
      gitconfig: '[core]\n\tfsmonitor = /opt/data/rc\n',
      'modules/execa/index.js': NODE_TRAP,
      'ca.pem': 'not a certificate',
      'openssl.cnf': 'broken = = [',
    });
    await here.container.exec('/usr/local/bin/hermes', '--version');
    await expectNoHarm(here);
  });

  it('are not read by the loader of programs: LD_PRELOAD, LD_LIBRARY_PATH, LD_DEBUG_OUTPUT', async () => {
    const home = bindMount({ 'ld/kept': '', 'lib/kept': '' });
    const container = await booted([
      ...['-v', `${home}:/opt/data`, '-e', 'LD_DEBUG=files', '-e', 'LD_PRELOAD=libm.so.6'],
      ...['-e', 'LD_DEBUG_OUTPUT=/opt/data/ld/trace', '-e', 'LD_LIBRARY_PATH=/opt/data/lib'],
    ]);
    await container.restart();
    const traces = readdirSync(join(home, 'ld')).filter((name) => /^trace\.(?!1$)/.test(name));
    const programsOf = (user: number): string[] =>
      traces
        .map((name) => join(home, 'ld', name))
        .filter((path) => lstatSync(path).uid === user)
        .flatMap((path) => readFileSync(path, 'utf8').match(/initialize program: \S+/g) ?? []);
    // Process 1 is started by the container's engine, before any script of ours.
    expect(programsOf(0)).toEqual([]);
    expect(programsOf(10_000)).toContain('initialize program: sleep');
  });
});

describeInContainers('the directory that a container or a command starts in', () => {
  it('has no say in what root runs, be it the home', async () => {
    const files = {
      'node_modules/execa/index.js': NODE_TRAP,
      'package.json': '{"type":"module","imports":{}}',
      'stage2.yaml': 'version: 1\nname: stage2\nsteps: []\n',
      'plans/stage2.yaml': 'version: 1\nname: stage2\nsteps: []\n',
      stage2: 'version: 1\nname: stage2\nsteps: []\n',
    };
    const home = trappedHome(files);
    const here = await targetOf(await booted(['-v', `${home}:/opt/data`, '-w', '/opt/data']));
    await live(here.container);
    const { stderr } = await here.container.logs();
    expect(stderr.match(/info: stage2: .*/g)?.at(-1)).toContain('stage2: ');
    expect(await here.container.exec('hermes-boot', 'gateway', 'list')).toMatchObject({ code: 0 });
    expect(await here.container.ask('/bin/cat', '/run/hermes-boot/status.json')).toContain(
      '/opt/hermes-boot/plans/stage2.yaml',
    );
    await expectNoHarm(here);
  });
});
