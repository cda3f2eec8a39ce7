/** Reads any command line with commander: help, suggestions, options in every spelling. */
import { Command, CommanderError, Help, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import {
  optionsOf,
  type CommandSpec,
  type Io,
  type OptionName,
  type OptionSpec,
} from './command-line.ts';
import { COMMANDS, type Call } from './commands.ts';
import { EXIT, ExitError } from './exit.ts';
import { pageWidth, wrap } from '../report/wrap.ts';

const EXAMPLES = [
  ['hermes-boot plan --explain', 'what would the next boot do, and why?'],
  ['hermes-boot diff', 'which lines of which files would that be?'],
  ['hermes-boot run', 'do it'],
  ['hermes-boot verify && echo fine', 'is everything as it should be?'],
  ['hermes-boot status --wait && echo up', 'when is the boot over, and did it go well?'],
  ['hermes-boot analyze --svg > boot.svg', 'where did the time go?'],
  ['hermes-boot plan ./my.yaml --root /mnt', 'another plan, another root directory'],
  ['hermes-boot facts --json > f.json', 'attach this to a bug report'],
  ['hermes-boot plan --facts f.json', 'what would that boot have changed?'],
  ['hermes-boot steps file.mode', 'which options does a step type have?'],
] as const;

/** What the library writes before a usage. */
const USAGE = 'Usage: ';

/** What other programs call what `plan` does. */
const DRY_RUN = /^--?(?:dry-?run|simulate|check|n)$/;

/**
 * Reads a command line.
 * @returns undefined when everything was printed, as for --help
 * @throws ExitError when the command line is wrong
 */
export function parseCommandLine(argv: readonly string[], io: Io): Call | undefined {
  const errors: string[] = [];
  let call: Call | undefined;
  const program = new Command('hermes-boot')
    .description('Boots a container from a plan: shows, makes and checks the changes.')
    .version(packageJson.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureHelp({
      optionTerm: ({ flags }) => flags.replace(' [', '[='),
      commandUsage: (command) => {
        const usage = new Help().commandUsage(command);
        return wrap(USAGE, usage, USAGE.length).join('\n').slice(USAGE.length);
      },
      formatItem: (term, width, description) =>
        description === '' ? `  ${term}` : itemLines(term, width, description).join('\n'),
    })
    .configureOutput({
      writeOut: (text) => {
        io.stdout.write(text);
      },
      writeErr: (text) => errors.push(text),
      getOutHelpWidth: pageWidth,
      getErrHelpWidth: pageWidth,
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
    program.parse(withoutGreed(argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    const advice = argv.some((word) => DRY_RUN.test(word))
      ? ['hermes-boot plan shows what run would change, and changes nothing']
      : [];
    const command = COMMANDS.find(({ name }) => name === argv[0])?.name;
    const found =
      error.code === 'commander.excessArguments' && command !== undefined
        ? `${command} takes fewer words than that`
        : mistake(errors.join(''));
    const help = ['see hermes-boot', ...(command === undefined ? [] : [command]), '--help'];
    throw new ExitError('usage', found, ...advice, help.join(' '));
  }
  return call;
}

function flagsOf({ name, value, optional }: OptionSpec): string {
  if (value === undefined) return `--${name}`;
  return `--${name} ${optional === true ? `[${value}]` : `<${value}>`}`;
}

/**
 * Gives an option that stands without its optional value an empty one, so that the next word is not
 * taken for it.
 */
function withoutGreed(argv: readonly string[]): readonly string[] {
  const command = COMMANDS.find(({ name }) => name === argv[0]);
  const known = command === undefined ? [] : optionsOf(command.name);
  const optional = known.filter((option) => option.optional === true);
  const isOptional = (word: string) => optional.some(({ name }) => word === `--${name}`);
  return argv.map((word) => (isOptional(word) ? `${word}=` : word));
}

function addCommand(program: Command, spec: CommandSpec, choose: (call: Call) => void): void {
  const command = program
    .command(spec.name)
    .summary(spec.summary)
    .description(`${spec.summary[0]?.toUpperCase() ?? ''}${spec.summary.slice(1)}.`)
    .helpOption('-h, --help', 'print this help');
  for (const { name, description } of spec.operands) {
    command.argument(`[${name}${spec.several === true ? '...' : ''}]`, description);
  }
  const known = optionsOf(spec.name).map((option) => {
    return { name: option.name, option: new Option(flagsOf(option), option.description) };
  });
  for (const { option } of known) command.addOption(option);
  command.action(() => {
    const options = new Map<OptionName, string>();
    for (const { name, option } of known) {
      const value: unknown = command.getOptionValue(option.attributeName());
      if (value !== undefined) options.set(name, typeof value === 'string' ? value : '');
    }
    choose({ command: spec, args: { operands: command.args, options } });
  });
}

function mistake(text: string): string {
  if (!text.startsWith('error: ')) return 'no command given';
  const [found = '', suggestion] = text.trim().split('\n');
  const hint = /^\(Did(.*)\)$/.exec(suggestion ?? '')?.[1];
  return `${found.slice('error: '.length)}${hint === undefined ? '' : `; did${hint}`}`;
}

/** A term and what it means, beside each other or below. */
function itemLines(term: string, width: number, description: string): string[] {
  return wrap(`  ${term.padEnd(width)}  `, description, width + 4);
}

function examples(): string {
  const width = Math.max(...EXAMPLES.map(([line]) => line.length));
  const lines = EXAMPLES.flatMap(([line, what]) => itemLines(line, width, what));
  return ['Examples:', ...lines].join('\n');
}

function exitTable(): string {
  const lines = Object.values(EXIT).flatMap(({ code, meaning }) =>
    wrap(`  ${String(code).padStart(3)}  `, meaning, 7),
  );
  return ['Exit codes:', ...lines].join('\n');
}
