import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { shorten } from '../../src/cli/read-plan.ts';
import { CLI } from '../support/cli.ts';
import { directoryWith, hermesBoot } from './cli.ts';

const PLAN = `version: 1
name: small
steps:
  - { id: one, uses: directory, with: { path: /data } }
`;

/** The second relies on the first, and does not say so. */
const UNORDERED = `${PLAN}  - { id: two, uses: file.mode, with: { path: /data, mode: '0755' } }
  - { id: three, uses: owner.paths, with: { base: /, owner: '0:0', trees: [data] } }
`;

describe('the command line', () => {
  test('with an empty --root is wrong, and does not take the working directory', async () => {
    const cwd = directoryWith({ 'plan.yaml': PLAN, 'run/there': '' });
    for (const argv of [['run', 'plan.yaml'], ['run'], ['plan', 'plan.yaml'], ['status']]) {
      const { code, stderr } = await hermesBoot([...argv, '--root', ''], { cwd });
      expect({ argv, code }).toEqual({ argv, code: 64 });
      expect(stderr).toBe('hermes-boot: fatal: --root is empty; wanted a directory\n');
    }
    expect(existsSync(join(cwd, 'data'))).toBe(false);
    expect(existsSync(join(cwd, 'run/hermes-boot'))).toBe(false);
  });

  test('help CMD prints the help of a command, and help that of all', async () => {
    expect(await hermesBoot(['help', 'run'])).toEqual(await hermesBoot(['run', '--help']));
    expect(await hermesBoot(['help'])).toEqual(await hermesBoot(['--help']));
    expect((await hermesBoot(['help', 'rnu'])).code).toBe(64);
  });

  test('run --dry-run says which command that is', async () => {
    const { code, stderr } = await hermesBoot(['run', '--dry-run']);
    expect(code).toBe(64);
    expect(stderr).toContain("unknown option '--dry-run'");
    const says = 'hermes-boot plan shows what run would change, and changes nothing';
    expect(stderr).toContain(`hermes-boot: fatal: ${says}\n`);
  });

  test('validate --strict ends with the code that its help names', async () => {
    const cwd = directoryWith({ 'plan.yaml': UNORDERED });
    const { stdout } = await hermesBoot(['validate', '--help']);
    const code = Number(/--strict\s+[^]*?exit with\s+(\d+)/.exec(stdout)?.[1]);
    expect((await hermesBoot(['validate', 'plan.yaml', '--strict'], { cwd })).code).toBe(code);
    expect((await hermesBoot(['validate', 'plan.yaml'], { cwd })).code).toBe(0);
  });
});

test('plan, verify and run say in a line what validate warns of', async () => {
  const cwd = directoryWith({ 'plan.yaml': UNORDERED, 'root/data/x': '' });
  for (const command of ['plan', 'verify', 'run']) {
    const { stderr } = await hermesBoot([command, 'plan.yaml', '--root', 'root'], { cwd });
    expect(stderr).toMatch(
      /^hermes-boot: warn: plan\.yaml:5: missing needs between one and two: .*$/m,
    );
  }
});

test('a plan of a later version is told from one that is wrong', async () => {
  const cwd = directoryWith({ 'plan.yaml': PLAN.replace('version: 1', 'version: 2') });
  const { code, stderr } = await hermesBoot(['validate', 'plan.yaml'], { cwd });
  expect(code).toBe(78);
  expect(stderr).toMatch(/found the number 2, and hermes-boot \d\S+ reads version 1/);
  expect(stderr).toContain('a later release of hermes-boot reads version 2');
});

test('paths keep their slash where the working directory is /', () => {
  expect(shorten('/etc/hermes-boot/plan.d/50.yaml', '/')).toBe('/etc/hermes-boot/plan.d/50.yaml');
  expect(shorten('/srv/plans/a.yaml', '/srv')).toBe('plans/a.yaml');
});

test('standard output that is full is said, and no reason to lose the exit code', () => {
  const cwd = directoryWith({ 'plan.yaml': PLAN, 'root/data/x': '' });
  const words = [CLI, 'plan', 'plan.yaml', '--root', 'root'];
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(process.execPath, words, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', full, 'pipe'],
  });
  closeSync(full);
  expect({ status, stderr }).toEqual({
    status: 74,
    stderr: 'hermes-boot: fatal: standard output cannot be written (ENOSPC)\n',
  });
});

test('of two keys of which one is missing, both are named in one mistake', async () => {
  const text = PLAN.replace('directory, with: { path: /data }', 'file.seed, with: { path: /a }');
  const cwd = directoryWith({ 'plan.yaml': text });
  const { code, stderr } = await hermesBoot(['validate', 'plan.yaml'], { cwd });
  expect(code).toBe(78);
  expect(stderr).toContain('step one: missing "from" or "content"');
  expect(stderr).toContain('1 mistake in plan.yaml.');
});
