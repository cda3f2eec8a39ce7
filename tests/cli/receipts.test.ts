import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Interruption } from '../../src/cli/exit.ts';
import { directoryWith, hermesBoot } from './cli.ts';

const PLAN = `version: 1
name: small
home: \${{ inputs.home }}
inputs:
  home: { env: HERMES_HOME, type: path, default: /data }
  uid: { env: [APP_UID, PUID], type: id }
  key: { env: KEY, type: string, secret: true }
steps:
  - id: env
    uses: file.mode
    with: { path: "\${{ inputs.home }}/.env", mode: "0600" }
`;

/** What cannot be done. */
const BROKEN = PLAN.replace('/.env', '');

const AT = ['--root', 'root'];

const HISTORY = 'root/data/.hermes-boot/history.jsonl';

/** A directory with a plan and a root, and a way to call the program there. */
function place(plan = PLAN, files: Readonly<Record<string, string>> = {}) {
  const cwd = directoryWith({
    'plan.yaml': plan,
    'root/data/.env': 'A=1\n',
    'root/run/there': '',
    ...files,
  });
  const env = { HERMES_HOME: '/data' };
  return {
    cwd,
    boot: (more = {}, ...flags: string[]) =>
      hermesBoot(['run', 'plan.yaml', ...AT, ...flags], { cwd, env: { ...env, ...more } }),
    status: (...words: string[]) => hermesBoot(['status', ...words, ...AT], { cwd, env }),
    history: (...words: string[]) => hermesBoot(['history', ...words, ...AT], { cwd, env }),
  };
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8').trimEnd().split('\n');
}

describe('status', () => {
  test('is 0 and one line after a boot that went well', async () => {
    const { boot, status } = place();
    await boot();
    const { code, stdout, stderr } = await status();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^done: small booted (just now|\d+ s ago), 1 change in [\d.]+ m?s\n$/);
    expect(await status('small')).toMatchObject({ code: 0 });
  });

  test('is 1 where no boot of the container, or of the plan, is recorded', async () => {
    const { boot, status } = place();
    expect(await status()).toMatchObject({
      code: 1,
      stdout: 'unknown: no boot is recorded in /run/hermes-boot\n',
    });
    await boot();
    expect(await status('other')).toMatchObject({
      code: 1,
      stdout: 'unknown: no boot of other is recorded; recorded: small\n',
    });
  });

  test('without a boot of this container has what the home remembers of earlier ones', async () => {
    const { cwd, boot, status } = place();
    await boot();
    rmSync(join(cwd, 'root/run'), { recursive: true });
    mkdirSync(join(cwd, 'root/run'));
    const { code, stdout } = await status();
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^unknown: no boot is recorded in \/run\/hermes-boot\n {2}before: small ended done just now, 1 change in \S+ m?s\n$/,
    );
    expect(JSON.parse((await status('--json')).stdout)).toMatchObject({
      result: 'unknown',
      boots: [],
      before: [{ plan: 'small', result: 'done' }],
    });
  });

  test('is 0 for a degraded boot with its reason, and 1 with --strict', async () => {
    const { boot, status } = place();
    await boot({ PUID: 'abc' });
    const { code, stdout } = await status();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^degraded: small booted/);
    expect(stdout).toContain('\n  uid: PUID="abc" refused, wanted a number from 1 to 65534;');
    expect((await status('--strict')).code).toBe(1);
  });

  test('is 1 for a boot that a step stopped, with the words of its log', async () => {
    const { boot, status } = place(BROKEN);
    await boot();
    const { code, stdout } = await status();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^stopped: small ended/);
    expect(stdout).toContain(
      '  env: cannot use /data: it is a directory, and a file belongs there',
    );
  });

  test('is 1 for an input that is not valid, until the next boot', async () => {
    const { boot, status } = place();
    expect((await boot({ HERMES_HOME: 'here' })).code).toBe(78);
    const { code, stdout } = await status();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^stopped: plan ended/);
    expect(stdout).toContain('HERMES_HOME is "here"; wanted an absolute path');
    await boot();
    expect((await status()).code).toBe(0);
  });

  test('is 1 for a plan with mistakes, and has each with its place', async () => {
    const { boot, status } = place('version: 1\n');
    expect((await boot()).code).toBe(78);
    expect((await status()).stdout).toContain(
      '  plan.yaml:1:1: missing key "steps"\n    wanted a list\n',
    );
  });

  test('is not changed by a command line with a wrong plan name', async () => {
    const { cwd, boot, status } = place();
    await boot();
    expect((await hermesBoot(['run', 'no-such-plan', ...AT], { cwd })).code).toBe(66);
    expect((await status()).code).toBe(0);
  });

  test('is 1 for an interrupted boot', async () => {
    const { cwd, status } = place();
    const signal = AbortSignal.abort(new Interruption('SIGTERM'));
    await hermesBoot(['run', 'plan.yaml', ...AT], { cwd, signal });
    const { code, stdout } = await status();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^interrupted: small ended .*; the next boot goes on\n/);
    expect(stdout).toContain('  env: interrupted by SIGTERM\n');
  });

  test('prints one JSON document for programs', async () => {
    const { boot, status } = place();
    await boot();
    const { stdout } = await status('--json');
    expect(stdout).toMatch(/"digest":"[0-9a-f]{64}"/);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      result: 'done',
      boots: [
        {
          plan: 'small',
          result: 'done',
          changes: 1,
          inputs: [
            { name: 'home', value: '/data' },
            { name: 'uid', value: null },
            { name: 'key', value: null },
          ],
          made: [{ step: 'env', kind: 'mode', path: '/data/.env', from: '0644', to: '0600' }],
          criticalPath: { steps: [{ step: 'env' }] },
        },
      ],
    });
  });

  test('does not take another file for the status of a boot', async () => {
    const { cwd, status } = place();
    mkdirSync(join(cwd, 'root/run/hermes-boot'));
    for (const text of ['', '{', '{"version":1,"start":"","boots":[{"result":"ok"}]}']) {
      writeFileSync(join(cwd, 'root/run/hermes-boot/status.json'), text);
      expect(await status()).toMatchObject({ code: 1 });
    }
  });
});

