import { chmodSync, chownSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { directoryWith, hermesBoot } from './cli.ts';

const PLAN = `version: 1
name: small
description: Keep a few directories.
steps:
  - { id: first, uses: directory, with: { path: /data/first } }
  - { id: second, uses: directory, needs: [first], with: { path: /data/second } }
`;

const EXTENDS = 'version: 1\nextends: small\n';

const BETWEEN = `${EXTENDS}steps:
  - id: between
    uses: directory
    needs: [first]
    before: [second]
    with: { path: /data/between }
`;

const OFF = `${EXTENDS}steps:
  - { id: second, off: true }
`;

const D = 'etc/hermes-boot/plan.d';

/** A root with a plan beside it, and fragments in it. */
function worldWith(fragments: Readonly<Record<string, string>>): string {
  const files = Object.entries(fragments).map(
    ([name, text]) => [`root/${D}/${name}`, text] as const,
  );
  return directoryWith({
    'small.yaml': PLAN,
    'root/data/here': '',
    ...Object.fromEntries(files),
  });
}

const plan = (cwd: string, ...more: readonly string[]) =>
  hermesBoot(['plan', 'small.yaml', '--root', 'root', '--assume-root', ...more], { cwd });

describe('a fragment', () => {
  test('adds a step between two others', async () => {
    const cwd = worldWith({ '50-between.yaml': BETWEEN });
    const { stdout, stderr } = await plan(cwd);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/~ first [^]*~ between [^]*50-between.yaml:4[^]*~ second /);
  });

  test('switches a step off, and the explain output says where', async () => {
    const cwd = worldWith({ '50-off.yaml': OFF });
    const { stdout } = await plan(cwd, '--explain');
    expect(stdout).toContain('- 1 step is switched off in 50-off.yaml: second');
  });

  test('is read with others in the order of their names; other files are ignored', async () => {
    const cwd = worldWith({
      '20.yaml': `${EXTENDS}steps:\n  - { id: first, with: { mode: '0700' } }\n`,
      '10.yaml': `${EXTENDS}steps:\n  - { id: first, with: { mode: '0711' } }\n`,
      '30.yaml~': 'old',
      '.40.yaml': 'hidden',
      README: 'words',
    });
    const { stdout, stderr } = await plan(cwd);
    expect(stderr).toBe('');
    expect(stdout).toContain('/data/first  new directory 0700');
  });

  test('with a mistake stops the boot with 78 before anything is done', async () => {
    const cwd = worldWith({ '50.yaml': OFF.replace('second', 'secnod') });
    const { code, stderr } = await hermesBoot(['run', 'small.yaml', '--root', 'root'], { cwd });
    expect(code).toBe(78);
    expect(stderr).toMatch(/50\.yaml:4:11 {2}step secnod: no step "secnod" to\s+change/);
    expect(stderr).toContain('did you mean second?');
  });
});

