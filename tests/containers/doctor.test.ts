import { expect, it } from 'vitest';
import { booted, describeInContainers, eventually } from './support/container.ts';
import { profileFiles } from './support/gateways.ts';
import { bindMount } from './support/volumes.ts';

describeInContainers('hermes-boot doctor', () => {
  it('says in one line that all is well in a container that has booted', async () => {
    const container = await booted(['-v', `${bindMount({}, 10000)}:/opt/data`]);
    const { code, stdout } = await container.exec('hermes-boot', 'doctor');
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(
      /^ok: Node v[\d.]+ with its code cache, root with all that a boot needs/,
    );
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'the plans stage2, supervise-perms and reconcile-profiles',
    );
    expect(stdout).toMatch(/\nNothing is wrong\.$/);
    expect(await container.execAs('hermes', 'hermes-boot', 'doctor')).toMatchObject({ code: 0 });
  });

  it('names what is wrong, each with what to type, and ends with 1', async () => {
    const files = {
      ...profileFiles('bob', '{"desired_state":"running"}'),
      'profiles/bob/refuse': 'no such model',
    };
    const home = ['-v', `${bindMount(files, 10000)}:/opt/data`];
    const open = ['-e', 'HERMES_GATEWAY_REGISTRATION=open'];
    const container = await booted([...home, ...open, '--cap-drop', 'FOWNER']);
    const script =
      'mkdir -p /etc/hermes-boot/plan.d; echo "extends: stage2" > /etc/hermes-boot/plan.d/x.yaml';
    await container.ask(
      'sh',
      '-c',
      `${script}; echo "stepz: []" >> /etc/hermes-boot/plan.d/x.yaml`,
    );
    // As a boot that is killed leaves it.
    const left = { boot: 'x', plan: 'stage2', host: 'old', pid: 7, since: '', ended: false };
    await container.ask('sh', '-c', `echo '${JSON.stringify(left)}' > /opt/data/.hermes-boot.lock`);
    await eventually(async () => {
      const { code, stdout } = await container.exec('hermes-boot', 'doctor', '--json');
      expect(code).toBe(1);
      const told = JSON.stringify(JSON.parse(stdout));
      for (const [check, severity, text, fix] of [
        ['rights', 'warning', 'CAP_FOWNER', '--cap-add FOWNER'],
        ['lock', 'warning', 'on old (process 7, since ) was killed', 'hermes-boot verify'],
        ['plans', 'error', 'the plan stage2', 'hermes-boot validate stage2'],
        ['registration', 'warning', 'can become root', 'HERMES_GATEWAY_REGISTRATION'],
        ['gateways', 'error', 'bob is parked', 'hermes-boot gateway start bob'],
      ] as const) {
        const finding = told.split('{"check":').find((one) => one.startsWith(`"${check}"`));
        expect(finding).toContain(`"severity":"${severity}"`);
        expect(finding).toContain(text);
        expect(finding).toContain(fix);
      }
    });
  });

  it('names the boot that holds the home, also to the account', async () => {
    const container = await booted(['-v', `${bindMount({}, 10000)}:/opt/data`]);
    const left = { boot: 'x', plan: 'stage2', host: 'nas', pid: 7, since: '', ended: false };
    const path = '/opt/data/.hermes-boot.lock';
    const hold = `echo '${JSON.stringify(left)}' > ${path}; (flock 9; touch /tmp/held; sleep 600) 9< ${path} > /dev/null 2>&1 &`;
    await container.ask('sh', '-c', hold);
    await eventually(async () => {
      await container.ask('test', '-e', '/tmp/held');
    });
    const { stdout } = await container.execAs('hermes', 'hermes-boot', 'doctor');
    expect(stdout).toContain('warning: /opt/data is held by the boot stage2 on nas (process 7');
  });
});
