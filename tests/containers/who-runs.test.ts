import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { booted, describeInContainers, eventually, run } from './support/container.ts';
import { profileFiles } from './support/gateways.ts';
import { imageWithBundlesIn } from './support/images.ts';
import { bindMount } from './support/volumes.ts';

/** A home with a gateway that ran before. */
const HOME = profileFiles('coder', '{"desired_state":"running"}');
const ONE_ID = ['--uidmap', '0:0:1', '--gidmap', '0:0:1'];
const FEW_IDS = ['--uidmap', '0:100000:5000', '--gidmap', '0:100000:5000'];
const UNPRIVILEGED = ['--user', '1000:1000', '-e', 'HERMES_BOOT_PLAN=unprivileged'];

describeInContainers('a container in which nobody can become hermes', () => {
  it.each([
    ['without root', UNPRIVILEGED, 1000],
    ['in a user namespace of one id', ONE_ID, 0],
  ])('%s brings its gateways back, and runs its program', async (_, options, uid) => {
    const home = bindMount(HOME, uid);
    execFileSync('chown', ['-R', `${uid}:${uid}`, home]);
    const container = await booted([...options, '-v', `${home}:/opt/data`]);
    await eventually(async () => {
      const { stdout } = await container.exec('hermes-boot', 'gateway', 'status', 'coder');
      expect(stdout).toMatch(/^coder {2}up {2}pid \d+/);
    });
    const pid = await container.ask('cat', '/opt/data/profiles/coder/gateway.pid');
    expect(await container.ask('stat', '-c', '%u', `/proc/${pid}`)).toBe(String(uid));
    const { stderr } = await container.logs();
    expect(stderr).toContain('unprivileged: done');
    expect(stderr).toContain('reconcile-profiles: done');
    expect(stderr).not.toContain('HERMES_BOOT_PLAN=unprivileged');
    expect(stderr).not.toContain('hermes-boot run unprivileged');
    expect(stderr.match(/the user namespace has one user/g) ?? []).toHaveLength(uid === 0 ? 1 : 0);
  });

  it('is advised to set ids that its user namespace has, or to have them mapped', async () => {
    const options = [...FEW_IDS, '-v', `${bindMount({}, 100_000)}:/opt/data`];
    const { code, stderr } = await run({ options });
    expect(code).not.toBe(0);
    expect(stderr).toContain(
      'hermes is 10000:10000, and the user namespace of this container has not both of them: it ' +
        'maps 0 to 4999',
    );
    expect(stderr).toContain('set PUID and PGID to ids that it maps');
    expect(stderr).not.toMatch(/CAP_CHOWN|as root/);
    const mapped = [...options, '-e', 'PUID=1000', '-e', 'PGID=1000'];
    expect(JSON.parse((await run({ options: mapped })).stdout)).toMatchObject({ uid: 1000 });
  });

  it('is told which capabilities it takes, where all were dropped', async () => {
    const { code, stderr } = await run({ options: ['--cap-drop', 'ALL'] });
    expect(code).not.toBe(0);
    expect(stderr).toContain('CAP_SETUID and CAP_SETGID are missing');
    expect(stderr).toContain('start the container with --cap-add SETUID --cap-add SETGID');
    expect(stderr).not.toContain('s6-applyuidgid');
  });
});

describeInContainers('01-hermes-setup, run again in a container', () => {
  it('mends what is wrong by then, and says how that went', async () => {
    const home = bindMount({ '.env': 'A=1\n' }, 10000);
    const container = await booted(['-v', `${home}:/opt/data`]);
    await container.ask('chmod', '0644', '/opt/data/.env');
    for (const changes of [1, 0]) {
      const { code, stderr } = await container.exec('/etc/cont-init.d/01-hermes-setup');
      expect(code).toBe(0);
      expect(stderr).toContain(changes === 1 ? 'stage2: done, 1 change' : 'stage2: nothing to do');
    }
    expect(await container.ask('stat', '-c', '%a', '/opt/data/.env')).toBe('600');
    writeFileSync(join(home, 'profiles'), '');
    const again = await container.exec('/etc/cont-init.d/02-reconcile-profiles');
    expect(again.stderr).toContain('reconcile-profiles: ');
  });
});

describeInContainers('upon an s6-overlay of 3.2.3.1 or later', () => {
  it('the image has its services where that looks for them, and boots read-only', async () => {
    const image = await imageWithBundlesIn('user-bundles.d');
    const options = ['--read-only', '--tmpfs', '/run:rw,exec', '--tmpfs', '/tmp'];
    const home = ['-v', `${bindMount({}, 10000)}:/opt/data`, '-e', 'HERMES_DASHBOARD=1'];
    const words = ['sh', '-c', 'ls /etc/s6-overlay/s6-rc.d /run/service'];
    const { code, stdout } = await run({ options: [...options, ...home], words, image });
    expect(code).toBe(0);
    expect(stdout.split('\n')).not.toContain('user');
    for (const name of ['dashboard', 'main-hermes', 'registrar']) {
      expect(stdout.split('\n').filter((line) => line === name)).toHaveLength(2);
    }
  });
});
