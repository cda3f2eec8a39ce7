import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Interruption, exitOfReport } from '../../src/cli/exit.ts';
import { main } from '../../src/cli/main.ts';
import { Problem } from '../../src/errors/problem.ts';
import { record, reportOf, step } from '../report/sample.ts';
import { directoryWith, hermesBoot } from './cli.ts';

const PLAN = `version: 1
name: small
description: Keep one file.
inputs:
  home: { env: DATA, type: path, default: /data }
  uid: { env: [APP_UID, PUID], type: id }
  key: { env: KEY, type: string, secret: true }
steps:
  - id: env
    uses: file.mode
    why: It holds the keys.
    with: { path: "\${{ inputs.home }}/.env", mode: "0600" }
`;

function world(plan = PLAN): { cwd: string; argv: readonly string[]; mode: () => number } {
  const cwd = directoryWith({ 'plan.yaml': plan, 'root/data/.env': 'KEY=x\n' });
  return {
    cwd,
    argv: ['plan.yaml', '--root', 'root'],
    mode: () => statSync(join(cwd, 'root/data/.env')).mode & 0o7777,
  };
}

describe('plan', () => {
  test('shows the changes and makes none', async () => {
    const { cwd, argv, mode } = world();
    const { code, stdout, stderr } = await hermesBoot(['plan', ...argv], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      `small: 1 of 1 step would act, 1 change. Nothing is blocked.

~ env  file.mode                                                     plan.yaml:9
    /data/.env  mode 0644 -> 0600

~ would change something
`,
    );
    expect(mode()).toBe(0o644);
  });

  test('ends with 2 for changes when it is asked to', async () => {
    const { cwd, argv } = world();
    expect((await hermesBoot(['plan', ...argv, '--detailed-exitcode'], { cwd })).code).toBe(2);
  });

  test('prints one JSON document for programs', async () => {
    const { cwd, argv } = world();
    const { stdout } = await hermesBoot(['plan', ...argv, '--json'], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      plan: 'small',
      converged: false,
      steps: [
        {
          id: 'env',
          uses: 'file.mode',
          status: 'changes',
          why: 'It holds the keys.',
          changes: [
            { kind: 'mode', path: '/data/.env', from: '0644', to: '0600', recursive: false },
          ],
        },
      ],
    });
  });

  test('prints no secret, declared or refused', async () => {
    const { cwd, argv } = world();
    const env = { KEY: 'hunter2hunter2' };
    for (const option of ['--explain', '--json']) {
      const { stdout } = await hermesBoot(['plan', ...argv, option], { cwd, env });
      expect(stdout).toContain('***');
      expect(stdout).not.toContain('hunter2');
    }
  });
});

describe('run and verify', () => {
  test('after a run there is no drift, and a second run has nothing to do', async () => {
    const { cwd, argv, mode } = world();
    expect((await hermesBoot(['verify', ...argv], { cwd })).code).toBe(2);
    const first = await hermesBoot(['run', ...argv], { cwd });
    expect({ code: first.code, stdout: first.stdout }).toEqual({ code: 0, stdout: '' });
    expect(first.stderr).toMatch(
      /^hermes-boot: info: small: 1 step, home \/data\nhermes-boot: info: env: \/data\/\.env mode 0644 -> 0600\nhermes-boot: info: small: done, 1 change in .*\n$/,
    );
    expect(mode()).toBe(0o600);
    expect((await hermesBoot(['verify', ...argv], { cwd })).code).toBe(0);
    expect((await hermesBoot(['run', ...argv], { cwd })).stderr).toMatch(
      /^hermes-boot: info: small: nothing to do \(1 step, .*\)\n$/,
    );
  });

  test('run --json prints one JSON event per line and nothing on stderr', async () => {
    const { cwd, argv } = world();
    const { stdout, stderr } = await hermesBoot(['run', ...argv, '--json'], { cwd });
    const types = stdout.trimEnd().split('\n');
    expect(types.map((line) => /"type":"([a-z-]+)"/.exec(line)?.[1])).toEqual([
      'boot-started',
      'step-started',
      'change-made',
      'step-finished',
      'boot-finished',
    ]);
    expect(stderr).toBe('');
  });

  test('a refused input degrades the boot, which --strict makes a failure', async () => {
    const { cwd, argv } = world();
    const env = { PUID: 'abc' };
    const degraded = await hermesBoot(['run', ...argv], { cwd, env });
    expect(degraded.code).toBe(0);
    expect(degraded.stderr).toContain(
      'hermes-boot: warn: uid: PUID="abc" refused, wanted a number from 1 to 65534; not applied\n',
    );
    expect((await hermesBoot(['run', ...argv, '--strict'], { cwd, env })).code).toBe(1);
  });

  test('a step that fails stops the boot with 1', async () => {
    const { cwd, argv } = world(PLAN.replace('/.env', ''));
    const { code, stderr } = await hermesBoot(['run', ...argv], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain(
      'hermes-boot: fatal: cannot use /data: it is a directory, and a file belongs there',
    );
    expect(stderr).toContain('hermes-boot: fatal: small: stopped at env, no change in');
  });

  test('a refused input without a default ends with 78', async () => {
    const { cwd, argv } = world();
    const { code, stderr } = await hermesBoot(['run', ...argv], { cwd, env: { DATA: 'here' } });
    expect(code).toBe(78);
    expect(stderr).toContain('hermes-boot: fatal: DATA is "here"; wanted an absolute path');
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('a boot that %s stops ends with %d', async (name, code) => {
    const { cwd, argv, mode } = world();
    const signal = AbortSignal.abort(new Interruption(name));
    expect((await hermesBoot(['run', ...argv], { cwd, signal })).code).toBe(code);
    expect((await hermesBoot(['plan', ...argv], { cwd, signal })).code).toBe(code);
    expect(mode()).toBe(0o644);
  });
});

test.each([
  ['failed', 1],
  ['not-permitted', 77],
  ['timeout', 75],
] as const)('a boot that stops since a step is %s ends with %d', (code, exit) => {
  const stoppedBy = record(step('a', 'directory'), {
    status: 'failed',
    problem: new Problem({ code, found: 'something' }),
  });
  const report = reportOf([stoppedBy], { status: 'stopped', stoppedBy });
  const names = { 1: 'stopped', 77: 'notPermitted', 75: 'timeout' } as const;
  expect(exitOfReport(report, { strict: false, drift: true })).toBe(names[exit]);
});

test('a bug of ours ends with 70 and shows its stack', async () => {
  let stderr = '';
  const broken = new Error('a bug for this test');
  const code = await main(['--version'], {
    stdout: {
      isTTY: false,
      write: () => {
        throw broken;
      },
    },
    stderr: {
      isTTY: false,
      write: (text) => {
        stderr += text;
      },
    },
    env: {},
    cwd: '/',
    signal: new AbortController().signal,
  });
  expect(code).toBe(70);
  expect(stderr).toMatch(
    /please report it with the following lines\nhermes-boot: fatal: Error: a bug for/,
  );
  expect(stderr).toMatch(/^hermes-boot: fatal: {5}at /m);
});
