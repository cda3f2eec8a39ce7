import { createServer } from 'node:net';
import { chmodSync, chownSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryDirectory } from '../support/real-root.ts';
import { describeInContainers, run } from './support/container.ts';
import { bindMount, everything, namedVolume, owners } from './support/volumes.ts';

const IDS = [
  { uid: 1000, gid: 1000 },
  { uid: 99, gid: 100 },
];

describeInContainers('the ids of hermes', () => {
  it.each(IDS)('are $uid:$gid by PUID and PGID, on a bind mount', async ({ uid, gid }) => {
    const home = bindMount({ 'sessions/old.json': '{}', 'photos/mine.jpg': 'x' });
    const options = ['-v', `${home}:/opt/data`, '-e', `PUID=${uid}`, '-e', `PGID=${gid}`];
    const { stdout } = await run({ options });
    expect(JSON.parse(stdout)).toMatchObject({ uid, gid });
    const found = await owners(home);
    const ids = `${uid}:${gid}`;
    for (const path of ['', 'sessions', 'sessions/old.json', 'config.yaml', '.env']) {
      expect(found.get(path), path).toBe(ids);
    }
    expect(found.get('photos/mine.jpg')).toBe(ids);
  });

  it.each(IDS)('are $uid:$gid by PUID and PGID, on a named volume', async ({ uid, gid }) => {
    const volume = await namedVolume();
    const options = ['-v', `${volume}:/opt/data`, '-e', `PUID=${uid}`, '-e', `PGID=${gid}`];
    await run({ options: ['-v', `${volume}:/opt/data`], words: ['touch', 'sessions/old'] });
    const { stdout } = await run({ options });
    expect(JSON.parse(stdout)).toMatchObject({ uid, gid });
    const found = await owners(volume);
    for (const path of ['', 'sessions', 'sessions/old', 'config.yaml', '.env']) {
      expect(found.get(path), path).toBe(`${uid}:${gid}`);
    }
  });

  it('are those of the image again without PUID', async () => {
    const volume = await namedVolume();
    const mount = ['-v', `${volume}:/opt/data`];
    await run({ options: [...mount, '-e', 'PUID=1000', '-e', 'PGID=1000'], words: ['exit', '0'] });
    const { stdout } = await run({ options: mount });
    expect(JSON.parse(stdout)).toMatchObject({ uid: 10_000, gid: 10_000 });
  });
});

describeInContainers('a container of --user', () => {
  it('is refused for a user that is neither root nor hermes, and nothing is run', async () => {
    const home = bindMount({ 'config.yaml': '' }, 1000);
    const before = everything(home);
    const options = ['--user', '1000:1000', '-v', `${home}:/opt/data`];
    const { code, stdout, stderr } = await run({ options, words: ['exit', '0'] });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(
      'started with --user 1000, which is not supported: neither root nor hermes (10000)',
    );
    expect(stderr).toContain('docker run -e PUID=1000 -e PGID=1000');
    expect(stderr).toContain('reconcile-profiles not run: the boot was stopped before');
    expect(everything(home)).toBe(before);
  });

  it('is refused by the wrapper, too, where s6-overlay goes on after a stopped boot', async () => {
    const options = ['--user', '1000:1000', '-e', 'S6_BEHAVIOUR_IF_STAGE2_FAILS=0'];
    const { code, stdout, stderr } = await run({ options });
    expect({ code, stdout }).toEqual({ code: 77, stdout: '' });
    expect(stderr).toContain('docker run -e HERMES_UID=$(id -u) -e HERMES_GID=$(id -g)');
  });

  it('boots for the user that hermes is', async () => {
    const { code, stdout, stderr } = await run({ options: ['--user', '10000:10000'] });
    expect(JSON.parse(stdout)).toMatchObject({ uid: 10_000, gid: 10_000, cwd: '/opt/data' });
    expect(stderr).toContain('hermes-boot: info: stage2: done');
    expect(code).toBe(0);
  });
});

describeInContainers('the home', () => {
  it('is where HERMES_HOME says, for the boot and for the agent', async () => {
    const home = '/srv/deep/down/home';
    const { stdout } = await run({ options: ['-e', `HERMES_HOME=${home}`] });
    expect(JSON.parse(stdout)).toMatchObject({
      cwd: home,
      environment: { HOME: home, HERMES_HOME: home },
    });
    const words = ['stat', '-c', '%U', home, `${home}/config.yaml`, `${home}/sessions`];
    const owned = await run({ options: ['-e', `HERMES_HOME=${home}`], words });
    expect(owned.stdout).toBe('hermes\nhermes\nhermes');
  });

  it('stops the container, with the reason, where it cannot be made', async () => {
    const options = ['-e', 'HERMES_HOME=/dev/null/home'];
    const { code, stdout, stderr } = await run({ options, words: ['echo', 'started'] });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/hermes-boot: fatal: home: .*\/dev\/null/);
    expect(stderr).toContain('stage2: stopped at home');
  });
});

describeInContainers("docker's socket", () => {
  it('gives hermes its group', async () => {
    const socket = join(temporaryDirectory(), 'docker.sock');
    const server = createServer().listen(socket);
    onTestFinished(() => {
      server.close();
    });
    await new Promise((resolve) => server.once('listening', resolve));
    chownSync(socket, 0, 998);
    chmodSync(socket, 0o660);
    const options = ['-v', `${socket}:/var/run/docker.sock`];
    const { stdout } = await run({ options });
    expect(JSON.parse(stdout)).toMatchObject({ uid: 10_000, groups: [998, 10_000] });
    const { stdout: id } = await run({ options, words: ['id', '-G', 'hermes'] });
    expect(id.split(' ')).toContain('998');
  });
});
