import type { Exit } from './exit.ts';
import type { Context } from './io.ts';

/** The options that are either there or not. */
export const FLAGS = {
  explain: 'say why each step acts or does not, and where each input came from',
  json: 'print JSON on stdout',
  origin: 'show which file each step comes from, and look at no world',
  'detailed-exitcode': 'exit with 2 when something would change',
  'assume-root': 'plan as a boot with all rights of root would',
  strict: 'exit with 1 when the boot is degraded',
  all: 'every profile',
} as const;

export type Flag = keyof typeof FLAGS;

/** The arguments of a command, checked. */
export interface Arguments {
  /** PLAN, TYPE or ACTION. */
  readonly operand: string | undefined;
  /** PROFILE. */
  readonly second?: string | undefined;
  /** What else of its kind comes after the first operand; see `CommandSpec.several`. */
  readonly others?: readonly string[];
  /** The directory of `--root`. */
  readonly root: string;
  /** The file of `--facts`; - is stdin. */
  readonly facts?: string | undefined;
  readonly flags: ReadonlySet<Flag>;
}

/** Does what a command is for. */
export type Command = (context: Context, options: Arguments) => Promise<Exit>;

/** An argument without dashes, as the command line knows it. Each may be left out. */
interface Operand {
  readonly name: string;
  readonly description: string;
}

/** A command as the command line knows it. */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  readonly operand?: Operand;
  readonly second?: Operand;
  /** Whether it takes any number of the first operand. */
  readonly several?: true;
  /** Whether it takes `--root DIR`. */
  readonly root: boolean;
  /** Whether it takes `--facts FILE`. */
  readonly facts?: true;
  readonly flags: readonly Flag[];
  /** Loads what does it: a boot must not pay for the other commands. */
  load(): Promise<Command>;
}
