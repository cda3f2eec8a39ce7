import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeTrainingWorld, TRAINING_ENVIRONMENT } from '../../scripts/build/training.ts';
import { directoryWith, hermesBoot } from './cli.ts';

function plan(name: string, file: string): string {
  return `version: 1
name: ${name}
inputs:
  key: { env: KEY, type: string, secret: true }
steps:
  - id: ${name}-closed
    uses: file.mode
    with: { path: /data/${file}, mode: "0600" }
`;
}

const BOTH = ['one.yaml', 'two.yaml'];

function place() {
  const cwd = directoryWith({
    'one.yaml': plan('one', 'a'),
    'two.yaml': plan('two', 'b'),
    'root/data/a': '1\n',
    'root/data/b': '2\n',
    'root/run/there': '',
    'root/dev/termination-log': '',
  });
  const at = (file: string) => join(cwd, 'root/data', file);
  const call = (words: readonly string[], env = {}) =>
    hermesBoot([...words, '--root', 'root'], { cwd, env });
  const digest = async (plans: readonly string[]): Promise<string> => {
    const { stdout } = await call(['plan', ...plans, '--json']);
    return /"digest":"([0-9a-f]{20})"/.exec(stdout)?.[1] ?? '';
  };
  const modes = () => ['a', 'b'].map((file) => statSync(at(file)).mode & 0o777);
  return { cwd, at, call, digest, modes };
}

describe('the digest of a plan', () => {
  test('is the same at each look at a world, and another one where a change is another one', async () => {
    const { at, digest } = place();
    const first = await digest(BOTH);
    expect(first).toMatch(/^[0-9a-f]{20}$/);
    expect(await digest(BOTH)).toBe(first);
    expect(await digest(['one.yaml'])).not.toBe(first);
    chmodSync(at('b'), 0o640);
    expect(await digest(BOTH)).not.toBe(first);
    chmodSync(at('b'), 0o644);
    expect(await digest(BOTH)).toBe(first);
  });

  test('is in the command that makes these changes, which can be typed as it stands', async () => {
    const { call, digest } = place();
    const { stdout } = await call(['plan', ...BOTH, '--digest']);
    expect(stdout).toMatch(
      new RegExp(
        `\n\nTo make these changes and no others:\n  hermes-boot run one\\.yaml two\\.yaml --root root --expect ${await digest(BOTH)}\n$`,
      ),
    );
    expect((await call(['plan', ...BOTH])).stdout).not.toContain('--expect');
    const odd = await hermesBoot(['plan', './one.yaml', '--root', "./it's", '--digest'], {
      cwd: directoryWith({ 'one.yaml': plan('one', 'a'), "it's/data/a": '' }),
    });
    expect(odd.stdout).toContain(`--root './it'\\''s' --expect`);
  });

  test('does not depend on a secret', async () => {
    const { call } = place();
    const outputs = ['alpha-4711', 'beta-4712'].map((KEY) =>
      call(['plan', ...BOTH, '--json'], { KEY }),
    );
    const digests = (await Promise.all(outputs)).map(
      ({ stdout }) => /"digest":"\w+"/.exec(stdout)?.[0],
    );
    expect(digests[0]).toBe(digests[1]);
  });
});

describe('run --expect', () => {
  test('makes the changes that were looked at', async () => {
    const { call, digest, modes } = place();
    const expected = await digest(BOTH);
    expect(await call(['run', ...BOTH, '--expect', expected])).toMatchObject({ code: 0 });
    expect(modes()).toEqual([0o600, 0o600]);
    expect(await call(['run', ...BOTH, '--expect', await digest(BOTH)])).toMatchObject({ code: 0 });
  });

  test('refuses others before any change, and says how many there are now and what shows them', async () => {
    const { cwd, at, call, digest, modes } = place();
    const expected = await digest(BOTH);
    chmodSync(at('b'), 0o666);
    const { code, stderr } = await call(['run', ...BOTH, '--expect', expected]);
    expect(code).toBe(2);
    expect(stderr).toBe(
      `hermes-boot: fatal: nothing was changed: the changes are not those of --expect ${expected}: now 2 changes in 2 steps, digest ${await digest(BOTH)}
hermes-boot: fatal: hermes-boot plan --explain --digest shows what would change now
`,
    );
    expect(modes()).toEqual([0o644, 0o666]);
    expect(readFileSync(join(cwd, 'root/dev/termination-log'), 'utf8')).toContain(
      'the changes are not those of --expect',
    );
  });

  test('that refuses leaves the status of the container as it is', async () => {
    const { cwd, at, call, digest } = place();
    const expected = await digest(['one.yaml']);
    chmodSync(at('a'), 0o640);
    expect((await call(['run', 'one.yaml', '--expect', expected])).code).toBe(2);
    expect(existsSync(join(cwd, 'root/run/hermes-boot'))).toBe(false);
    expect((await call(['run', 'one.yaml'])).code).toBe(0);
    expect((await call(['run', 'one.yaml', '--expect', expected])).code).toBe(2);
    expect((await call(['status'])).stdout).toMatch(/^done: one booted/);
  });

  test.each(['', 'abc', 'g'.repeat(20)])('takes nothing but a digest: "%s"', async (given) => {
    const { call, modes } = place();
    const { code, stderr } = await call(['run', 'one.yaml', `--expect=${given}`]);
    expect(code).toBe(64);
    expect(stderr).toContain('wanted a digest of plan --digest');
    expect(modes()).toEqual([0o644, 0o644]);
  });
});

describe('the digest of the plan of the image', () => {
  test('is the same at each look at a home with work of many kinds, until something changes', async () => {
    const cwd = directoryWith({ 'root/there': '' });
    const call = (...words: string[]) =>
      hermesBoot([...words, '--root', 'root'], { cwd, env: TRAINING_ENVIRONMENT });
    makeTrainingWorld(join(cwd, 'root'));
    const looks: string[] = [];
    const kinds = new Set<string>();
    for (let look = 0; look < 3; look += 1) {
      const { stdout } = await call('plan', 'stage2', '--assume-root', '--json');
      looks.push(/"digest":"(\w+)"/.exec(stdout)?.[1] ?? `look ${look}`);
      for (const [, kind = ''] of stdout.matchAll(/"kind":"([a-z-]+)","path"/g)) kinds.add(kind);
    }
    expect(kinds.size).toBeGreaterThan(5);
    expect(new Set(looks).size).toBe(1);
    writeFileSync(join(cwd, 'root/opt/data/SOUL.md'), 'one of its own\n');
    const { stdout } = await call('plan', 'stage2', '--assume-root', '--json');
    expect(/"digest":"(\w+)"/.exec(stdout)?.[1]).not.toBe(looks[0]);
  });
});
