import { Command, CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { named } from './arguments.ts';
import type { Call } from './arguments.ts';
import { FLAGS } from './command.ts';
import type { CommandSpec } from './command.ts';
import { COMMANDS } from './commands.ts';
import { EarlyEnd } from './end.ts';
import { EXIT } from './exit.ts';
import type { Io } from './io.ts';

const EXAMPLES = [
  ['hermes-boot plan --explain', 'what would the next boot do, and why?'],
  ['hermes-boot run', 'do it'],
  ['hermes-boot verify && echo fine', 'is everything as it should be?'],
  ['hermes-boot plan ./my.yaml --root /mnt', 'another plan, another world'],
  ['hermes-boot facts --json > f.json', 'what a report of a mistake should have'],
  ['hermes-boot plan --facts f.json', 'what would that boot have changed?'],
  ['hermes-boot steps file.mode', 'what can a step of a plan say?'],
] as const;

/**
 * Reads any command line: help, mistakes with a suggestion, options in every spelling.
 * @returns undefined when all was said, as for --help
 * @throws EarlyEnd when the command line is wrong
 */
export function parseCommandLine(argv: readonly string[], io: Io): Call | undefined {
  const errors: string[] = [];
  let call: Call | undefined;
  const program = new Command('hermes-boot')
    .description('Boots a container as its plan says: shows, makes and checks the changes.')
    .version(packageJson.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => {
        io.stdout.write(text);
      },
      writeErr: (text) => errors.push(text),
      getOutHelpWidth: () => 80,
      getErrHelpWidth: () => 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText('after', `\n${examples()}\n\n${exitTable()}`)
    .exitOverride();
  for (const spec of COMMANDS) {
    addCommand(program, spec, (chosen) => {
      call = chosen;
    });
  }
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new EarlyEnd('usage', ...mistake(errors.join('')));
  }
  return call;
}

function addCommand(program: Command, spec: CommandSpec, choose: (call: Call) => void): void {
  const command = program
    .command(spec.name)
    .summary(spec.summary)
    .description(`${spec.summary[0]?.toUpperCase() ?? ''}${spec.summary.slice(1)}.`)
    .helpOption('-h, --help', 'print this help');
  for (const operand of [spec.operand, spec.second]) {
    const name = spec.several === true ? `${operand?.name ?? ''}...` : operand?.name;
    if (operand !== undefined) command.argument(`[${name ?? ''}]`, operand.description);
  }
  if (spec.root) command.option('--root <DIR>', 'the world to boot', '/');
  if (spec.facts === true) {
    command.option('--facts <FILE>', 'plan from what `facts --json` wrote there; - is stdin');
  }
  for (const flag of spec.flags) command.option(`--${flag}`, FLAGS[flag]);
  command.action(() => {
    // By attribute, since commander writes detailed-exitcode as detailedExitcode.
    const given = new Map<string, unknown>(
      command.options.map((option) => [
        option.name(),
        command.getOptionValue(option.attributeName()),
      ]),
    );
    const root = given.get('root');
    const facts = given.get('facts');
    const flags = new Set(spec.flags.filter((flag) => given.get(flag) === true));
    const options = {
      ...named(spec, command.args),
      root: typeof root === 'string' ? root : '/',
      flags,
      ...(typeof facts === 'string' ? { facts } : {}),
    };
    if (options.facts !== undefined && command.getOptionValueSource('root') === 'cli') {
      throw new EarlyEnd('usage', '--facts looks at no world: leave --root out');
    }
    choose({ command: spec, options });
  });
}

function mistake(text: string): string[] {
  if (!text.startsWith('error: ')) return ['no command given', 'see hermes-boot --help'];
  const [found = '', suggestion] = text.trim().split('\n');
  const hint = /^\((.*)\)$/.exec(suggestion ?? '')?.[1];
  const what = found.slice('error: '.length);
  return [
    hint === undefined ? what : `${what}; did${hint.slice('Did'.length)}`,
    'see hermes-boot --help',
  ];
}

function examples(): string {
  const width = Math.max(...EXAMPLES.map(([line]) => line.length));
  return `Examples:\n${EXAMPLES.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`).join('\n')}`;
}

function exitTable(): string {
  const lines = Object.values(EXIT).map(
    ({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`,
  );
  return `Exit codes:\n${lines.join('\n')}`;
}
