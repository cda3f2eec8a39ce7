import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { booted, describeInContainers, eventually, run, runWords } from './support/container.ts';
import { onTerminal } from './support/engine.ts';
import { bindMount } from './support/volumes.ts';

describeInContainers('the main program', () => {
  it.each([
    ['no words', [], []],
    ['a subcommand', ['chat', '-q', 'hi'], ['chat', '-q', 'hi']],
    ['mcp', ['mcp', 'list'], ['mcp', 'list']],
    ['login, which is also a program', ['login'], ['login']],
    ['a word of the shell and of execline', ['export', 'x'], ['export', 'x']],
    ['an empty word', ['', 'x'], ['', 'x']],
    ['a path at which there is no program', ['./ls'], ['./ls']],
    ['words with blanks', ['chat', ' a  b ', '*'], ['chat', ' a  b ', '*']],
  ])('is hermes for %s', async (_, words, ran) => {
    const { code, stdout } = await run({ words });
    expect(JSON.parse(stdout)).toMatchObject({
      arguments: ran,
      uid: 10_000,
      gid: 10_000,
      groups: [10_000],
      cwd: '/opt/data',
      environment: { HOME: '/opt/data', HERMES_HOME: '/opt/data' },
    });
    expect(code).toBe(0);
  });

  it('is hermes for options, and they are not those of /init', async () => {
    const { code, stdout } = await run({ words: ['--version'] });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'hermes stand-in 1.0' });
  });

  it('is a program on PATH when that is named, as hermes', async () => {
    const { code, stdout } = await run({ words: ['bash', '-c', 'id -un; echo "$0 $#"', 'a', 'b'] });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'hermes\na 1' });
  });

  it('is a program by its path', async () => {
    expect(await run({ words: ['/usr/bin/id', '-u'] })).toMatchObject({ stdout: '10000' });
  });

  it('is a program that hermes has installed for itself on the volume', async () => {
    const home = bindMount({ '.local/bin/my-tool': '#!/bin/sh\necho mine\n' });
    chmodSync(join(home, '.local/bin/my-tool'), 0o755);
    const options = ['-v', `${home}:/opt/data`];
    expect(await run({ options, words: ['my-tool'] })).toMatchObject({ stdout: 'mine' });
  });

  it('is looked up on the volume by hermes, and never by root', async () => {
    const trap = '#!/bin/sh\necho "$0 ran as $(/usr/bin/id -u)" >> /opt/data/trap\n';
    const names = ['cat', 'env', 'id', 'node', 's6-setuidgid', 'sed', 'sh', 'test', 'tr'];
    const home = bindMount(Object.fromEntries(names.map((name) => [`.local/bin/${name}`, trap])));
    for (const name of names) chmodSync(join(home, '.local/bin', name), 0o755);
    await run({ options: ['-v', `${home}:/opt/data`], words: ['id'] });
    const ran = readFileSync(join(home, 'trap'), 'utf8');
    expect(ran).toContain('id ran as 10000');
    expect(ran).not.toContain('ran as 0');
  });

  it('stays when it is sleep infinity', async () => {
    const container = await booted();
    const processes = await container.ask('ps', '-eo', 'user,args');
    expect(processes).toMatch(/^hermes +sleep infinity$/m);
  });

  it.each([0, 1, 42, 255])('gives the container its exit code %d', async (code) => {
    expect(await run({ words: ['exit', String(code)] })).toMatchObject({ code });
  });

  it('gives the container the exit code of a death by signal', async () => {
    expect(await run({ words: ['crash'] })).toMatchObject({ code: 128 + 9 });
  });

  it('starts in the directory of -w', async () => {
    expect(await run({ options: ['-w', '/tmp'], words: ['pwd'] })).toMatchObject({
      stdout: '/tmp',
    });
  });

  it('starts in the home where hermes cannot enter the directory of -w', async () => {
    expect(await run({ options: ['-w', '/root'], words: ['pwd'] })).toMatchObject({
      stdout: '/opt/data',
    });
  });

  it('has standard output to itself', async () => {
    const { stdout, stderr } = await run({
      options: ['-e', 'HERMES_DASHBOARD=1'],
      words: ['echo', 'mine'],
    });
    expect(stdout).toBe('mine');
    expect(stderr).toContain('hermes-boot: info: stage2: done');
  });

  it('gets the environment of the container', async () => {
    const { stdout } = await run({ options: ['-e', 'COLOUR=a b\tc'] });
    expect(JSON.parse(stdout)).toMatchObject({ environment: { COLOUR: 'a b\tc' } });
  });

  it('gets a home where an image derived from this one unsets HERMES_HOME', async () => {
    const { stdout } = await run({ options: ['-e', 'HERMES_HOME='] });
    expect(JSON.parse(stdout)).toMatchObject({ environment: { HERMES_HOME: '/opt/data' } });
  });

  it('has a real terminal with -it', async () => {
    const tui = onTerminal('run', '--rm', '-it', ...runWords({ words: ['--tui'] }));
    let shown = '';
    tui.stdout.on('data', (data: Buffer) => {
      shown += data.toString();
    });
    await eventually(() => {
      expect(shown).toContain('terminal true true true');
      return Promise.resolve();
    });
    tui.stdin.write('hello\r');
    const { exitCode } = await tui;
    expect(shown).toContain('typed hello');
    expect(exitCode).toBe(0);
  });
});

describeInContainers('hermes by docker exec', () => {
  it('is not root, whatever its caller is, and writes for hermes', async () => {
    const container = await booted();
    expect(JSON.parse(await container.ask('hermes', 'status'))).toMatchObject({
      arguments: ['status'],
      uid: 10_000,
      groups: [10_000],
      environment: { HOME: '/opt/data' },
    });
  });

  it('stays root where HERMES_DOCKER_EXEC_AS_ROOT says so and hermes cannot change the agent', async () => {
    const container = await booted(['-e', 'HERMES_DOCKER_EXEC_AS_ROOT=1']);
    const changeable = await container.exec('hermes', 'status');
    expect(JSON.parse(changeable.stdout)).toMatchObject({ uid: 10_000 });
    expect(changeable.stderr).toContain('HERMES_DOCKER_EXEC_AS_ROOT has no effect: hermes can');
    await container.ask('chown', '-R', 'root:root', '/opt/hermes/.venv');
    expect(JSON.parse(await container.ask('hermes', 'status'))).toMatchObject({ uid: 0 });
  });

  it('gives its exit code', async () => {
    const container = await booted();
    expect(await container.exec('hermes', 'exit', '42')).toMatchObject({ code: 42 });
  });
});
