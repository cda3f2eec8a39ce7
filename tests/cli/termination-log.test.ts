import { existsSync, linkSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Interruption } from '../../src/cli/exit.ts';
import { directoryWith, hermesBoot } from './cli.ts';

const GOOD = `version: 1
name: good
inputs:
  key: { env: KEY, type: string, secret: true }
steps:
  - id: env
    uses: file.mode
    with: { path: /data/.env, mode: "0600" }
`;

/** What cannot be done. */
const BAD = GOOD.replace('name: good', 'name: bad').replace('/.env', '');

const LOG = 'root/dev/termination-log';

/** A directory with plans and a root that Kubernetes has made its file in, unless said. */
function place(files: Readonly<Record<string, string>> = { [LOG]: '' }) {
  const cwd = directoryWith({
    'good.yaml': GOOD,
    'bad.yaml': BAD,
    'wrong.yaml': 'version: 1\nname: wrong\nsteps: { }\n',
    'root/data/.env': 'A=1\n',
    'root/run/there': '',
    ...files,
  });
  const boot = (
    plans: readonly string[],
    { env = {}, signal = new AbortController().signal } = {},
  ) => hermesBoot(['run', ...plans, '--root', 'root'], { cwd, env, signal });
  return { cwd, boot, message: () => readFileSync(join(cwd, LOG), 'utf8') };
}

describe('/dev/termination-log gets why a boot stopped', () => {
  test('where a step failed: what was found, what to do, in plain words', async () => {
    const { boot, message } = place({ [LOG]: 'a longer text that was here before\n'.repeat(100) });
    expect((await boot(['bad.yaml'])).code).toBe(1);
    expect(message()).toMatch(
      /^hermes-boot: bad stopped\nenv: cannot use \/data: it is a directory, and a file belongs there\nFix: \S.*\n/,
    );
    expect(message()).not.toContain('here before');
    expect(message()).not.toContain('\u001b');
  });

  test('where a plan has mistakes, or there is no such plan', async () => {
    const { boot, message } = place();
    expect((await boot(['wrong.yaml'])).code).toBe(78);
    expect(message()).toMatch(/^hermes-boot: wrong stopped\nwrong\.yaml:3:8: /);
    expect((await boot(['no-such-plan'])).code).toBe(66);
    expect(message()).toContain('hermes-boot: no-such-plan stopped\n');
  });

  test('where an input is not valid', async () => {
    const { boot, message } = place({
      [LOG]: '',
      'bad.yaml': GOOD.replace(
        'key:',
        'home: { env: HERMES_HOME, type: path, default: /data }\n  key:',
      ),
    });
    expect((await boot(['bad.yaml'], { env: { HERMES_HOME: 'here' } })).code).toBe(78);
    expect(message()).toContain('HERMES_HOME is "here"; wanted an absolute path');
  });

  test('where a signal stopped it', async () => {
    const { boot, message } = place();
    const signal = AbortSignal.abort(new Interruption('SIGTERM'));
    expect((await boot(['good.yaml'], { signal })).code).toBe(143);
    expect(message()).toBe(
      'hermes-boot: good was interrupted; the next boot goes on\nenv: interrupted by SIGTERM\n',
    );
  });

  test('for every plan of a run that is wrong', async () => {
    const { boot, message } = place({ [LOG]: '', 'worse.yaml': 'version: 1\nname: worse\n' });
    expect((await boot(['wrong.yaml', 'worse.yaml'])).code).toBe(78);
    expect(message()).toContain('hermes-boot: wrong stopped\n');
    expect(message()).toContain('hermes-boot: worse stopped\n');
  });

  test('without its secrets', async () => {
    const { boot, message } = place({
      [LOG]: '',
      'bad.yaml': BAD.replace('path: /data', 'path: /data/${{ inputs.key }}').replace(
        'file.mode',
        'directory',
      ),
    });
    const { code } = await boot(['bad.yaml'], { env: { KEY: '.env/canary-4711' } });
    expect(code).not.toBe(0);
    expect(message()).toContain('hermes-boot: bad stopped\n');
    expect(message()).not.toContain('canary-4711');
  });
});

describe('/dev/termination-log is left alone', () => {
  test('where the boot went well', async () => {
    const { boot, message } = place({ [LOG]: 'mine\n' });
    expect((await boot(['good.yaml'])).code).toBe(0);
    expect(message()).toBe('mine\n');
  });

  test('where it does not exist: nothing is made, and nothing said', async () => {
    for (const files of [{}, { 'root/dev/null': '' }]) {
      const { cwd, boot } = place(files);
      const { code, stderr } = await boot(['bad.yaml']);
      expect(code).toBe(1);
      expect(existsSync(join(cwd, LOG))).toBe(false);
      expect(stderr).not.toContain('termination');
    }
  });

  test.each([
    [
      'a link',
      (path: string, other: string) => {
        symlinkSync(other, path);
      },
    ],
    [
      'a file with two names',
      (path: string, other: string) => {
        linkSync(other, path);
      },
    ],
    [
      'a directory',
      (path: string) => {
        mkdirSync(path);
      },
    ],
  ] as const)('where it is %s: one warning, and the boot ends as it would', async (_, make) => {
    const { cwd, boot } = place({ 'root/dev/null': '', 'root/etc/precious': 'keep\n' });
    make(join(cwd, LOG), join(cwd, 'root/etc/precious'));
    const { code, stderr } = await boot(['bad.yaml']);
    expect(code).toBe(1);
    expect(stderr.match(/: warn: termination message: not written: /g)).toHaveLength(1);
    expect(readFileSync(join(cwd, 'root/etc/precious'), 'utf8')).toBe('keep\n');
  });

  test('in its mode and its inode, since it may be a mount of its own', async () => {
    const { cwd, boot } = place();
    const before = statSync(join(cwd, LOG));
    await boot(['bad.yaml']);
    const { ino, mode } = statSync(join(cwd, LOG));
    expect({ ino, mode }).toEqual({ ino: before.ino, mode: before.mode });
  });
});
