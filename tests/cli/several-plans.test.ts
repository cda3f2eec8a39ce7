import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bootedPlans } from '../../src/cli/booted-plans.ts';
import { readPlans } from '../../src/cli/read-plan.ts';
import { Redactor } from '../../src/report/redact.ts';
import { RealSystem } from '../../src/system/real/real.ts';
import { directoryWith, hermesBoot } from './cli.ts';

const D = 'root/etc/hermes-boot/plan.d';

/** A plan that makes a directory in the one of the plan before it. */
function planOf(name: string, path: string): string {
  return `version: 1
name: ${name}
steps:
  - id: ${name}
    uses: directory
    with: { path: ${path} }
`;
}

const FILES = {
  'one.yaml': planOf('one', '/data/one'),
  'two.yaml': planOf('two', '/data/one/two'),
  'three.yaml': planOf('three', '/data/one/two/three'),
  'root/data/here': '',
  'root/run/there': '',
};

const NAMES = ['one.yaml', 'two.yaml', 'three.yaml'];

function world(files: Readonly<Record<string, string>> = {}) {
  const cwd = directoryWith({ ...FILES, ...files });
  return {
    cwd,
    call: (command: string, ...words: string[]) =>
      hermesBoot([command, ...words, '--root', 'root'], { cwd }),
    made: (path: string) => existsSync(join(cwd, 'root', path)),
    status: (): unknown =>
      JSON.parse(readFileSync(join(cwd, 'root/run/hermes-boot/status.json'), 'utf8')),
  };
}

describe('run with several plans', () => {
  test('boots one after the other, each as if it were the only one', async () => {
    const { call, made } = world();
    const { code, stderr } = await call('run', ...NAMES);
    expect(code).toBe(0);
    expect(stderr.match(/^hermes-boot: info: \w+: done/gm)).toEqual(
      ['one', 'two', 'three'].map((name) => `hermes-boot: info: ${name}: done`),
    );
    expect(made('/data/one/two/three')).toBe(true);
  });

  test('gives a later plan the variable that an earlier one exports', async () => {
    const { call, made } = world({
      'one.yaml': `version: 1
name: one
steps:
  - { id: export, uses: env.export, with: { name: PLACE, value: /data/exported } }
`,
      'two.yaml': `version: 1
name: two
inputs:
  place: { env: PLACE, type: path, default: /data/default }
steps:
  - { id: place, uses: directory, with: { path: '\${{ inputs.place }}' } }
`,
    });
    expect((await call('run', 'one.yaml', 'two.yaml')).code).toBe(0);
    expect([made('/data/exported'), made('/data/default')]).toEqual([true, false]);
  });

  test('runs none where a fragment of the last has a mistake, and its receipt has the place', async () => {
    const fragment = 'version: 1\nextends: three\nsteps:\n  - { id: thre, off: true }\n';
    const { call, made, status } = world({ [`${D}/50.yaml`]: fragment });
    const { code, stdout, stderr } = await call('run', ...NAMES);
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
    expect(stderr).toMatch(/50\.yaml:4:11 {2}step thre: no step "thre" to\s+change/);
    expect(stderr).toMatch(/1 mistake in \S+50\.yaml\. Nothing was run\.\n$/);
    expect(made('/data/one')).toBe(false);
    expect(status()).toMatchObject({
      result: 'stopped',
      boots: [
        {
          plan: 'three',
          result: 'stopped',
          changes: 0,
          reasons: [{ about: 'thre', text: `${D}/50.yaml:4:11: no step "thre" to change` }],
        },
      ],
    });
  });

  test('runs none where the last has no file', async () => {
    const { call, made } = world();
    const { code, stderr } = await call('run', 'one.yaml', 'nope');
    expect(code).toBe(66);
    expect(stderr).toContain('no plan nope in ');
    expect(made('/data/one')).toBe(false);
  });

  test('runs none where an input of the last is not valid', async () => {
    const input = 'inputs:\n  where: { env: WHERE, type: path, default: /data }\nsteps:';
    const { cwd, made } = world({
      'three.yaml': FILES['three.yaml'].replace('steps:', input),
    });
    const words = ['run', ...NAMES, '--root', 'root'];
    const { code, stderr } = await hermesBoot(words, { cwd, env: { WHERE: 'here' } });
    expect(code).toBe(78);
    expect(stderr).toContain('WHERE is "here"; wanted an absolute path');
    const why = 'all plans are checked before the first change';
    expect(stderr).toContain(`fatal: one.yaml, two.yaml not run: ${why}\n`);
    expect(made('/data/one')).toBe(false);
  });

  test('shows a mistake that two of them share once', async () => {
    const { call } = world({ [`${D}/50.yaml`]: 'version: 1\nextends: three\nstep: []\n' });
    const { stderr } = await call('run', ...NAMES);
    expect(stderr.match(/unknown key/g)).toHaveLength(1);
  });

  test('runs none after one that stops the boot, and says so', async () => {
    const guard = planOf('one', '').replace(
      /uses: [^]*/,
      'uses: user-guard\n    with: { account: me }\n',
    );
    const { call, made } = world({ 'one.yaml': guard });
    const { code, stderr } = await call('run', ...NAMES);
    expect(code).toBe(1);
    expect(stderr).toContain('fatal: two.yaml, three.yaml not run: the boot was stopped before\n');
    expect(made('/data/one')).toBe(false);
  });
});

