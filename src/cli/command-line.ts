/** What a command is: its place in the help, its options as a table, and what it is given. */
import type { Environment, Output } from '../report/paint.ts';
import type { Redactor } from '../report/redact.ts';
import type { Exit } from './exit.ts';

/** The process that a command runs in. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Environment;
  /** Where relative paths of the command line start. */
  readonly cwd: string;
  /** Aborts with an Interruption when the process is asked to stop. */
  readonly signal: AbortSignal;
  /** When the process began, in milliseconds since the epoch. */
  readonly began?: number;
  /** How long it took from then until this program ran, in milliseconds. */
  readonly loaded?: number;
}

/** The same process with other outputs. The working directory may be gone, so it is not asked for. */
export function withOutputs(io: Io, outputs: Pick<Io, 'stdout' | 'stderr'>): Io {
  const { env, signal, began, loaded } = io;
  return {
    ...outputs,
    env,
    signal,
    ...(began === undefined ? {} : { began }),
    ...(loaded === undefined ? {} : { loaded }),
    get cwd() {
      return io.cwd;
    },
  };
}

/** What every command is given. */
export interface Context {
  readonly io: Io;
  /** Knows the secrets as soon as a command has read its inputs. */
  readonly redactor: Redactor;
  /** Whether stdout is for a program: what ends the command is a document there, too. */
  readonly isJson?: boolean;
}

/** The arguments of a command, checked. */
export interface Arguments {
  /** What stands without dashes: PLAN, TYPE, or ACTION and PROFILE. */
  readonly operands: readonly string[];
  /** The options that were given, with their values; empty for one that takes none. */
  readonly options: ReadonlyMap<OptionName, string>;
}

/** Runs a command. */
export type Command = (context: Context, args: Arguments) => Promise<Exit>;

/** A command and its place in the help. */
export interface CommandSpec {
  readonly name: CommandName;
  readonly summary: string;
  /** Each may be left out. */
  readonly operands: readonly { readonly name: string; readonly description: string }[];
  /** Whether the operand may be repeated. */
  readonly several?: true;
  /** Loads its code: a boot must not pay for the other commands. */
  load(): Promise<Command>;
}

type CommandName =
  | 'plan'
  | 'run'
  | 'verify'
  | 'diff'
  | 'facts'
  | 'status'
  | 'history'
  | 'analyze'
  | 'validate'
  | 'steps'
  | 'gateway'
  | 'doctor'
  | 'install-method';

/** A row of the table of options. */
export interface OptionSpec {
  readonly name: string;
  /** The name of its value in the help; missing for an option that takes none. */
  readonly value?: string;
  /** Whether it may stand without its value, which then is empty. */
  readonly optional?: true;
  readonly description: string;
  readonly commands: readonly CommandName[];
}

/** Every option, in the order of the help. A new one is a row here. */
const OPTIONS = [
  {
    name: 'root',
    value: 'DIR',
    description: 'the root directory to boot (default: /)',
    commands: ['plan', 'run', 'verify', 'diff', 'facts', 'status', 'history', 'analyze'],
  },
  {
    name: 'facts',
    value: 'FILE',
    description: 'plan from what `facts --json` wrote there; - is stdin',
    commands: ['plan'],
  },
  {
    name: 'explain',
    value: 'STEP',
    optional: true,
    description:
      'say why each step acts or not, and where each input comes from; or all of one step',
    commands: ['plan'],
  },
  {
    name: 'explain',
    description: 'say what decides it',
    commands: ['install-method'],
  },
  {
    name: 'short',
    description: 'a letter and a path for each change',
    commands: ['plan'],
  },
  {
    name: 'diff',
    description: 'show below it what files would become, as diff does',
    commands: ['plan'],
  },
  {
    name: 'full',
    description: 'show all lines, and every file of what is copied or made as a whole',
    commands: ['diff'],
  },
  {
    name: 'origin',
    description: 'show which file each step comes from, without planning',
    commands: ['plan'],
  },
  {
    name: 'json',
    description: 'print JSON on stdout; schemas/ has the form of each document',
    commands: [
      'plan',
      'run',
      'verify',
      'diff',
      'facts',
      'status',
      'history',
      'analyze',
      'validate',
      'steps',
      'gateway',
      'doctor',
      'install-method',
    ],
  },
  {
    name: 'format',
    value: 'FORMAT',
    description: 'text, json, github (workflow commands) or sarif (default: text)',
    commands: ['validate'],
  },
  {
    name: 'log',
    value: 'FORMAT',
    description: 'plain, json, or live for a terminal (default: live on a terminal, else plain)',
    commands: ['run'],
  },
  {
    name: 'log-level',
    value: 'LEVEL',
    description: 'debug, info, warn or error (default: info)',
    commands: ['run'],
  },
  {
    name: 'digest',
    description: 'show the command that makes these changes and no others',
    commands: ['plan'],
  },
  {
    name: 'expect',
    value: 'DIGEST',
    description: 'exit with 2, and change nothing, unless plan --digest is still this one',
    commands: ['run'],
  },
  {
    name: 'detailed-exitcode',
    description: 'exit with 2 if something would change',
    commands: ['plan', 'diff'],
  },
  {
    name: 'assume-root',
    description: 'plan as if this process had all privileges of root',
    commands: ['plan', 'diff', 'facts'],
  },
  {
    name: 'strict',
    description: 'exit with 1 if the boot is degraded',
    commands: ['plan', 'run', 'verify', 'diff', 'status'],
  },
  {
    name: 'strict',
    description: 'treat warnings as mistakes: exit with 78',
    commands: ['validate'],
  },
  {
    name: 'strict',
    description: 'status: exit with 1 if a gateway that should be up is not',
    commands: ['gateway'],
  },
  {
    name: 'wait',
    description: 'wait until the boot has ended, also for one that has not begun',
    commands: ['status'],
  },
  {
    name: 'timeout',
    value: 'SECONDS',
    description: 'with --wait: exit with 75 after that time (default: wait for ever)',
    commands: ['status'],
  },
  {
    name: 'top',
    value: 'N',
    description: 'how many of the slowest steps to name (default: 10)',
    commands: ['analyze'],
  },
  {
    name: 'svg',
    value: 'FILE',
    optional: true,
    description: 'draw the boots as a timeline, to a file or else to stdout',
    commands: ['analyze'],
  },
  { name: 'all', description: 'every profile', commands: ['gateway'] },
] as const satisfies readonly OptionSpec[];

/** An option that some command takes. */
export type OptionName = (typeof OPTIONS)[number]['name'];

/** The options of a command, in the order of its help. */
export function optionsOf(
  command: CommandName,
): readonly (OptionSpec & { readonly name: OptionName })[] {
  return OPTIONS.filter(({ commands }: OptionSpec) => commands.includes(command));
}