describe('history', () => {
  test('has every boot, the newest first, in full where it did something', async () => {
    const { cwd, boot, history } = place();
    await boot();
    await boot();
    await boot({ PUID: 'abc' });
    const { code, stdout, stderr } = await history();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const results = stdout.split('\n').map((line) => line.split(/ {2,}/).slice(1, 4).join(' '));
    expect(results).toEqual([
      'plan result changes',
      'small degraded 0',
      'small done 0',
      'small done 1',
      '',
    ]);
    const inFull = linesOf(join(cwd, HISTORY)).map((line) => line.includes('"steps":'));
    expect(inFull).toEqual([true, false, true]);
    expect(await history('small')).toMatchObject({ stdout });
    expect((await history('other')).stdout).toMatch(/^no boot of other is recorded in /);
  });

  test('skips lines that a full disk has cut off, and says how many', async () => {
    const { cwd, boot, history } = place();
    await boot();
    const whole = readFileSync(join(cwd, HISTORY), 'utf8');
    writeFileSync(join(cwd, HISTORY), `${whole}rubbish\n${whole.slice(0, 100)}${whole}`);
    const { stdout, stderr } = await history('--json');
    expect(stderr).toBe(
      'hermes-boot: warn: 2 lines of /data/.hermes-boot/history.jsonl cannot be read\n',
    );
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, home: '/data' });
    expect(JSON.parse(stdout)).toHaveProperty('boots.length', 2);
  });

  test('is that of the home of the plan, wherever it lies', async () => {
    const elsewhere = PLAN.replace('HERMES_HOME', 'SRV').replace(
      'default: /data',
      'default: /elsewhere',
    );
    const { cwd, boot, history } = place(elsewhere, { 'root/elsewhere/.env': '' });
    await boot();
    expect((await history()).stdout).toMatch(/^no boot is recorded in \/data/);
    expect((await history('plan.yaml')).stdout).toMatch(/\n\d.* {2}small {2}done /);
    const env = { HERMES_HOME: '/data', HERMES_BOOT_PLAN: 'plan.yaml' };
    const { stdout } = await hermesBoot(['history', '--json', ...AT], { cwd, env });
    expect(JSON.parse(stdout)).toMatchObject({ home: '/elsewhere', boots: [{ plan: 'small' }] });
  });

  test('has no mistake of a plan to report', async () => {
    const { history } = place('version: 1\n');
    expect(await history('plan.yaml')).toMatchObject({ code: 0, stderr: '' });
  });

  test('is empty where there is none', async () => {
    expect(await place().history()).toMatchObject({
      code: 0,
      stdout: 'no boot is recorded in /data/.hermes-boot/history.jsonl\n',
    });
  });

  test('shows twenty and says how many more there are', async () => {
    const { cwd, boot, history } = place();
    await boot();
    const [line = ''] = readFileSync(join(cwd, HISTORY), 'utf8').split('\n');
    writeFileSync(join(cwd, `${HISTORY}.1`), `${line}\n`.repeat(30));
    const { stdout, stderr } = await history();
    expect(stdout.trimEnd().split('\n')).toHaveLength(21);
    expect(stderr).toBe('hermes-boot: info: 11 older boots: --json shows them\n');
  });
});