describe('plan and verify with several plans', () => {
  test('plan each in the world that those before it would leave', async () => {
    const { call, made } = world();
    const { code, stdout, stderr } = await call('plan', ...NAMES);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.match(/^ {4}\/data.*new directory/gm)).toHaveLength(3);
    expect(stdout).toMatch(
      /\n\n3 plans: 3 of 3 steps would act, 3 changes\. Nothing is blocked\.\n$/,
    );
    expect(made('/data/one')).toBe(false);
  });

  test('count as drift what any of them would change', async () => {
    const { call } = world();
    expect((await call('verify', ...NAMES)).code).toBe(2);
    await call('run', 'one.yaml', 'two.yaml');
    expect((await call('verify', 'one.yaml', 'two.yaml')).code).toBe(0);
    expect((await call('verify', ...NAMES)).code).toBe(2);
  });

  test('say which are not reached, and print one JSON document', async () => {
    const { call } = world({ 'two.yaml': planOf('two', '/data/here') });
    const { code, stdout } = await call('plan', ...NAMES);
    expect(code).toBe(1);
    expect(stdout).toContain('! three would not be run: two stops the boot\n');
    expect(stdout).toMatch(/3 plans: 1 of 2 steps would act, 1 change\. 1 step fails\.\n$/);
    const json = await call('plan', ...NAMES, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      version: 1,
      converged: false,
      plans: [{ plan: 'one', version: 1 }, { plan: 'two' }],
      unreached: ['three'],
    });
  });
});

describe('without a name', () => {
  const SCRIPTS = {
    'root/etc/cont-init.d/01-first': '#!/bin/sh\nboot "$(home_plan)"\n',
    'root/etc/cont-init.d/02-other': '#!/bin/sh\necho boot two\n',
    'root/etc/cont-init.d/10-program': 'x'.repeat(100_000),
    'root/etc/cont-init.d/20-last': '#!/bin/sh\nboot two-more\n',
  };

  test('the plans are those that the scripts of the image boot, in their order', () => {
    const { cwd } = world(SCRIPTS);
    const system = new RealSystem(join(cwd, 'root'));
    expect(bootedPlans(system, {})).toEqual(['stage2', 'two-more']);
    expect(bootedPlans(system, { HERMES_BOOT_PLAN: 'mine' })).toEqual(['mine', 'two-more']);
  });

  test('the plans of this image are its three, as its scripts have them', () => {
    const scripts = ['01-hermes-setup', '015-supervise-perms', '02-reconcile-profiles'];
    const files = new Map(
      scripts.map((name) => [
        `root/etc/cont-init.d/${name}`,
        readFileSync(new URL(`../../docker/cont-init.d/${name}`, import.meta.url), 'utf8'),
      ]),
    );
    const { cwd } = world(Object.fromEntries(files));
    expect(bootedPlans(new RealSystem(join(cwd, 'root')), {})).toEqual([
      'stage2',
      'supervise-perms',
      'reconcile-profiles',
    ]);
  });

  test('and without an image the plan is the one of HERMES_BOOT_PLAN, or stage2', async () => {
    const { cwd } = world();
    const system = new RealSystem(join(cwd, 'root'));
    expect(bootedPlans(system, {})).toEqual(['stage2']);
    expect(bootedPlans(system, { HERMES_BOOT_PLAN: './two.yaml' })).toEqual(['./two.yaml']);
    const env = { HERMES_BOOT_PLAN: 'one.yaml' };
    const { stdout } = await hermesBoot(['plan', '--root', 'root'], { cwd, env });
    expect(stdout).toMatch(/^one: 1 of 1 step would act/);
  });
});

test('validate reads several plans, and says for each that it has no mistakes', async () => {
  const { cwd } = world();
  writeFileSync(join(cwd, 'bad.yaml'), FILES['one.yaml'].replace('path', 'paht'));
  const { code, stdout } = await hermesBoot(['validate', ...NAMES], { cwd });
  expect({ code, lines: stdout.match(/no mistakes/g)?.length }).toEqual({ code: 0, lines: 3 });
  const wrong = await hermesBoot(['validate', ...NAMES, 'bad.yaml'], { cwd });
  expect(wrong).toMatchObject({ code: 78, stdout: '' });
});

test('validate without a name also reads the plans that only a fragment changes', async () => {
  const output = { isTTY: false, write: () => undefined };
  const { signal } = new AbortController();
  const io = { stdout: output, stderr: output, env: {}, cwd: '/', signal };
  const text = 'version: 1\nextends: reconcile-profiles\nsteps:\n  - { id: none, off: true }\n';
  const read = readPlans(
    { io, redactor: new Redactor() },
    {
      named: ['stage2'],
      fragments: () => [{ file: '50.yaml', text }],
      also: 'changed',
      warnings: 'refuse',
    },
  );
  await expect(read).rejects.toMatchObject({
    exit: 'config',
    plans: [{ named: 'reconcile-profiles', diagnostics: [{ at: { file: '50.yaml', line: 4 } }] }],
  });
});
