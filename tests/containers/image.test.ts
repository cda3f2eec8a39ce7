import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { describeInContainers, run } from './support/container.ts';
import { mustDo } from './support/engine.ts';
import { buildChanged } from './support/images.ts';

const BROKEN = 'version: 1\nname: broken\nsteps:\n  - id: one\n    uses: no.such.step\n';

describeInContainers('the image', () => {
  it('hands everything to the entry point, which becomes /init, and has no command of its own', async () => {
    const image = inject('image');
    const config = await mustDo('image', 'inspect', '-f', '{{json .Config}}', image);
    expect(JSON.parse(config)).toMatchObject({
      Entrypoint: ['/opt/hermes/docker/entrypoint-dispatch.sh'],
      WorkingDir: '/',
      Volumes: { '/opt/data': {} },
      Labels: { 'org.opencontainers.image.licenses': 'MIT' },
    });
    expect(JSON.parse(config)).not.toMatchObject({ Cmd: [expect.anything()] });
  });

  it('carries the install stamp beside the code', async () => {
    const words = ['/opt/hermes/.install_method'];
    expect(await run({ options: ['--entrypoint', 'cat'], words })).toMatchObject({
      stdout: 'docker',
    });
  });

  it('leaves hermes nothing to write to but the home and the trees of the agent', async () => {
    const find = ['/', '-xdev', '-user', 'hermes', '-prune', '-print'];
    const { stdout } = await run({ options: ['--entrypoint', 'find'], words: find });
    const trees = ['.venv', 'gateway', 'node_modules', 'ui-tui'];
    expect(stdout.split('\n').sort()).toEqual([
      '/opt/data',
      ...trees.map((name) => `/opt/hermes/${name}`),
    ]);
  });

  it('has the home for hermes', async () => {
    const words = ['-c', '%U:%G %a', '/opt/data'];
    expect(await run({ options: ['--entrypoint', 'stat'], words })).toMatchObject({
      stdout: 'hermes:hermes 755',
    });
  });

  it('does not build with a plan that is not valid', async () => {
    const { code, stdout, stderr } = await buildChanged((directory) => {
      writeFileSync(join(directory, 'plans/broken.yaml'), BROKEN);
    });
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain('no.such.step');
  });

  it('does not build without a script that it wires', async () => {
    const { code } = await buildChanged((directory) => {
      rmSync(join(directory, 'docker/main-wrapper.sh'));
    });
    expect(code).not.toBe(0);
  });
});
