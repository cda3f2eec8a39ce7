import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hermesBoot as built } from '../support/cli.ts';
import { isRoot } from '../support/real-root.ts';
import { faultsIn } from '../support/schemas.ts';
import { directoryWith, hermesBoot } from './cli.ts';

const me = `${process.geteuid?.() ?? 0}:${process.getegid?.() ?? 0}`;

const ONE = `version: 1
name: one
inputs:
  key: { env: KEY, type: string, secret: true }
steps:
  - { id: note, uses: file.seed, with: { path: /data/note, content: "hello\\n", mode: '0644' } }
  - { id: mode, uses: file.mode, with: { path: /data/app.env, mode: '0600' } }
  - id: key
    uses: env-file.variables
    needs: [mode]
    with: { files: [/data/app.env], variables: { KEY: '\${{ inputs.key }}' } }
`;

const TWO = `version: 1
name: two
steps:
  - { id: made, uses: directory, with: { path: /data/note/inner } }
`;

const THREE = `version: 1
name: three
steps:
  - { id: made, uses: directory, with: { path: /data/three } }
`;

const OWN = '# set by hermes-boot from the container';

function world() {
  const cwd = directoryWith({
    'one.yaml': ONE,
    'two.yaml': TWO,
    'three.yaml': THREE,
    'root/data/app.env': `KEY="key-before" ${OWN}\n`,
  });
  chmodSync(cwd, 0o755);
  const call = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    hermesBoot([...words, '--root', 'root'], { cwd, env: { KEY: 'key-after', ...env } });
  return { cwd, call };
}

const DIFFERENCE = `\
changed /data/app.env  mode 0644 -> 0600, ${me}
--- /data/app.env
+++ /data/app.env
@@ -1 +1 @@
-KEY="***" ${OWN}
+KEY="***" ${OWN}  (changed)
new     /data/note  file 0644 ${me}
--- /dev/null
+++ /data/note
@@ -0,0 +1 @@
+hello
`;

describe('diff', () => {
  test('answers first, then shows what files become; it ends with 0, and with 2 where asked', async () => {
    const { call } = world();
    const { code, stdout, stderr } = await call(['diff', 'one.yaml']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      `one: 3 of 3 steps would act, 3 changes. Nothing is blocked.\n\n${DIFFERENCE}`,
    );
    expect(stdout).not.toMatch(/key-/);
    expect((await call(['diff', 'one.yaml', '--detailed-exitcode'])).code).toBe(2);
  });

  test('is one line where nothing would change', async () => {
    const { call } = world();
    expect((await call(['run', 'one.yaml'])).code).toBe(0);
    const { code, stdout } = await call(['diff', 'one.yaml', '--detailed-exitcode']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^one: nothing to do \(3 steps, .*\)\.\n$/);
  });

  test('says which step fails and which plan is not reached, and ends as plan does', async () => {
    const { call } = world();
    const { code, stdout } = await call(['diff', 'one.yaml', 'two.yaml', 'three.yaml']);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^3 plans: 3 of 4 steps would act, 3 changes\. 1 step fails\.\n\nx made/,
    );
    expect(stdout).toContain('\n\n! three would not be run: two stops the boot\n\nchanged /data');
    expect(stdout).not.toContain('/data/three');
  });

  test('has no colour but on a terminal, and its words are the same in colour', async () => {
    const { call } = world();
    const plain = await call(['diff', 'one.yaml']);
    expect(plain.stdout).not.toContain('\x1b');
    expect((await call(['diff', 'one.yaml'], { NO_COLOR: '1' })).stdout).toBe(plain.stdout);
    const { stdout } = await call(['diff', 'one.yaml'], { FORCE_COLOR: '1' });
    expect(stdout).toContain('\x1b[32m+hello\x1b[39m\n');
    expect(stdout).toContain(`\x1b[31m-KEY="***" ${OWN}\x1b[39m\n`);
    const ESCAPES = new RegExp(String.raw`\u001b\[\d+m`, 'g');
    expect(stdout.replace(ESCAPES, '')).toBe(plain.stdout);
  });

  test('without a name is about the plans that the image boots', async () => {
    const { call } = world();
    const { stdout } = await call(['diff'], { HERMES_BOOT_PLAN: 'one.yaml' });
    expect(stdout).toContain(DIFFERENCE);
  });

  test('writes ASCII under LC_ALL=C, also where a line is cut', async () => {
    const { cwd, call } = world();
    const long = ONE.replace('hello', 'hello '.repeat(100));
    writeFileSync(join(cwd, 'one.yaml'), long);
    const { stdout } = await call(['diff', 'one.yaml'], { LC_ALL: 'C' });
    expect(stdout).toMatch(/hello hel\.\.\.\n/);
    expect(stdout).toMatch(/^[\n -~]+$/);
  });
});