describe('a receipt', () => {
  test('is not written by a dry run', async () => {
    const { cwd } = place();
    for (const command of ['plan', 'verify'])
      await hermesBoot([command, 'plan.yaml', ...AT], { cwd });
    expect(readdirSync(join(cwd, 'root/run'))).toEqual(['there']);
    expect(readdirSync(join(cwd, 'root/data'))).toEqual(['.env']);
  });

  test('is not drift: after it there is nothing to do', async () => {
    const { cwd, boot } = place();
    await boot();
    expect((await hermesBoot(['verify', 'plan.yaml', ...AT], { cwd })).code).toBe(0);
  });

  test('makes no home, and starts no history in one after a boot that failed', async () => {
    const missing = place(
      PLAN.replace('file.mode', 'file.seed').replace('mode:', 'content: "", mode:'),
    );
    await missing.boot({ HERMES_HOME: '/none' });
    expect(existsSync(join(missing.cwd, 'root/none/.hermes-boot'))).toBe(false);
    const broken = place(BROKEN);
    await broken.boot();
    expect(readdirSync(join(broken.cwd, 'root/data'))).toEqual(['.env']);
  });

  test('is written where it has been before, however the boot ends', async () => {
    const { cwd, boot } = place();
    await boot();
    writeFileSync(join(cwd, 'plan.yaml'), BROKEN);
    await boot();
    const results = linesOf(join(cwd, HISTORY)).map(
      (line) => /"result":"([a-z]+)"/.exec(line)?.[1],
    );
    expect(results).toEqual(['done', 'stopped']);
  });

  test('needs no /run, and no home', async () => {
    const cwd = directoryWith({ 'plan.yaml': PLAN, 'root/data/.env': '' });
    writeFileSync(join(cwd, 'plan.yaml'), PLAN.replace(/^home:.*\n/m, ''));
    const { code, stderr } = await hermesBoot(['run', 'plan.yaml', ...AT], { cwd });
    expect(code).toBe(0);
    expect(stderr).not.toContain('receipt');
    expect(readdirSync(join(cwd, 'root'))).toEqual(['data']);
  });

  test('that cannot be written is one log line per file, and does not change the exit code', async () => {
    const { boot, status } = place(PLAN, {
      'root/run/hermes-boot': 'a file',
      'root/data/.hermes-boot': 'a file',
    });
    const { code, stderr } = await boot();
    expect(code).toBe(0);
    const warnings = stderr.split('\n').filter((line) => line.includes('receipt'));
    expect(warnings).toEqual([
      'hermes-boot: warn: receipt: not written: writing /run/hermes-boot/status.json: something else has taken the place of a directory (ENOTDIR); wanted no other process to change it',
      'hermes-boot: warn: receipt: not written: appending to /data/.hermes-boot/history.jsonl: something else has taken the place of a directory (ENOTDIR); wanted no other process to change it',
    ]);
    expect((await status()).code).toBe(1);
  });

  test('contains no secret, whether given, refused or in a reason', async () => {
    const { cwd, boot, status } = place(BROKEN.replace('/data }', '/data-canary }'));
    await boot({ KEY: 'canary', HERMES_HOME: '/data' });
    await boot({ KEY: 'canary', HERMES_HOME: 'canary' });
    const { stdout } = await status('--json');
    expect(stdout + (await status()).stdout).not.toContain('canary');
    expect(readFileSync(join(cwd, 'root/run/hermes-boot/status.json'), 'utf8')).toContain('***');
  });
});
