import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  finishScript,
  logScript,
  runScript,
  type ScriptOptions,
} from '../../src/gateway/slot-layout.ts';
import { isRoot, NEEDS_ROOT, temporaryDirectory } from '../support/real-root.ts';

/** Prints where it runs, with what arguments and in what environment, each ended by a NUL. */
const TELL = `printf '%s\\0' "$0" "$PWD" "$#" "$@"\nexec env -0\n`;

/** Stands in for s6-setuidgid: prints its arguments in one line and ends. */
const SETUIDGID = `printf '%s\\n' "setuidgid $*"\n`;

/** What a text can hold that a shell would take for something else. */
const HOSTILE = {
  QUOTES: `it's "quoted"''`,
  COMMAND: '$(touch "$HOME/mark") `touch "$HOME/mark"` ; touch mark & exit 3',
  LINES: 'one\ntwo\n\nEOF\n',
  END: "'\n",
  EXPANSIONS: '$HOME ${PATH} $$ $1 ~ * ? [a] {a,b} !! #',
  BACKSLASHES: '\\ \\n \\\' \\" \\\\',
  BLANKS: ' \t leading and trailing\r ',
  EMPTY: '',
  DASHES: '-n --help',
  UNICODE: 'ä → 💾 \u0001\u007f\u2028',
};

const SHELLS = ['sh', 'dash', 'bash'].filter(
  (shell) => spawnSync(shell, ['-c', 'exit 0']).status === 0,
);

/** Somebody who is not root, whoever runs the tests. */
const nobody = isRoot ? { uid: 4321, gid: 8765 } : {};

/** A home with programs in it, for everybody to write to. */
function makeHome(name = 'home'): { home: string; options: ScriptOptions; programs: string } {
  const base = temporaryDirectory();
  const home = join(base, name);
  const programs = join(base, 'bin');
  mkdirSync(home);
  chmodSync(home, 0o777);
  program(join(programs, 'hermes'), TELL);
  const setuidgid = program(join(base, "s6's programs/setuidgid"), SETUIDGID);
  const log = program(join(base, "s6's programs/log"), TELL);
  const env = {};
  const own = { profile: 'default', account: 'hermes', contenv: undefined };
  return { home, options: { ...own, home, env, setuidgid, log }, programs };
}

/** Makes a shell script that can be started. */
function program(path: string, text: string): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${text}`, { mode: 0o755 });
  return path;
}

/** Runs the text of a script. */
function run(
  text: string,
  more: {
    readonly shell?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly programs?: string;
    readonly user?: { uid?: number; gid?: number };
    readonly args?: readonly string[];
  } = {},
): SpawnSyncReturns<string> & { readonly script: string } {
  const { shell = 'sh', env = {}, programs = '', user = nobody, args = [] } = more;
  const path = join(temporaryDirectory(), 'script');
  writeFileSync(path, text);
  const ended = spawnSync(shell, [path, ...args], {
    cwd: '/',
    env: { PATH: `${programs}:${process.env.PATH ?? ''}`, ...env },
    encoding: 'utf8',
    ...user,
  });
  return { ...ended, script: path };
}

/** What TELL has told. */
function told(text: string): {
  program: string;
  cwd: string;
  args: string[];
  env: Map<string, string>;
} {
  const [path = '', cwd = '', count = '', ...rest] = text.slice(0, -1).split('\0');
  const args = rest.slice(0, Number(count));
  const variables = rest.slice(Number(count)).map((line): [string, string] => {
    const end = line.indexOf('=');
    return [line.slice(0, end), line.slice(end + 1)];
  });
  return { program: path, cwd, args, env: new Map(variables) };
}

describe('the run script', () => {
  test.each(SHELLS)('passes every variable on unchanged, run by %s', (shell) => {
    const { home, options, programs } = makeHome(`it's a "$(touch mark)" home`);
    const { stdout, stderr } = run(runScript({ ...options, env: HOSTILE }), { shell, programs });
    expect(stderr).toBe('');
    const { cwd, env } = told(stdout);
    expect(Object.fromEntries(env)).toMatchObject({
      ...HOSTILE,
      HOME: home,
      HERMES_HOME: home,
      HERMES_S6_SUPERVISED_CHILD: '1',
      HERMES_SUPERVISED_CHILD: '1',
    });
    expect(cwd).toBe(home);
  });

  test('passes on any text that an environment can hold', () => {
    const { options, programs } = makeHome();
    const text = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((x) => !x.includes('\0'));
    fc.assert(
      fc.property(fc.array(text, { minLength: 20, maxLength: 40 }), (values) => {
        const env = Object.fromEntries(values.map((value, index) => [`V${index}`, value]));
        const { stdout } = run(runScript({ ...options, env }), { programs });
        expect(Object.fromEntries(told(stdout).env)).toMatchObject(env);
      }),
      { numRuns: 15 },
    );
  });

  test.each(['uid', 'home', 'venv'])(
    'is not misled by a variable that is called %s',
    (variable) => {
      const { home, options, programs } = makeHome();
      const env = { [variable]: '0' };
      const { cwd, env: seen } = told(run(runScript({ ...options, env }), { programs }).stdout);
      expect(seen.get(variable)).toBe('0');
      expect(cwd).toBe(home);
    },
  );

  test('names every profile but the one in the home itself', () => {
    const { options, programs } = makeHome();
    const argsOf = (profile: string): string[] =>
      told(run(runScript({ ...options, profile }), { programs }).stdout).args;
    expect(argsOf('default')).toEqual(['gateway', 'run', '--replace']);
    expect(argsOf('my-coder_2')).toEqual(['-p', 'my-coder_2', 'gateway', 'run', '--replace']);
  });

  test('prefers the home of the container to its own, and what is installed to PATH', () => {
    const { home, options, programs } = makeHome();
    const install = temporaryDirectory();
    const hermes = program(join(install, '.venv/bin/hermes'), TELL);
    const env = { HERMES_HOME: home, HERMES_INSTALL: install, HOME: '/root' };
    const { stdout } = run(runScript({ ...options, home: '/no/such/home' }), { env, programs });
    const seen = told(stdout);
    expect([seen.program, seen.cwd, seen.env.get('HOME')]).toEqual([hermes, home, home]);
    expect(seen.env.get('VIRTUAL_ENV')).toBe(join(install, '.venv'));
    const own = program(join(home, '.local/bin/hermes'), TELL);
    expect(told(run(runScript(options), { env, programs }).stdout).program).toBe(own);
  });

  test('ends with an error where the home is missing, and starts nothing', () => {
    const { options, programs } = makeHome();
    const { status, stdout } = run(runScript({ ...options, home: '/no/such/home' }), { programs });
    expect(status).not.toBe(0);
    expect(stdout).toBe('');
  });

  test.skipIf(!isRoot)(
    `as root becomes the account before anything of the environment counts (${NEEDS_ROOT})`,
    () => {
      const { options, programs } = makeHome();
      const id = program(join(programs, 'id'), 'echo 1000\n');
      const contenv = program(join(programs, 'contenv'), `echo contenv as "$(${id})"\n`);
      const { stdout, script } = run(runScript({ ...options, contenv }), { programs, user: {} });
      expect(stdout.split('\n')[0]).toBe(`setuidgid hermes /bin/sh ${script}`);
    },
  );

  test('takes the environment of the container once, as the account', () => {
    const { options, programs } = makeHome();
    const contenv = program(join(programs, 'contenv'), `export LATE=1\nexec "$@"\n`);
    const { stdout } = run(runScript({ ...options, contenv }), { programs });
    expect(told(stdout).env.get('LATE')).toBe('1');
  });
});

