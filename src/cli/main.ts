import packageJson from '../../package.json' with { type: 'json' };
import { Redactor } from '../report/redact.ts';
import { readArguments } from './arguments.ts';
import type { Call } from './arguments.ts';
import { endOf } from './end.ts';
import { EXIT } from './exit.ts';
import type { Io } from './io.ts';

/**
 * Does what a command line says.
 * @param argv without the program
 * @returns the exit code
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const context = { io, redactor: new Redactor() };
  try {
    const call = readArguments(argv) ?? (await readOther(argv, io));
    if (call === undefined) return EXIT.done.code;
    const command = await call.command.load();
    return EXIT[await command(context, call.options)].code;
  } catch (error) {
    return EXIT[endOf(error, context)].code;
  }
}

async function readOther(argv: readonly string[], io: Io): Promise<Call | undefined> {
  if (argv.length === 1 && argv[0] === '--version') {
    io.stdout.write(`${packageJson.version}\n`);
    return undefined;
  }
  const { parseCommandLine } = await import('./program.ts');
  return parseCommandLine(argv, io);
}