describe('diff --json', () => {
  test('has the lines of the text, without secrets, and what its schema says', async () => {
    const { call } = world();
    const { code, stdout } = await call(['diff', 'one.yaml', '--json']);
    expect({ code, faults: faultsIn(stdout) }).toEqual({ code: 0, faults: [] });
    expect(stdout).not.toMatch(/key-before|key-after/);
    const note = { path: '/data/note', verb: 'new', before: '/dev/null', after: '/data/note' };
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'diff',
      plans: [{ plan: 'one', converged: false, result: 'done' }],
      entries: [
        { path: '/data/app.env', what: `mode 0644 -> 0600, ${me}`, left: 0 },
        { ...note, hunks: [{ header: '@@ -0,0 +1 @@', lines: ['+hello'] }] },
      ],
    });
  });

  test('of several plans ends as their boots would, and names those that none reaches', async () => {
    const { call } = world();
    const words = ['diff', 'one.yaml', 'two.yaml', 'three.yaml', '--json', '--detailed-exitcode'];
    const { code, stdout } = await call(words);
    expect({ code, faults: faultsIn(stdout) }).toEqual({ code: 1, faults: [] });
    expect(JSON.parse(stdout)).toMatchObject({
      plans: [{ plan: 'one' }, { plan: 'two', result: 'stopped', stoppedBy: 'made' }],
      unreached: ['three'],
    });
  });
});

describe('plan --diff', () => {
  test('shows the plan and below it what files become', async () => {
    const { call } = world();
    const plan = await call(['plan', 'one.yaml']);
    const { code, stdout } = await call(['plan', 'one.yaml', '--diff']);
    expect(code).toBe(0);
    expect(stdout).toBe(`${plan.stdout}\n${DIFFERENCE}`);
  });

  test('is not for programs', async () => {
    const { call } = world();
    const { code, stdout, stderr } = await call(['plan', 'one.yaml', '--diff', '--json']);
    expect(code).toBe(64);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'error', code: 'usage' });
    expect(stderr).toContain('plan --json has no --diff');
    expect(stderr).toContain('hermes-boot diff --json');
  });

  test('from facts says that they have no contents', async () => {
    const { cwd, call } = world();
    const facts = await call(['facts', 'one.yaml', '--json']);
    writeFileSync(join(cwd, 'facts.json'), facts.stdout);
    const words = ['plan', 'one.yaml', '--facts', 'facts.json', '--diff'];
    const { code, stdout } = await hermesBoot(words, { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain(
      `\nchanged /data/app.env  mode 0644 -> 0600, ${me}\n  its lines cannot`,
    );
    expect(stdout).toContain('\n+hello\n');
    expect(stdout).not.toMatch(/key-/);
  });
});

test.skipIf(!isRoot)(
  'somebody who may not read everything gets the rest of the difference, and 77 (needs root)',
  () => {
    const { cwd } = world();
    mkdirSync(join(cwd, 'root/data/closed'), { mode: 0o700 });
    writeFileSync(
      join(cwd, 'one.yaml'),
      ONE.replace('path: /data/app.env', 'path: /data/closed/x'),
    );
    chmodSync(join(cwd, 'root/data/app.env'), 0o600);
    const words = ['diff', join(cwd, 'one.yaml'), '--root', join(cwd, 'root'), '--assume-root'];
    const { code, stdout } = built(words, { KEY: 'key-after' }, { uid: 65534, gid: 65534 });
    expect(code).toBe(77);
    expect(stdout).toContain('? mode: cannot be told, you may not read /data/closed/x\n');
    expect(stdout).toContain(
      '? key: what is there cannot be told, you may not read /data/app.env\n',
    );
    expect(stdout).toMatch(/^\+hello$/m);
    expect(stdout).not.toContain('--- /data/app.env');
  },
);