describe('the finish script', () => {
  test.each([
    ['was done', 0, 0, 125],
    ['refused its settings', 78, 0, 125],
    ['failed', 1, 0, 0],
    ['was not found', 127, 0, 0],
    ['was ended by a signal', 256, 15, 0],
  ])('after a gateway that %s (%i) ends with the right code', (_, code, signal, wanted) => {
    const args = [`${code}`, `${signal}`, 'gateway-default', '1'];
    for (const shell of SHELLS) {
      const { status, stdout, stderr } = run(finishScript(), { shell, args });
      expect([status, stdout, stderr]).toEqual([wanted, '', '']);
    }
  });
});

describe('the log script', () => {
  test.each(SHELLS)('logs below the home and forwards to standard error, run by %s', (shell) => {
    const { home, options } = makeHome(`it's a "$(touch mark)" home`);
    const { stdout, stderr } = run(logScript({ ...options, profile: 'coder' }), { shell });
    expect(stdout).toBe('');
    const { args, program: logger } = told(stderr);
    expect(logger).toBe(options.log);
    expect(args).toEqual(['1', 'n10', 's1000000', 'T', `${home}/logs/gateways/coder`]);
  });

  test('makes the directory and removes a stale lock, whatever it links to', () => {
    const { home, options } = makeHome();
    expect(run(logScript(options)).status).toBe(0);
    const logs = join(home, 'logs/gateways/default');
    writeFileSync(join(home, 'mine'), 'kept');
    symlinkSync('../../../mine', join(logs, 'lock'));
    expect(run(logScript(options)).status).toBe(0);
    expect(readdirSync(logs)).toEqual([]);
    expect(readFileSync(join(home, 'mine'), 'utf8')).toBe('kept');
  });

  test.skipIf(!isRoot)(`does nothing in the home as root (${NEEDS_ROOT})`, () => {
    const { home, options } = makeHome();
    chmodSync(home, 0o700);
    const { stdout, script } = run(logScript(options), { user: {} });
    expect(stdout.split('\n')[0]).toBe(`setuidgid hermes /bin/sh ${script}`);
  });
});

const lacksShellcheck = spawnSync('shellcheck', ['--version']).error !== undefined;

test.skipIf(lacksShellcheck).each(['default', 'coder'])(
  'shellcheck finds nothing in the scripts of %s (needs shellcheck)',
  (profile) => {
    const { options } = makeHome();
    const all = { ...options, profile, env: { LANG: "it's C.UTF-8" } };
    for (const contenv of [undefined, '/command/with-contenv']) {
      for (const script of [runScript, logScript, finishScript]) {
        const input = script({ ...all, contenv });
        const { stdout } = spawnSync('shellcheck', ['-'], { input, encoding: 'utf8' });
        expect(stdout).toBe('');
      }
    }
  },
);
