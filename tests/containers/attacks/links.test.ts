/** Attacks by links in the home and in /tmp, soft and hard, also over a change of the account's ids. */
import { chownSync, linkSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { booted, describeInContainers, type Container } from '../support/container.ts';
import {
  expectNoHarm,
  expectToRestart,
  FILES,
  SECRET,
  targetOf,
  VICTIM,
  withTwo,
} from '../support/attacks.ts';
import { registered, running, started, told } from '../support/gateways.ts';
import { bindMount, namedVolume } from '../support/volumes.ts';

/** The directories. */
const DIRECTORIES = ['cron', 'home', 'memories', 'sessions', 'skills', 'workspace', '.hermes-boot'];

/** Rotates the log of a gateway as root, and starts its logger anew. */
async function rotate(container: Container, profile: string): Promise<void> {
  const log = `/run/service/gateway-${profile}/log`;
  await container.exec('/command/s6-svc', '-a', log);
  await container.exec('/command/s6-svc', '-t', log);
}

describeInContainers('links in the home', () => {
  it('lead no logger to what is root’s, in the place of any directory of the logs', async () => {
    const here = await withTwo();
    for (const directory of ['logs/gateways/coder', 'logs/gateways', 'logs']) {
      const link = `cd /opt/data && mv ${directory} old && ln -s ${VICTIM} ${directory}`;
      expect(await here.attack(link)).toMatchObject({ code: 0 });
      await rotate(here.container, 'coder');
      await expectToRestart(here.container, 'writer');
      await expectNoHarm(here);
      const undo = `cd /opt/data && rm ${directory} && mv old ${directory}`;
      if (directory !== 'logs') await here.attack(undo);
    }
    await here.container.restart();
    await running(here.container, 'writer');
    await expectNoHarm(here);
  });

  it('lead no logger to what is root’s: current, state, lock and old logs', async () => {
    const here = await withTwo();
    await here.attack(
      `cd /opt/data/logs/gateways/coder && for name in current state lock processed previous; do
        ln -sfn ${SECRET} $name; done`,
    );
    await rotate(here.container, 'coder');
    await expectToRestart(here.container, 'writer');
    await here.container.restart();
    await running(here.container, 'writer');
    await expectNoHarm(here);
  });

  it('lead no logger astray when the home is moved away under it', async () => {
    const here = await withTwo();
    await here.attack(
      `cd /opt/data && mkdir away && mv logs profiles away && ln -s ${VICTIM} logs && ln -s ${VICTIM} profiles`,
    );
    await rotate(here.container, 'coder');
    for (const action of ['stop', 'start', 'restart']) {
      await here.container.exec('/usr/local/bin/hermes-boot', 'gateway', action, 'coder');
    }
    await expectNoHarm(here);
    await here.attack('cd /opt/data && rm logs profiles && mv away/* .');
    await here.container.restart();
    await running(here.container, 'writer');
    await expectNoHarm(here);
  });

  it('have neither a boot nor `hermes-boot gateway` as root write through them: files', async () => {
    const here = await withTwo();
    await here.attack(`cd /opt/data && for file in ${FILES}; do ln -sfn ${SECRET} $file; done`);
    for (const action of ['stop', 'start', 'restart']) {
      await here.container.exec('/usr/local/bin/hermes-boot', 'gateway', action, 'coder');
    }
    await expectNoHarm(here);
    await here.container.restart();
    await running(here.container, 'writer');
    await expectNoHarm(here);
  });

  it('have neither a boot nor `hermes-boot gateway` as root write through them: directories', async () => {
    const here = await withTwo();
    await here.attack(
      `cd /opt/data && for name in ${DIRECTORIES.join(' ')} profiles/coder; do
        rm -rf $name; ln -s ${VICTIM} $name; done`,
    );
    for (const action of ['stop', 'start', 'restart']) {
      await here.container.exec('/usr/local/bin/hermes-boot', 'gateway', action, 'coder');
    }
    await here.container.restart();
    await running(here.container, 'writer');
    await expectNoHarm(here);
  });

  it('take no receipt to /etc, and make no profile of it', async () => {
    const here = await withTwo();
    const list = ['/usr/bin/find', '/etc', '-printf', '%p %y %U:%G %m %s %T@\n'];
    const before = await here.container.ask(...list);
    await here.attack(
      'cd /opt/data && rm -rf .hermes-boot && ln -s /etc .hermes-boot && ln -s /etc profiles/etc',
    );
    await here.container.restart();
    await running(here.container, 'writer');
    expect(await told(here.container, 'list')).toBe('coder\ndefault\nwriter');
    const changed = (text: string): string[] =>
      text.split('\n').filter((line) => !/^\/etc(?:|\/(?:hosts|resolv.conf|hostname)) /.test(line));
    expect(changed(await here.container.ask(...list))).toEqual(changed(before));
  });

  it('in /tmp have a boot do nothing to what they lead to', async () => {
    const options = ['-e', 'XDG_RUNTIME_DIR=/tmp/runtime'];
    const here = await withTwo(options);
    await here.attack(
      `cd /tmp && rm -rf hermes-files runtime; ln -s ${VICTIM} hermes-files; ln -s ${VICTIM} runtime`,
    );
    await here.container.restart();
    await running(here.container, 'writer');
    await expectNoHarm(here);
  });
});

describeInContainers('hard links and records in the home', () => {
  it('give nothing of the operator’s to the account, whatever ids it gets', async () => {
    const home = bindMount({ 'sessions/kept': '', '.hermes-boot.ids': '', 'logs/kept': '' });
    const key = join(home, 'operator.key');
    writeFileSync(key, 'operator\n', { mode: 0o600 });
    chownSync(key, 0, 0);
    // Where fs.protected_hardlinks is 0, the account can make these by itself.
    for (const name of [
      'sessions/mine',
      '.env',
      'auth.json',
      'SOUL.md',
      'logs/container-boot.log',
    ]) {
      linkSync(key, join(home, name));
    }
    for (const id of [1000, 2000]) {
      const container = await booted([
        '-v',
        `${home}:/opt/data`,
        '-e',
        `PUID=${id}`,
        '-e',
        `PGID=${id}`,
      ]);
      await container.remove();
    }
    const { uid, gid, mode } = lstatSync(key);
    expect({ uid, gid, mode: mode & 0o7777 }).toEqual({ uid: 0, gid: 0, mode: 0o600 });
    expect(readFileSync(key, 'utf8')).toBe('operator\n');
  });

  it('of the account do not make it the former owner of what is root’s', async () => {
    const home = bindMount({ 'sessions/kept': '' });
    const mount = ['-v', `${home}:/opt/data`];
    const first = await booted(mount);
    const forge = 's/10000/0/g; w /opt/data/forged';
    await first.execAs(
      'hermes',
      'sh',
      '-c',
      `cd /opt/data && sed -n '${forge}' .hermes-boot.ids; rm -f .hermes-boot.ids; cp forged .hermes-boot.ids`,
    );
    await first.remove();
    const key = join(home, 'workspace/operator.key');
    writeFileSync(key, 'operator\n', { mode: 0o600 });
    chownSync(key, 0, 0);
    writeFileSync(join(home, 'operator.key'), 'operator\n', { mode: 0o600 });
    await booted([...mount, '-e', 'PUID=1000', '-e', 'PGID=1000']);
    expect(lstatSync(join(home, 'operator.key'))).toMatchObject({ uid: 0, gid: 0 });
    expect(lstatSync(join(home, 'sessions/kept'))).toMatchObject({ uid: 1000, gid: 1000 });
  });

  it('from before other ids do not help whoever has the old ids now', async () => {
    const volume = await namedVolume();
    const ids = (id: number): string[] => [
      '-v',
      `${volume}:/opt/data`,
      '-e',
      `PUID=${id}`,
      '-e',
      `PGID=${id}`,
    ];
    const before = await targetOf(await booted(ids(1000)));
    await registered(before.container, 'coder', 'writer');
    await started(before.container, 'coder', 'writer');
    await before.attack(
      `cd /opt/data && ln -s ${VICTIM} logs/gateways/later; mkdir profiles/later; echo > profiles/later/SOUL.md
      ln -s ${SECRET} profiles/later/gateway_state.json; mkfifo profiles/coder/pipe`,
    );
    await before.container.remove();
    const here = await targetOf(await booted(ids(2000)));
    await running(here.container, 'coder');
    await expectToRestart(here.container, 'writer');
    const pid = await running(here.container, 'writer');
    expect((await here.container.ask('/bin/ps', '-o', 'uid=', '-p', pid)).trim()).toBe('2000');
    const slot = '/run/service/gateway-coder';
    const old = await here.container.execAs('1000:1000', '/command/s6-svc', '-d', slot);
    expect(old.stderr).toMatch(/Permission denied/i);
    await registered(here.container, 'third');
    await started(here.container, 'third');
    await expectNoHarm(here);
  });
});
