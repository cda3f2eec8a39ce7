import { existsSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Interruption } from '../../src/cli/exit.ts';
import { directoryWith, hermesBoot } from './cli.ts';

function plan(name: string, path = '/data/.env'): string {
  return `version: 1
name: ${name}
inputs:
  key: { env: KEY, type: string, secret: true }
steps:
  - id: ${name}-env
    uses: file.mode
    with: { path: "${path}", mode: "0600" }
`;
}

const BOTH = ['one.yaml', 'two.yaml'];

/** A directory with two plans and a root, and a way to boot there with metrics. */
function place(files: Readonly<Record<string, string>> = {}) {
  const cwd = directoryWith({
    'one.yaml': plan('one'),
    'two.yaml': plan('two'),
    'root/data/.env': 'A=1\n',
    'root/metrics/there': '',
    'root/run/there': '',
    ...files,
  });
  const boot = (
    plans: readonly string[],
    { path = '/metrics/boot.prom', env = {}, signal = new AbortController().signal } = {},
  ) =>
    hermesBoot(['run', ...plans, '--root', 'root'], {
      cwd,
      env: { ...env, HERMES_BOOT_METRICS: path },
      signal,
    });
  const metrics = (file = 'boot.prom') => readFileSync(join(cwd, 'root/metrics', file), 'utf8');
  return { cwd, boot, metrics };
}

/** The results that metrics say, by plan. */
function resultsIn(text: string): Record<string, string> {
  const found = text.matchAll(/^hermes_boot_result\{plan="(.*)",result="(.*)"\} 1$/gm);
  return Object.fromEntries([...found].map(([, name = '', result = '']) => [name, result]));
}

describe('HERMES_BOOT_METRICS', () => {
  test('gets the figures of a boot, which everybody may read', async () => {
    const { cwd, boot, metrics } = place();
    expect(await boot(['one.yaml'])).toMatchObject({ code: 0 });
    expect(resultsIn(metrics())).toEqual({ one: 'done' });
    expect(metrics()).toContain('hermes_boot_changes{plan="one"} 1\n');
    expect(metrics()).toMatch(/^hermes_boot_step_seconds\{plan="one",step="one-env"\} 0\.\d+$/m);
    expect(metrics()).toMatch(/\n# EOF\n$/);
    expect(statSync(join(cwd, 'root/metrics/boot.prom')).mode & 0o777).toBe(0o644);
  });

  test('names a directory, too, which gets a file that node_exporter reads', async () => {
    const { boot, metrics } = place();
    await boot(['one.yaml'], { path: '/metrics' });
    expect(resultsIn(metrics('hermes-boot.prom'))).toEqual({ one: 'done' });
  });

  test('has the figures of all plans of a start, whether one run boots them or several', async () => {
    const { boot, metrics } = place();
    await boot(BOTH);
    expect(resultsIn(metrics())).toEqual({ one: 'done', two: 'done' });
    await boot(['two.yaml']);
    expect(resultsIn(metrics())).toEqual({ one: 'done', two: 'done' });
  });

  test('has the figures of all plans of a run in a world that keeps no status', async () => {
    const { cwd, boot, metrics } = place();
    const bare = directoryWith({ 'root/metrics/there': '', 'root/data/.env': '' });
    const { code } = await hermesBoot(['run', ...BOTH, '--root', join(bare, 'root')], {
      cwd,
      env: { HERMES_BOOT_METRICS: '/metrics/boot.prom' },
    });
    expect(code).toBe(0);
    expect(existsSync(join(bare, 'root/run'))).toBe(false);
    const text = readFileSync(join(bare, 'root/metrics/boot.prom'), 'utf8');
    expect(resultsIn(text)).toEqual({ one: 'done', two: 'done' });
    await boot(['one.yaml']);
    expect(resultsIn(metrics())).toEqual({ one: 'done' });
  });

  test('gets the figures of a boot that failed, was interrupted, or has a plan with mistakes', async () => {
    const { boot, metrics } = place({
      'bad.yaml': plan('bad', '/data'),
      'wrong.yaml': 'steps: []\n',
    });
    expect((await boot(['bad.yaml'])).code).toBe(1);
    expect(resultsIn(metrics())).toEqual({ bad: 'stopped' });
    const signal = AbortSignal.abort(new Interruption('SIGTERM'));
    expect((await boot(['two.yaml'], { signal })).code).toBe(143);
    expect(resultsIn(metrics())).toEqual({ bad: 'stopped', two: 'interrupted' });
    expect((await boot(['wrong.yaml'])).code).toBe(78);
    expect(resultsIn(metrics())).toEqual({ bad: 'stopped', two: 'interrupted', wrong: 'stopped' });
  });

  test('takes the place of a link, and never follows it', async () => {
    const { cwd, boot, metrics } = place({ 'root/etc/precious': 'keep\n' });
    symlinkSync('../etc/precious', join(cwd, 'root/metrics/boot.prom'));
    expect(await boot(['one.yaml'])).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, 'root/etc/precious'), 'utf8')).toBe('keep\n');
    expect(lstatSync(join(cwd, 'root/metrics/boot.prom')).isFile()).toBe(true);
    expect(resultsIn(metrics())).toEqual({ one: 'done' });
  });

  test.each([
    ['/no/such/boot.prom', 'ENOENT'],
    ['boot.prom', 'wanted the path of a directory that exists'],
    ['/data/.env', 'or of a file whose name ends with .prom'],
    ['/metrics/taken.prom', 'is a directory'],
  ])('%s costs one warning, and the boot goes well', async (path, why) => {
    const { cwd, boot } = place();
    mkdirSync(join(cwd, 'root/metrics/taken.prom'));
    const { code, stderr } = await boot(['one.yaml'], { path });
    expect(code).toBe(0);
    const warnings = stderr.split('\n').filter((line) => line.includes(': warn: '));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('hermes-boot: warn: metrics: not written: ');
    expect(warnings[0]).toContain(why);
    expect(readFileSync(join(cwd, 'root/data/.env'), 'utf8')).toBe('A=1\n');
  });

  test('is read where s6 keeps the variables of the container', async () => {
    const { cwd, boot, metrics } = place({
      'root/run/s6/container_environment/HERMES_BOOT_METRICS': '/metrics/of-s6.prom',
    });
    await boot(['one.yaml'], { path: '' });
    expect(resultsIn(metrics('of-s6.prom'))).toEqual({ one: 'done' });
    expect(existsSync(join(cwd, 'root/metrics/boot.prom'))).toBe(false);
  });

  test('shows no secret, also where its own path has one', async () => {
    const { boot, metrics } = place();
    const { stderr } = await boot(['one.yaml'], {
      path: '/canary-4711/boot.prom',
      env: { KEY: 'canary-4711' },
    });
    expect(stderr).toContain('metrics: not written');
    expect(stderr).not.toContain('canary-4711');
    await boot(['one.yaml'], { env: { KEY: 'canary-4711' } });
    expect(metrics()).not.toContain('canary-4711');
  });
});