describe('a fragment that others can write', () => {
  test.each([
    ['everybody', 0o666, '0666'],
    ['its group', 0o664, '0664'],
  ])('than its owner, such as %s, is refused with 78', async (_, mode, shown) => {
    const cwd = worldWith({ '50-site.yaml': OFF });
    const file = join(cwd, 'root', D, '50-site.yaml');
    if (process.getuid?.() === 0) chownSync(file, 0, 1000);
    chmodSync(file, mode);
    const { code, stdout, stderr } = await plan(cwd);
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
    expect(stderr).toMatch(`50-site.yaml can be written by others (${shown}); fix it with\n`);
    expect(stderr).toMatch(/ {2}chown root:root \S+50-site.yaml && chmod go-w \S+50-site.yaml\n/);
    expect(stderr).toContain('nothing was run');
  });

  test('is refused for its directory, too', async () => {
    const cwd = worldWith({ '50-site.yaml': OFF });
    chmodSync(join(cwd, 'root', D), 0o777);
    const { code, stderr } = await plan(cwd);
    expect(code).toBe(78);
    expect(stderr).toContain('plan.d can be written by others (0777)');
  });

  test.skipIf(process.getuid?.() !== 0)(
    'because it belongs to somebody else is refused (needs root to give it away)',
    async () => {
      const cwd = worldWith({ '50-site.yaml': OFF });
      chownSync(join(cwd, 'root', D, '50-site.yaml'), 1000, 1000);
      const { code, stderr } = await plan(cwd);
      expect(code).toBe(78);
      expect(stderr).toContain('50-site.yaml belongs to 1000:1000');
    },
  );

  test('that is a link is refused', async () => {
    const cwd = worldWith({ '50-site.yaml': OFF });
    const file = join(cwd, 'root', D, '50-site.yaml');
    unlinkSync(file);
    symlinkSync('/data/here', file);
    const { code, stderr } = await plan(cwd);
    expect(code).toBe(78);
    expect(stderr).toContain('50-site.yaml is a link; wanted a file of root');
  });

  test('of root alone, group included, is read', async () => {
    const cwd = worldWith({ '50-off.yaml': OFF });
    chmodSync(join(cwd, 'root', D, '50-off.yaml'), process.getuid?.() === 0 ? 0o664 : 0o644);
    const { stdout } = await plan(cwd, '--explain');
    expect(stdout).toContain('switched off');
  });
});

describe('plan --origin', () => {
  test('shows the files, and where each step comes from, in the order of running', async () => {
    const cwd = worldWith({ '10-between.yaml': BETWEEN, '50-off.yaml': OFF });
    const { code, stdout } = await plan(cwd, '--origin');
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'small: 3 steps from 3 files',
      '',
      '  small.yaml',
      `  root/${D}/10-between.yaml`,
      `  root/${D}/50-off.yaml`,
      '',
      '  first    directory  small.yaml:5',
      '+ between  directory  10-between.yaml:4',
      '- second   directory  50-off.yaml:4 switches off small.yaml:6',
      '',
    ]);
  });

  test('prints JSON for programs', async () => {
    const cwd = worldWith({ '50-off.yaml': OFF });
    const { stdout } = await plan(cwd, '--origin', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      plan: 'small',
      steps: [
        {
          id: 'first',
          off: false,
          entries: [{ as: 'added', at: { file: 'small.yaml', line: 5 } }],
        },
        { id: 'second', off: true, needs: ['first'], entries: [{}, { as: 'changed' }] },
      ],
    });
  });
});

describe('what is in place of the fragments', () => {
  test.each([
    [
      'a file',
      (at: string) => {
        writeFileSync(at, '');
      },
      'plan.d is a file; wanted a directory',
    ],
    [
      'a link to nothing',
      (at: string) => {
        symlinkSync('/none', at);
      },
      'plan.d is a link; wanted',
    ],
  ])('and is %s is not taken for no fragments', async (_, make, says) => {
    const cwd = directoryWith({ 'small.yaml': PLAN, 'root/etc/hermes-boot/x': '' });
    make(join(cwd, 'root', D));
    const { code, stderr } = await plan(cwd);
    expect(code).toBe(78);
    expect(stderr).toContain(says);
  });

  test('and ends in .yml is refused instead of ignored', async () => {
    const { code, stderr } = await plan(worldWith({ '50-site.yml': OFF }));
    expect(code).toBe(78);
    expect(stderr).toContain('50-site.yml is not read; name it .yaml');
  });

  test('and is not text, or too long for a fragment, is refused with its path', async () => {
    const cwd = worldWith({ '50-site.yaml': OFF });
    const file = join(cwd, 'root', D, '50-site.yaml');
    writeFileSync(file, Buffer.from([0x23, 0xe9]));
    const binary = await plan(cwd);
    expect(binary.code).toBe(78);
    expect(binary.stderr).toContain(`root/${D}/50-site.yaml is not UTF-8 text`);
    writeFileSync(file, `# ${'x'.repeat(2_000_000)}`);
    const long = await plan(cwd);
    expect(long.code).toBe(78);
    expect(long.stderr).toContain('50-site.yaml has 200000');
  });
});
