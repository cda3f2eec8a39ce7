import { expect, it } from 'vitest';
import { booted, describeInContainers, eventually } from './support/container.ts';
import type { Ended } from './support/engine.ts';
import {
  bootedAgain,
  bootLog,
  down,
  gateway,
  profileFiles,
  registered,
  running,
  servicePid,
  started,
  starts,
  state,
  stopped,
  told,
  WAYS,
  withCoder,
} from './support/gateways.ts';
import { bindMount, namedVolume } from './support/volumes.ts';

const RUNNING = '{"desired_state":"running"}';
const PUID = ['-e', 'PUID=1000', '-e', 'PGID=1000'];

describeInContainers('hermes-boot gateway, as hermes', () => {
  it('registers the gateway of a profile, down, and lists it', async () => {
    const container = await booted();
    await registered(container, 'coder');
    await down(container, 'coder');
    expect(await told(container, 'list')).toBe('coder\ndefault');
    const json: unknown = JSON.parse(await told(container, 'list', '--json'));
    expect(json).toMatchObject({ type: 'gateway-list', profiles: ['coder', 'default'] });
  });

  it.each([
    ['10000', []],
    ['1000', PUID],
  ])('starts it as hermes, whose uid is %s, and records that', async (uid, options) => {
    const container = await withCoder(options);
    const pid = await running(container, 'coder');
    const line = await container.ask('ps', '-o', 'uid=,args=', '-p', pid);
    expect(line.trim()).toMatch(new RegExp(`^${uid} .*hermes -p coder gateway run --replace$`));
    expect(await state(container, 'coder')).toMatchObject({ desired_state: 'running' });
    const file = '/opt/data/profiles/coder/gateway_state.json';
    expect(await container.ask('stat', '-c', '%u', file)).toBe(uid);
  });

  it('says how it is doing, to people and to programs', async () => {
    const container = await withCoder();
    const pid = await running(container, 'coder');
    expect(await told(container, 'status', 'coder')).toMatch(
      new RegExp(`^coder {2}up {2}pid ${pid}, \\d+ s$`),
    );
    expect(JSON.parse(await told(container, 'status', 'coder', '--json'))).toMatchObject({
      supervised: true,
      gateways: [
        { profile: 'coder', state: 'up', wanted: true, status: { up: true, pid: Number(pid) } },
      ],
    });
  });

  it('stops it, so that it stays down, and records that', async () => {
    const container = await withCoder();
    const pid = await running(container, 'coder');
    await stopped(container, 'coder');
    expect(await told(container, 'status', 'coder')).toMatch(
      /^coder {2}down {2}stopped by you \(gateway stop, \d{4}-\d\d-\d\d \d\d:\d\d UTC\)\n +hermes-boot gateway start coder$/,
    );
    expect((await container.exec('test', '-e', `/proc/${pid}`)).code).toBe(1);
    expect(await starts(container, 'coder')).toBe(1);
    expect(await state(container, 'coder')).toMatchObject({
      desired_state: 'stopped',
      gateway_state: 'stopped',
      stopped_by: 'gateway stop',
    });
  });

  it('restarts it as another process, and starts one that was stopped', async () => {
    const container = await withCoder();
    const first = await running(container, 'coder');
    expect(await told(container, 'restart', 'coder')).toBe('coder  restarted');
    expect(await running(container, 'coder')).not.toBe(first);
    await stopped(container, 'coder');
    expect(await told(container, 'restart', 'coder')).toContain('was down');
    await running(container, 'coder');
    expect(await state(container, 'coder')).toMatchObject({ desired_state: 'running' });
    expect(await starts(container, 'coder')).toBe(3);
  });

  it('names a gateway that is not registered, and says how to register it', async () => {
    const container = await booted();
    for (const action of ['start', 'stop', 'restart', 'status']) {
      const { code, stdout, stderr } = await gateway(container, action, 'ghost');
      expect({ code, stdout }, action).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain('no gateway is registered for ghost');
      expect(stderr).toContain('hermes-boot gateway register ghost');
    }
  });

  it('is refused to any other user, who is told whom it takes', async () => {
    const container = await booted();
    const words = ['hermes-boot', 'gateway', 'start', 'default'];
    const { code, stderr } = await container.execAs('1234:1234', ...words);
    expect(code).toBe(77);
    expect(stderr).toContain('wanted root or hermes');
  });
});

