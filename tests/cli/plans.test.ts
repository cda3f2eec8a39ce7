import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { directoryWith, hermesBoot } from './cli.ts';

const PLAN = `version: 1
name: small
description: Keep one file.
steps:
  - id: env
    uses: file.mode
    with: { path: /data/.env, mode: "0600" }
`;

describe('a plan or a root that does not exist ends with 66', () => {
  test('a name like that of a packaged plan gets a suggestion', async () => {
    const { code, stderr } = await hermesBoot(['validate', 'stage3']);
    expect(code).toBe(66);
    expect(stderr).toMatch(/^hermes-boot: fatal: no plan stage3 in .*; did you mean stage2\?\n$/);
  });

  test('a path is shown as it was given', async () => {
    const outcome = await hermesBoot(['plan', './none.yaml'], { cwd: directoryWith({}) });
    const stderr = 'hermes-boot: fatal: no plan file none.yaml\n';
    expect(outcome).toEqual({ code: 66, stdout: '', stderr });
  });

  test('a directory is not a plan', async () => {
    const cwd = directoryWith({});
    mkdirSync(join(cwd, 'plan.yaml'));
    const { code, stderr } = await hermesBoot(['plan', 'plan.yaml'], { cwd });
    expect({ code, stderr }).toEqual({
      code: 66,
      stderr: 'hermes-boot: fatal: plan.yaml is a directory, not a plan file\n',
    });
  });

  test('a root has to be a directory', async () => {
    const cwd = directoryWith({ 'plan.yaml': PLAN });
    for (const [root, what] of [
      ['none', 'no root directory none'],
      ['plan.yaml', 'the root plan.yaml is not a directory'],
    ] as const) {
      const { code, stderr } = await hermesBoot(['run', 'plan.yaml', '--root', root], { cwd });
      expect({ code, stderr }).toEqual({ code: 66, stderr: `hermes-boot: fatal: ${what}\n` });
    }
  });
});

describe('validate', () => {
  test('finds no mistake in the packaged plan', async () => {
    const { code, stdout, stderr } = await hermesBoot(['validate']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/stage2\.yaml: no mistakes \(\d+ steps, \d+ inputs\)\.\n$/);
  });

  test.each(['stage2', 'supervise-perms', 'reconcile-profiles', 'unprivileged'])(
    'finds nothing to warn of in %s, so that an image can ask for --strict',
    async (name) => {
      const { code, stderr } = await hermesBoot(['validate', '--strict', name]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    },
  );

  test('shows the mistakes on stderr, without a stack, and ends with 78', async () => {
    const cwd = directoryWith({ 'plan.yaml': PLAN.replace('file.mode', 'file.mod') });
    const { code, stdout, stderr } = await hermesBoot(['validate', 'plan.yaml'], { cwd });
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
    expect(stderr).toMatch(/^plan\.yaml:6:11 /);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test('refuses what is not UTF-8', async () => {
    const cwd = directoryWith({});
    const path = join(cwd, 'plan.yaml');
    writeFileSync(path, Buffer.from([0x61, 0xff]));
    const { code, stderr } = await hermesBoot(['validate', path], { cwd });
    expect({ code, stderr }).toEqual({
      code: 78,
      stderr: 'hermes-boot: fatal: plan.yaml is not UTF-8 text\n',
    });
  });
});
