import { spawn } from 'node:child_process';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Interruption } from '../../src/cli/exit.ts';
import { whatIsMissing } from '../../src/cli/wait-status.ts';
import type { BootOfStatus } from '../../src/report/show-receipts.ts';
import { CLI } from '../support/cli.ts';
import { directoryWith, hermesBoot } from './cli.ts';

const PLAN = `version: 1
name: small
steps:
  - id: env
    uses: file.mode
    with: { path: /data/.env, mode: "0600" }
`;

const AT = ['--root', 'root'];

function place() {
  return directoryWith({
    'plan.yaml': PLAN,
    'bad.yaml': PLAN.replace('/.env', ''),
    'root/data/.env': 'A=1\n',
    'root/run/there': '',
  });
}

/** Waits in a process of its own, as a script does; resolves with its exit code and output. */
function waiting(cwd: string, ...words: string[]) {
  const child = spawn(process.execPath, [CLI, 'status', '--wait', ...AT, ...words], { cwd });
  let stdout = '';
  child.stdout.on('data', (text: Buffer) => {
    stdout += text.toString();
  });
  const ended = new Promise<{ code: number | null; stdout: string }>((resolve) => {
    child.on('close', (code) => {
      resolve({ code, stdout });
    });
  });
  return { child, ended };
}

/** The mark of a boot that goes on, or seems to. */
function markRunning(cwd: string, more: object = {}): void {
  const mark = {
    version: 1,
    plan: 'small',
    file: join(cwd, 'plan.yaml'),
    result: 'running',
    started: '2026-05-21T06:18:05.500Z',
    ...more,
  };
  const status = { version: 1, result: 'running', start: '', boots: [mark] };
  mkdirSync(join(cwd, 'root/run/hermes-boot'), { recursive: true });
  writeFileSync(join(cwd, 'new'), JSON.stringify(status));
  renameSync(join(cwd, 'new'), join(cwd, 'root/run/hermes-boot/status.json'));
}

describe('status --wait', () => {
  test('answers at once, as status does, where the boot has ended', async () => {
    const cwd = place();
    await hermesBoot(['run', 'plan.yaml', ...AT], { cwd });
    const now = await hermesBoot(['status', ...AT], { cwd });
    expect(await hermesBoot(['status', '--wait', ...AT], { cwd })).toEqual(now);
    expect(now.code).toBe(0);
  });

  test.each([
    ['plan.yaml', 0, /^done: small booted just now/],
    ['bad.yaml', 1, /^stopped: small ended just now/],
  ])('waits for a boot that has not begun, and ends as it: %s', async (plan, code, answer) => {
    const cwd = place();
    const { ended } = waiting(cwd);
    const other = hermesBoot(['steps']).then(() => 'another command');
    expect(await Promise.race([ended, other])).toBe('another command');
    await hermesBoot(['run', plan, ...AT], { cwd });
    const after = await ended;
    expect(after.code).toBe(code);
    expect(after.stdout).toMatch(answer);
  });

  test('waits for a boot that goes on', async () => {
    const cwd = place();
    markRunning(cwd);
    const late = await hermesBoot(['status', '--wait', '--timeout', '0.3', ...AT], { cwd });
    expect(late.code).toBe(75);
    const { ended } = waiting(cwd);
    await hermesBoot(['run', 'plan.yaml', ...AT], { cwd });
    expect((await ended).code).toBe(0);
  });

  test('ends with 75 and says what it has waited for when the time is up', async () => {
    const cwd = place();
    const wait = (...words: string[]) =>
      hermesBoot(['status', '--wait', '--timeout', '0.2', ...AT, ...words], { cwd });
    expect(await wait()).toEqual({
      code: 75,
      stdout: '',
      stderr: `hermes-boot: fatal: the boot has not ended after 200 ms: no boot is recorded in /run/hermes-boot yet
hermes-boot: fatal: a longer --timeout waits longer
`,
    });
    markRunning(cwd);
    expect((await wait()).stderr).toContain(
      ': small began at 2026-05-21 06:18:05 UTC and goes on\n',
    );
    await hermesBoot(['run', 'plan.yaml', ...AT], { cwd });
    expect((await wait('other')).stderr).toContain(': other has not begun\n');
  });

  test('does not wait for a boot that was killed', async () => {
    const cwd = place();
    const boot = '00000000-0000-0000-0000-000000000000';
    markRunning(cwd, { process: { boot, space: 'pid:[1]', id: 1, began: '1' } });
    const { code, stdout } = await hermesBoot(['status', '--wait', ...AT], { cwd });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^killed: the boot of small/);
  });

  test('is ended by a signal', async () => {
    const cwd = place();
    const abort = new AbortController();
    const waits = hermesBoot(['status', '--wait', ...AT], { cwd, signal: abort.signal });
    abort.abort(new Interruption('SIGTERM'));
    expect(await waits).toMatchObject({ code: 143, stdout: '' });
    const { child, ended } = waiting(cwd);
    child.on('spawn', () => {
      child.kill('SIGTERM');
    });
    expect((await ended).code).not.toBe(0);
  });

  test.each([
    [['--wait', '--timeout', 'soon'], '--timeout is "soon"; wanted a number of seconds'],
    [['--timeout', '5'], '--timeout is for --wait'],
  ])('refuses %j', async (words, why) => {
    const { code, stderr } = await hermesBoot(['status', ...words, ...AT], { cwd: place() });
    expect(code).toBe(64);
    expect(stderr).toContain(`hermes-boot: fatal: ${why}\n`);
  });
});

describe('a boot of several plans', () => {
  const boot = (plan: string, result: BootOfStatus['result']): BootOfStatus => {
    const head = {
      version: 1,
      plan,
      file: `/${plan}`,
      started: '2026-05-21T06:18:05.500Z',
    } as const;
    if (result === 'running' || result === 'killed') return { ...head, result };
    return {
      ...head,
      ...{ result, reasons: [], ended: head.started, duration: 1, changes: 0, slowest: null },
    };
  };
  const PLANS = ['one', 'two', 'three'];

  test('has ended when the last of its plans has', () => {
    const some = [boot('one', 'done'), boot('two', 'degraded')];
    expect(whatIsMissing(some, PLANS)).toBe('three has not begun');
    expect(whatIsMissing([...some, boot('three', 'running')], PLANS)).toContain('three began at');
    expect(whatIsMissing([...some, boot('three', 'done')], PLANS)).toBeUndefined();
  });

  test('has ended with a plan that did not end well: no other is booted after it', () => {
    for (const result of ['stopped', 'interrupted', 'killed'] as const) {
      expect(whatIsMissing([boot('one', result)], PLANS)).toBeUndefined();
      expect(whatIsMissing([boot('one', result)], ['two'])).toBeUndefined();
    }
  });

  test('has ended with any where nobody can say which plans there are', () => {
    expect(whatIsMissing([], [])).toBe('no boot is recorded in /run/hermes-boot yet');
    expect(whatIsMissing([boot('mine', 'done')], [])).toBeUndefined();
  });
});
