/** Runs a command line and returns the exit code. */
import packageJson from '../../package.json' with { type: 'json' };
import { asciiOutput, isUnicode, setOnlyAscii } from '../report/charset.ts';
import { Redactor } from '../report/redact.ts';
import { setPageWidth, widthFor } from '../report/wrap.ts';
import { withOutputs, type Io } from './command-line.ts';
import { COMMANDS, readCommandLine, type Call } from './commands.ts';
import { EXIT, reportError } from './exit.ts';

/**
 * Runs a command line.
 * @param argv without the program
 * @returns the exit code
 */
export async function main(argv: readonly string[], given: Io): Promise<number> {
  const { stdout, stderr } = given;
  const ascii = () => ({ stdout: asciiOutput(stdout), stderr: asciiOutput(stderr) });
  const knowsAll = isUnicode(given.env);
  setOnlyAscii(!knowsAll);
  const io = knowsAll ? given : withOutputs(given, ascii());
  setPageWidth(() => widthFor(io.stdout, io.env));
  const context = { io, redactor: new Redactor(), isJson: isForProgram(argv) };
  try {
    const call = readCommandLine(argv) ?? (await readOther(argv, io));
    if (call === undefined) return EXIT.done.code;
    const command = await call.command.load();
    return EXIT[await command(context, call.args)].code;
  } catch (error) {
    return EXIT[reportError(error, context)].code;
  } finally {
    setOnlyAscii(false);
  }
}

/** Whether JSON is asked for, also where the rest of the command line is wrong. */
function isForProgram(argv: readonly string[]): boolean {
  return argv.some(
    (word, at) =>
      word === '--json' ||
      word === '--format=json' ||
      (word === 'json' && argv[at - 1] === '--format'),
  );
}

async function readOther(argv: readonly string[], io: Io): Promise<Call | undefined> {
  if (argv.length === 1 && argv[0] === '--version') {
    io.stdout.write(`${packageJson.version}\n`);
    return undefined;
  }
  const { parseCommandLine } = await import('./help.ts');
  return parseCommandLine(argv[0] === 'help' ? helpFor(argv[1]) : argv, io);
}

/** What `help CMD` is another way to say. */
function helpFor(command: string | undefined): readonly string[] {
  if (command === undefined) return ['--help'];
  const isKnown = COMMANDS.some(({ name }) => name === command);
  return isKnown ? [command, '--help'] : [command];
}
