import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hermesBoot } from '../support/cli.ts';
import { isRoot, NEEDS_ROOT, temporaryDirectory } from '../support/real-root.ts';
import { directoryWith, hermesBoot as inProcess } from './cli.ts';
import { onTerminal, screenOf } from '../support/terminal.ts';

/** Copies programs into a world, with the libraries that they load. */
function install(root: string, ...programs: readonly string[]): void {
  const libraries = programs.flatMap((program) =>
    [...execFileSync('ldd', [program], { encoding: 'utf8' }).matchAll(/(\/\S+) \(/g)].map(
      ([, path = '']) => path,
    ),
  );
  execFileSync('cp', ['-L', '--parents', ...new Set([...programs, ...libraries]), root]);
}

/** A world whose plan runs a helper that says that it runs and does not end by itself. */
function endless(): { readonly argv: readonly string[]; readonly root: string } {
  const root = temporaryDirectory();
  install(root, '/bin/sh', '/bin/sleep');
  mkdirSync(join(root, 'run'));
  const helper = join(root, 'helper');
  writeFileSync(helper, '#!/bin/sh\n: > /runs\nexec /bin/sleep 600\n');
  chmodSync(helper, 0o755);
  const plan = join(temporaryDirectory(), 'endless.yaml');
  const steps = [
    '  - { id: helper, uses: command, with: { argv: [/helper], creates: /nothing } }',
    '  - { id: after, uses: directory, needs: [helper], with: { path: /after } }',
  ];
  writeFileSync(plan, ['version: 1', 'name: endless', 'steps:', ...steps, ''].join('\n'));
  return { argv: ['run', plan, '--root', root], root };
}

describe.skipIf(!isRoot)(`on a terminal (${NEEDS_ROOT}),`, () => {
  it.each([
    ['^C', 130, 'SIGINT'],
    ['SIGINT', 130, 'SIGINT'],
    ['SIGTERM', 143, 'SIGTERM'],
  ] as const)('a boot that %s stops ends as on a pipe', (act, code, signal) => {
    const { argv, root } = endless();
    const ended = onTerminal(argv, { then: { act, file: join(root, 'runs') } });
    expect(ended.code).toBe(code);
    const last = screenOf(ended.output)
      .filter((line) => line !== '')
      .at(-1);
    expect(last).toMatch(
      /^hermes-boot: fatal: endless: interrupted at helper, no change in .*; 1 step not reached$/,
    );
    expect(ended.output).toContain(`interrupted by ${signal}`);
    // Nothing hides the cursor, not even a boot that is killed.
    expect(ended.output).not.toContain('\u001b[?25l');
    const status = hermesBoot(['status', 'endless', '--root', root]);
    expect(status.stdout).toMatch(/^interrupted: endless ended /);
    expect(status.code).toBe(1);
  });
});

/** A plan that makes a directory in a world of its own. */
function small(): { readonly argv: readonly string[]; readonly cwd: string } {
  const cwd = directoryWith({
    'plan.yaml':
      'version: 1\nname: small\nsteps:\n  - { id: a, uses: directory, with: { path: /a } }\n',
    'world/etc/passwd': 'root:x:0:0::/:/bin/sh\n',
    'world/run/keep': '',
  });
  return { argv: ['run', 'plan.yaml', '--root', 'world'], cwd };
}

/** The type of a JSON line. */
function typeOf(line: string): unknown {
  const document: unknown = JSON.parse(line);
  return typeof document === 'object' && document !== null && 'type' in document
    ? document.type
    : undefined;
}

describe('how a boot logs', () => {
  it.each([
    [['--log', 'yaml'], '--log is "yaml"; wanted plain, json or live'],
    [['--log-level', 'loud'], '--log-level is "loud"; wanted debug, info, warn or error'],
  ])('an option that is wrong (%j) is an error before anything is made', async (options, text) => {
    const { argv, cwd } = small();
    const { code, stderr } = await inProcess([...argv, ...options], { cwd });
    expect(code).toBe(64);
    expect(stderr).toContain(`hermes-boot: fatal: ${text}\n`);
    expect(existsSync(join(cwd, 'world/a'))).toBe(false);
  });

  it.each([
    [{ HERMES_BOOT_LOG: 'yaml' }, 'HERMES_BOOT_LOG=yaml refused, wanted plain, json or live'],
    [{ S6_VERBOSITY: 'more' }, 'S6_VERBOSITY=more refused, wanted a number from 0'],
  ])('a variable that is wrong (%j) is a warning, and the boot goes on', async (env, text) => {
    const { argv, cwd } = small();
    const { code, stderr } = await inProcess(argv, { cwd, env });
    expect(code).toBe(0);
    expect(stderr).toContain(`hermes-boot: warn: ${text}`);
    expect(existsSync(join(cwd, 'world/a'))).toBe(true);
  });

  it.each([
    ['an option', ['--log', 'json'], {}],
    ['the environment', [], { HERMES_BOOT_LOG: 'json' }],
  ])('%s asks for a log of which every line is a JSON document', async (_, options, env) => {
    const { argv, cwd } = small();
    const { stdout, stderr } = await inProcess([...argv, ...options], { cwd, env });
    const lines = stderr.trimEnd().split('\n');
    const types = lines.map((line) => typeOf(line));
    expect(types[0]).toBe('boot-started');
    expect(types.at(-1)).toBe('boot-finished');
    expect(stdout).toBe('');
    const mistyped = { ...env, S6_VERBOSITY: 'much' };
    const warned = await inProcess([...argv, ...options], { cwd, env: mistyped });
    expect(JSON.parse(warned.stderr.split('\n')[0] ?? '')).toMatchObject({ level: 'warn' });
    const failing = await inProcess(['run', 'nowhere.yaml', '--log', 'json'], { cwd });
    expect(JSON.parse(failing.stderr.split('\n')[0] ?? '')).toMatchObject({
      type: 'log',
      level: 'error',
    });
  });

  it.each([
    ['1', []],
    ['2', ['info', 'info', 'info']],
    ['3', ['info', 'info', 'info']],
  ])('S6_VERBOSITY=%s decides how much is logged', async (verbosity, levels) => {
    const { argv, cwd } = small();
    const { stderr } = await inProcess(argv, { cwd, env: { S6_VERBOSITY: verbosity } });
    expect([...stderr.matchAll(/^hermes-boot: (\w+):/gm)].map(([, level]) => level)).toEqual(
      levels,
    );
  });

  it('an option decides before the environment', async () => {
    const { argv, cwd } = small();
    const env = { S6_VERBOSITY: '0', HERMES_BOOT_LOG: 'json' };
    const options = ['--log', 'plain', '--log-level', 'info'];
    const { stderr } = await inProcess([...argv, ...options], { cwd, env });
    expect(stderr).toMatch(/^hermes-boot: info: small: 1 step\n/);
  });

  it('no terminal, TERM=dumb and --log plain on a terminal draw nothing', () => {
    for (const [options, env] of [
      [['--log', 'plain'], {}],
      [[], { TERM: 'dumb' }],
      [[], { HERMES_BOOT_LOG: 'plain' }],
    ] as const) {
      const { argv, cwd } = small();
      const { output } = onTerminal(
        [...argv.map((word) => word.replace(/^(plan|world)/, `${cwd}/$1`)), ...options],
        { env },
      );
      expect(output).not.toContain('\u001b');
      expect(output).toContain('hermes-boot: info: a: /a new directory');
    }
  });

  it('NO_COLOR leaves the drawing without colour', () => {
    const { argv, cwd } = small();
    const args = argv.map((word) => word.replace(/^(plan|world)/, `${cwd}/$1`));
    const { output } = onTerminal(args, { env: { NO_COLOR: '1' } });
    expect(output).toContain('hermes-boot: info: a: 1 change in');
    // eslint-disable-next-line no-control-regex -- what colours are made of
    expect(output).not.toMatch(/\x1b\[[\d;]*m/);
  });
});
