import { COMMANDS } from './commands.ts';
import type { Arguments, CommandSpec, Flag } from './command.ts';

/** A command and its arguments. */
export interface Call {
  readonly command: CommandSpec;
  readonly options: Arguments;
}

/**
 * Reads a command line that is written out and right, as scripts and s6 write it; undefined for
 * any other. Loading the library that knows the rest takes longer than a converged step.
 */
export function readArguments(argv: readonly string[]): Call | undefined {
  const [name, ...rest] = argv;
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) return undefined;
  const flags = new Set<Flag>();
  let root: string | undefined;
  const operands: string[] = [];
  const known = [command.operand, command.second].filter((each) => each !== undefined).length;
  const most = command.several === true ? Infinity : known;
  for (let at = 0; at < rest.length; at += 1) {
    const argument = rest[at] ?? '';
    const flag = command.flags.find((candidate) => argument === `--${candidate}`);
    if (flag !== undefined) {
      flags.add(flag);
    } else if (argument === '--root' && command.root && root === undefined) {
      at += 1;
      root = rest[at];
      if (root === undefined || root.startsWith('-')) return undefined;
    } else if (argument !== '' && !argument.startsWith('-') && operands.length < most) {
      operands.push(argument);
    } else {
      return undefined;
    }
  }
  return { command, options: { ...named(command, operands), root: root ?? '/', flags } };
}

/** Operands by what they are to a command. */
export function named(
  { several }: CommandSpec,
  [operand, ...rest]: readonly string[],
): Pick<Arguments, 'operand' | 'second' | 'others'> {
  return several === true ? { operand, others: rest } : { operand, second: rest[0] };
}
