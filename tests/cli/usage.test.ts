import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { optionsOf } from '../../src/cli/command-line.ts';
import { COMMANDS, readCommandLine } from '../../src/cli/commands.ts';
import { EXIT } from '../../src/cli/exit.ts';
import { parseCommandLine } from '../../src/cli/help.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { stepTypes } from '../../steps/index.ts';
import { CLI } from '../support/cli.ts';
import { directoryWith, hermesBoot } from './cli.ts';

describe('a wrong command line ends with 64 and says what is wrong', () => {
  test.each([
    [[], 'no command given'],
    [['pln'], "unknown command 'pln'; did you mean plan?"],
    [['plan', '--jsn'], "unknown option '--jsn'; did you mean --json?"],
    [['facts', 'a', 'b'], 'facts takes fewer words than that'],
    [['gateway', 'stat'], 'no action stat; did you mean status?'],
    [['plan', '--root'], "option '--root <DIR>' argument missing"],
    [['validate', '--root', '/'], "unknown option '--root'"],
    [['steps', 'file.mod'], 'no step type file.mod; did you mean file.mode?'],
  ])('%j: %s', async (argv, message) => {
    const { code, stdout, stderr } = await hermesBoot(argv);
    expect(stderr).toContain(`hermes-boot: fatal: ${message}\n`);
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
  });
});

test('a working directory that is gone is reported without a stack', () => {
  const script = 'cd "$1" && rmdir "$1" && exec "$2" "$3" plan stage2';
  const argv = ['-c', script, 'sh', directoryWith({}), process.execPath, CLI];
  const { status, stderr } = spawnSync('sh', argv, { encoding: 'utf8' });
  const text = 'the working directory is gone or cannot be read; change to another one';
  expect({ status, stderr }).toEqual({ status: 66, stderr: `hermes-boot: fatal: ${text}\n` });
});

test.each(['--version', '-V'])('%s prints the version of the package', async (option) => {
  const outcome = await hermesBoot([option]);
  expect(outcome).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
});

test.each([[['--help']], ...COMMANDS.map(({ name }) => [[name, '--help']])])(
  '%j prints help on stdout that fits 80 columns',
  async (argv) => {
    const { code, stdout, stderr } = await hermesBoot(argv);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  },
);

test('--help explains every exit code', async () => {
  const { stdout } = await hermesBoot(['--help']);
  for (const { code, meaning } of Object.values(EXIT)) {
    expect(stdout).toContain(`${String(code).padStart(5)}  ${meaning}\n`);
  }
});

test('steps lists every step type with its summary', async () => {
  const { code, stdout } = await hermesBoot(['steps']);
  expect(code).toBe(0);
  for (const { uses } of stepTypes) expect(stdout).toMatch(new RegExp(`^${uses} +[A-Z]`, 'm'));
});

test.each(stepTypes.map(({ uses, schema }) => ({ uses, schema })))(
  'steps $uses describes each of its options',
  async ({ uses, schema }) => {
    const { stdout } = await hermesBoot(['steps', uses]);
    for (const name of Object.keys(schema.properties)) {
      expect(stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
    }
  },
);

test('a command line means the same to the quick reader and to the library', () => {
  const call = fc.constantFrom(...COMMANDS).chain((command) =>
    fc.record({
      name: fc.constant(command.name),
      operands: fc.array(fc.constantFrom('stage2', './a.yaml', 'x'), {
        maxLength: command.several === true ? 4 : command.operands.length,
      }),
      options: fc.subarray([...optionsOf(command.name)]),
      value: fc.constantFrom('/mnt', 'a b'),
    }),
  );
  const io = {
    stdout: { isTTY: false, write: () => undefined },
    stderr: { isTTY: false, write: () => undefined },
    env: {},
    cwd: '/',
    signal: new AbortController().signal,
  };
  fc.assert(
    fc.property(call, ({ name, operands, options, value }) => {
      const given = options.map(
        ({ name: option, value: needed, optional }) =>
          [option, needed === undefined || optional === true ? '' : value] as const,
      );
      const rest = given.flatMap(([option, text]) => [`--${option}`, ...(text ? [text] : [])]);
      const quick = readCommandLine([name, ...rest, ...operands]);
      expect(quick).toEqual(parseCommandLine([name, ...rest, ...operands], io));
      expect(quick?.args).toEqual({ operands, options: new Map(given) });
    }),
  );
});

describe('--explain', () => {
  const world = () =>
    directoryWith({
      'small.yaml':
        'version: 1\nname: small\nsteps:\n' +
        '  - { id: one, uses: directory, with: { path: /one } }\n' +
        '  - { id: two, uses: directory, needs: [one], with: { path: /two } }\n',
    });
  const plan = async (...args: string[]) =>
    hermesBoot(['plan', ...args, '--root', '.'], { cwd: world() });

  test.each([[['--explain', 'small.yaml']], [['small.yaml', '--explain']]])(
    'takes no plan for a step: %j',
    async (args) => {
      const { code, stdout } = await plan(...args);
      expect(code).toBe(0);
      expect(stdout).toContain('~ one  directory');
      expect(stdout).toContain('~ two  directory');
    },
  );

  test('with a step is about that one alone', async () => {
    const { code, stdout } = await plan('small.yaml', '--explain=two');
    expect(code).toBe(0);
    expect(stdout).not.toContain('~ one');
    expect(stdout).toContain('runs after one');
  });

  test('with a step that is not there says which was meant', async () => {
    const { code, stderr } = await plan('small.yaml', '--explain=twoo');
    expect(code).toBe(64);
    expect(stderr).toContain('no step twoo in small; did you mean two?');
  });
});
