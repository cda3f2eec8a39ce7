import { lstatSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hermesBoot as builtProgram } from '../support/cli.ts';
import { wellFormed } from '../report/xml.ts';
import { directoryWith, hermesBoot } from './cli.ts';

function plan(name: string): string {
  return `version: 1
name: ${name}
home: \${{ inputs.home }}
inputs:
  home: { env: HERMES_HOME, type: path, default: /data }
steps:
  - id: ${name}-first
    uses: file.mode
    with: { path: "\${{ inputs.home }}/.env", mode: "0600" }
  - id: ${name}-second
    uses: directory
    needs: [${name}-first]
    with: { path: "\${{ inputs.home }}/logs" }
`;
}

function place() {
  const cwd = directoryWith({
    'one.yaml': plan('one'),
    'two.yaml': plan('two'),
    'root/data/.env': 'A=1\n',
    'root/run/there': '',
  });
  const call = (...words: string[]) =>
    hermesBoot([...words, '--root', 'root'], { cwd, env: { HERMES_HOME: '/data' } });
  return { cwd, call };
}

interface Document {
  readonly version: number;
  readonly boots: readonly {
    readonly plan: string;
    readonly took: number;
    readonly parts: readonly { readonly part: string; readonly duration: number }[];
    readonly criticalPath: { readonly steps: readonly { readonly step: string }[] };
    readonly slowest: readonly { readonly before: readonly (number | null)[] }[];
    readonly before: readonly string[];
  }[];
}

function parse(json: string): Document {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-return -- the tests below look at all of it
  return JSON.parse(json);
}

describe('analyze', () => {
  test('shows the last boot of each plan, or of one', async () => {
    const { call } = place();
    await call('run', 'one.yaml', 'two.yaml');
    const { code, stdout, stderr } = await call('analyze');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^one: [\d.]+ m?s, 2 changes, done, (just now|\d+ s ago)\n/);
    expect(stdout).toMatch(/\ntwo: [\d.]+ m?s, no change, done, /);
    expect(stdout).toMatch(/\n2 plans: [\d.]+ m?s\n$/);
    const one = await call('analyze', 'two');
    expect(one.stdout).toMatch(/^two: /);
    expect(one.stdout).not.toContain('one-first');
  });

  test('of the program as it is installed has the start of Node in it, and all of its time', async () => {
    const { cwd, call } = place();
    const root = join(cwd, 'root');
    const began = Date.now();
    builtProgram(['run', join(cwd, 'one.yaml'), '--root', root], { HERMES_HOME: '/data' });
    const passed = Date.now() - began;
    const [boot] = parse((await call('analyze', '--json')).stdout).boots;
    expect(boot?.parts.map(({ part }) => part)).toEqual(['start', 'prepare', 'steps', 'receipt']);
    for (const { duration } of boot?.parts ?? []) expect(duration).toBeGreaterThan(0);
    expect(boot?.took).toBeLessThanOrEqual(passed + 1);
    expect(boot?.criticalPath.steps.map(({ step }) => step)).toEqual(['one-first', 'one-second']);
  });

  test('of a boot with changes has what it waited for the lock of the home', async () => {
    const { cwd, call } = place();
    await call('run', 'one.yaml');
    const status = readFileSync(join(cwd, 'root/run/hermes-boot/status.json'), 'utf8');
    expect(status).toMatch(/"timing":\{[^{}]*"lock":\{"began":[\d.]+,"duration":[\d.]+\}/);
    await call('run', 'one.yaml');
    const warm = readFileSync(join(cwd, 'root/run/hermes-boot/status.json'), 'utf8');
    expect(warm).toMatch(/"timing":\{[^{}]*"lock":null/);
  });

  test('has the boots before beside it, those that had nothing to do among them', async () => {
    const { call } = place();
    for (let boot = 0; boot < 8; boot += 1) await call('run', 'one.yaml');
    const document = parse((await call('analyze', 'one', '--json')).stdout);
    expect(document.version).toBe(1);
    const [boot] = document.boots;
    expect(boot?.before.length).toBeGreaterThanOrEqual(4);
    expect([...(boot?.before ?? [])].sort().reverse()).toEqual(boot?.before);
    for (const { before } of boot?.slowest ?? []) {
      expect(before.every((one) => one === null || one >= 0)).toBe(true);
      expect(before).toHaveLength(boot?.before.length ?? 0);
    }
    expect(boot?.slowest[0]?.before.some((one) => one !== null)).toBe(true);
  });

  test('has what the home remembers where the container has no boot', async () => {
    const { cwd, call } = place();
    await call('run', 'one.yaml');
    rmSync(join(cwd, 'root/run'), { recursive: true });
    expect(await call('analyze')).toMatchObject({ code: 0 });
    expect((await call('analyze')).stdout).toMatch(/^one: .*\n(.|\n)*one-first/);
  });

  test('without any boot says so and ends with 1', async () => {
    const { call } = place();
    expect(await call('analyze')).toEqual({
      code: 1,
      stdout: '',
      stderr: `hermes-boot: fatal: no boot is recorded in /run/hermes-boot
hermes-boot: fatal: hermes-boot status --wait waits for the end of a boot
`,
    });
  });

  test('--svg draws to stdout, or to a file in place of a link', async () => {
    const { cwd, call } = place();
    await call('run', 'one.yaml', 'two.yaml');
    const { code, stdout } = await call('analyze', '--svg');
    expect(code).toBe(0);
    expect(wellFormed(stdout)).toBe('');
    expect(stdout).toContain('one-second');
    symlinkSync('one.yaml', join(cwd, 'boot.svg'));
    expect(await call('analyze', '--svg=boot.svg')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(lstatSync(join(cwd, 'boot.svg')).isFile()).toBe(true);
    expect(wellFormed(readFileSync(join(cwd, 'boot.svg'), 'utf8'))).toBe('');
    expect(readFileSync(join(cwd, 'one.yaml'), 'utf8')).toBe(plan('one'));
  });

  test('--top names so many of the slowest steps', async () => {
    const { call } = place();
    await call('run', 'one.yaml');
    const [boot] = parse((await call('analyze', '--json', '--top', '1')).stdout).boots;
    expect(boot?.slowest).toHaveLength(1);
  });

  test.each([
    [['--top', '0'], '--top is "0"; wanted a number of steps'],
    [['--json', '--svg'], '--json and --svg both go to stdout'],
    [['--svg', 'boot.svg'], 'boot.svg is not a plan\nhermes-boot: fatal: write --svg=boot.svg'],
    [['--svgg'], "unknown option '--svgg'; did you mean --svg?"],
  ])('refuses %j', async (words, why) => {
    const { code, stderr } = await place().call('analyze', ...words);
    expect(code).toBe(64);
    expect(stderr).toContain(`hermes-boot: fatal: ${why}\n`);
  });
});
