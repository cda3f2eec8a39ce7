import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { booted, describeInContainers, eventually, run } from './support/container.ts';
import {
  down,
  gateway,
  profileFiles,
  running,
  stopped,
  told,
  TROUBLED,
} from './support/gateways.ts';
import { bindMount } from './support/volumes.ts';

/** The lines of the status, as words, by their first one. */
function byProfile(text: string): Map<string, string> {
  const entries = text.split(/\n(?! )/).map((block): [string, string] => {
    const words = block.replace(/\s+/g, ' ').trim();
    return [words.split(' ')[0] ?? '', words];
  });
  return new Map(entries);
}

describeInContainers('hermes-boot gateway status', () => {
  it('says of each gateway why it is up or not, and what to type', async () => {
    const options = ['-v', `${bindMount(TROUBLED, 10000)}:/opt/data`];
    const container = await booted(options);
    await running(container, 'alice');
    await stopped(container, 'alice');
    const rows = await eventually(async () => {
      const found = byProfile(await told(container, 'status'));
      expect(found.get('bob')).toContain('parked');
      expect(found.get('default')).toContain(' up ');
      return found;
    });
    expect(rows.get('default')).toMatch(/^default up pid \d+, \d+ s$/);
    expect(rows.get('alice')).toMatch(
      /^alice down stopped by you \(gateway stop, [\d-]+ [\d:]+ UTC\) hermes-boot gateway start alice$/,
    );
    expect(rows.get('bob')).toBe(
      'bob parked ended with 78 (its configuration is invalid); not tried again ' +
        'hermes-boot gateway start bob last line: config.yaml: model.name is unknown, ' +
        'api_key=*** log: /opt/data/logs/gateways/bob/current',
    );
    expect(rows.get('carol')).toBe(
      'carol down its last state is "startup_failed" hermes-boot gateway start carol',
    );
    expect(rows.get('Dave')).toBe(
      'Dave none not a valid profile name: use a-z, 0-9, - and _, starting with a letter or digit',
    );
    expect(rows.get('frank')).toBe('frank none profiles/frank has no SOUL.md');
    expect(rows.get('1')).toBe('1 of 6 gateways is up.');

    expect((await gateway(container, 'status', '--strict')).code).toBe(1);
    expect((await gateway(container, 'status', 'alice', '--strict')).code).toBe(0);
    expect(JSON.parse(await told(container, 'status', 'bob', '--json'))).toMatchObject({
      gateways: [{ state: 'parked', wanted: true, status: { exitCode: 78 } }],
    });
    expect(await told(container, 'restart', 'bob')).toBe(
      'bob  was parked: it ended with 78 (its configuration is invalid); starting',
    );

    const { stderr } = await container.logs();
    expect(stderr).toContain('carol stays down: its last state is "startup_failed"; start it with');
    expect(stderr).toContain('profiles/frank gets no gateway: it has no SOUL.md');
  });

  it('starts no second gateway for a profile that the default one serves, and says which to start', async () => {
    const home = bindMount(profileFiles('coder', '{"desired_state":"running"}'), 10000);
    const container = await booted(['-v', `${home}:/opt/data`, '-e', 'HERMES_GATEWAYS=one']);
    const rowOf = async (profile: string) =>
      byProfile((await gateway(container, 'status')).stdout).get(profile);
    await eventually(async () => {
      expect(await rowOf('default')).toContain(' up ');
    });
    expect(await rowOf('coder')).toBe('coder down the default gateway serves all profiles');
    expect((await gateway(container, 'status', '--strict')).code).toBe(0);
    for (const action of ['start', 'restart']) {
      const { code, stderr } = await gateway(container, action, 'coder');
      expect(code).not.toBe(0);
      expect(stderr).toContain(
        `coder has no gateway of its own to ${action}: the default one serves it`,
      );
      expect(stderr).toContain(`hermes-boot gateway ${action} default`);
    }
    expect(await told(container, 'start', '--all')).toContain('coder    served by the default');
    await down(container, 'coder');

    await told(container, 'stop', 'default');
    await down(container, 'default');
    expect(await rowOf('coder')).toBe(
      'coder down the default gateway, which serves it, is down hermes-boot gateway start default',
    );
    expect((await gateway(container, 'status', 'coder', '--strict')).code).toBe(1);
  });

  it('says which gateway runs beside the default one since that serves all profiles', async () => {
    const home = bindMount(profileFiles('coder', '{"desired_state":"running"}'), 10000);
    const container = await booted(['-v', `${home}:/opt/data`]);
    await running(container, 'coder');
    const text = 'gateway:\n  multiplex_profiles: true\n';
    writeFileSync(join(home, 'config.yaml'), text);
    const { code, stderr } = await gateway(container, 'restart', '--all');
    expect(code).not.toBe(0);
    expect(stderr).toContain('coder runs beside the default gateway, which serves it, too');
    const { stdout } = await gateway(container, 'status');
    expect(byProfile(stdout).get('coder')).toMatch(
      /^coder up pid \d+, \d+ s; the default gateway serves it, too hermes-boot gateway stop coder$/,
    );
    await told(container, 'stop', 'coder');
    await down(container, 'coder');
    expect((await gateway(container, 'restart', '--all')).code).toBe(0);
    await down(container, 'coder');
  });

  it('says in a container without s6 what the next boot would start', async () => {
    const options = [
      '-v',
      `${bindMount(TROUBLED, 10000)}:/opt/data`,
      '--entrypoint',
      'hermes-boot',
    ];
    const { code, stdout } = await run({ options, words: ['gateway', 'status'] });
    expect(code).toBe(0);
    const rows = byProfile(stdout);
    expect(rows.get('alice')).toBe('alice due its wanted state is "running"');
    expect(rows.get('carol')).toBe('carol down its last state is "startup_failed"');
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'No s6 runs here, so no gateway does. The next boot of this home would start 3 of 6 gateways.',
    );
  });
});
