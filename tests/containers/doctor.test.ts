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
    await eventually(async () => {
      const { code, stdout } = await container.exec('hermes-boot', 'doctor', '--json');
      expect(code).toBe(1);
      const told = JSON.stringify(JSON.parse(stdout));
      for (const [check, severity, text, fix] of [
        ['rights', 'warning', 'CAP_FOWNER', '--cap-add FOWNER'],
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
});