describeInContainers('registration that is open', () => {
  it('is warned of, and lets hermes make, control and remove slots by itself', async () => {
    const container = await booted(['-e', 'HERMES_GATEWAY_REGISTRATION=open']);
    const { stderr } = await container.logs();
    expect(stderr.match(/registration is open: hermes can change \/run\/service/g)).toHaveLength(1);
    expect(await container.ask('stat', '-c', '%U', '/run/service')).toBe('hermes');
    await registered(container, 'coder');
    await started(container, 'coder');
    await stopped(container, 'coder');
    expect(await told(container, 'unregister', 'coder')).toBe('coder  unregistered');
    const own = 'mkdir /run/service/own && cp -r /run/service/gateway-default/run /run/service/own';
    expect(await container.execAs('hermes', 'sh', '-c', own)).toMatchObject({ code: 0 });
  });
});

describeInContainers('the gateways of four profiles', () => {
  it.each(WAYS)('are after %s as they were before', async (way) => {
    const options = ['-v', `${await namedVolume()}:/opt/data`];
    const before = await booted(options);
    await registered(before, 'one', 'two', 'three', 'four');
    await started(before, 'one', 'two', 'four');
    await stopped(before, 'two');
    const container = await bootedAgain(way, before, options);
    await running(container, 'one');
    await running(container, 'four');
    await down(container, 'two');
    await down(container, 'three');
    const names = ['one', 'two', 'three', 'four'];
    const counts = await Promise.all(names.map((name) => starts(container, name)));
    expect(counts).toEqual([2, 1, 0, 2]);
    expect(await bootLog(container, 5)).toEqual([
      'profile=default prior_state=none action=registered prior_exit=unknown',
      'profile=four prior_state=running action=started prior_exit=unknown',
      'profile=one prior_state=running action=started prior_exit=unknown',
      'profile=three prior_state=none action=registered prior_exit=unknown',
      'profile=two prior_state=stopped action=registered prior_exit=unknown',
    ]);
  });
});

describeInContainers('a gateway that is unregistered', () => {
  it('leaves no slot and no process, and does not come back without its profile', async () => {
    const container = await withCoder();
    expect(await told(container, 'unregister', 'coder')).toBe('coder  unregistered');
    expect(await container.ask('ls', '-A', '/run/service')).not.toContain('coder');
    expect(await container.ask('ps', '-eo', 'args=')).not.toContain('coder');
    expect(await told(container, 'list')).toBe('default');
    await container.ask('rm', '-r', '/opt/data/profiles/coder');
    await container.restart();
    expect(await told(container, 'list')).toBe('default');
    expect(await starts(container, 'coder')).toBe(1);
  });

  it('is back, as its profile records it, at the next boot that finds the profile', async () => {
    const container = await withCoder();
    await registered(container, 'writer');
    await started(container, 'writer');
    await stopped(container, 'writer');
    await told(container, 'unregister', '--all');
    const { code, stdout, stderr } = await gateway(container, 'list');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('hermes-boot: info: no gateway is registered');
    await container.restart();
    expect(await told(container, 'list')).toBe('coder\ndefault\nwriter');
    await running(container, 'coder');
    await down(container, 'writer');
  });
});

describeInContainers('a profile that cannot have a gateway, and one with a torn state', () => {
  it('are told in the log of the boot, and the others run', async () => {
    const home = bindMount({
      ...profileFiles('one', RUNNING),
      ...profileFiles('two', RUNNING),
      ...profileFiles('three', RUNNING),
      ...profileFiles('Bad Name', RUNNING),
      ...profileFiles('torn', '{"desired_state":"runn'),
    });
    const container = await booted(['-v', `${home}:/opt/data`]);
    for (const name of ['one', 'two', 'three']) await running(container, name);
    await down(container, 'torn');
    expect(await told(container, 'list')).toBe('default\none\nthree\ntorn\ntwo');
    const { stderr } = await container.logs();
    expect(stderr).toMatch(
      /warn: gateways: .*Bad Name gets no gateway: "Bad Name" is not a valid profile/,
    );
    expect(stderr).toMatch(/warn: gateways: torn stays down: .*gateway_state.json is not a JSON/);
    expect(stderr).toContain('hermes-boot: info: reconcile-profiles: done');
  });
});

describeInContainers('a static service', () => {
  it('answers and obeys hermes, except for those of s6-rc itself', async () => {
    const container = await booted(['-e', 'HERMES_DASHBOARD=1']);
    const restart = (service: string): Promise<Ended> =>
      container.execAs('hermes', '/command/s6-svc', '-r', `/run/service/${service}`);
    const first = await servicePid(container, 'dashboard');
    expect(await restart('dashboard')).toMatchObject({ code: 0, stderr: '' });
    await eventually(async () => {
      expect(await servicePid(container, 'dashboard')).not.toBe(first);
    });
    expect((await restart('s6rc-oneshot-runner')).stderr).toContain('Permission denied');
  });
});
