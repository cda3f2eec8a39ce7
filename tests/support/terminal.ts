import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { CLI } from './cli.ts';

/** What a program wrote on its terminal, and its exit code; below 0, the signal that killed it. */
export interface OnTerminal {
  readonly code: number;
  readonly output: string;
}

interface Terminal {
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** What happens as soon as a file is there: Ctrl-C is typed, or the process gets a signal. */
  readonly then?: { readonly act: '^C' | 'SIGINT' | 'SIGTERM'; readonly file: string };
  /** Runs something else than the built program. */
  readonly program?: readonly string[];
}

/** Runs the built program on a pseudo-terminal to its end. */
export function onTerminal(
  args: readonly string[],
  { columns = 80, env = {}, then, program = [process.execPath, CLI] }: Terminal = {},
): OnTerminal {
  const driver = [join(import.meta.dirname, 'terminal.py'), `${columns}`];
  const { stdout, stderr } = spawnSync(
    'python3',
    [...driver, then?.act ?? '-', then?.file ?? '-', ...program, ...args],
    {
      env: { PATH: process.env.PATH ?? '', HOME: '/', TERM: 'xterm-256color', ...env },
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  const outcome: unknown = JSON.parse(stdout === '' ? '{}' : stdout);
  if (!isOutcome(outcome)) throw new Error(`the terminal broke off: ${stderr}`);
  return { ...outcome, output: outcome.output.replaceAll('\r\n', '\n') };
}

function isOutcome(value: unknown): value is OnTerminal {
  return typeof value === 'object' && value !== null && 'code' in value && 'output' in value;
}

/** What a terminal shows at the end of what was written on it, a line each. */
export function screenOf(output: string): string[] {
  const lines: string[][] = [[]];
  let row = 0;
  let column = 0;
  // eslint-disable-next-line no-control-regex -- what drives a terminal
  const parts = output.matchAll(/\x1b\[(\?)?(\d*)([A-Za-z])|([^])/g);
  for (const [, mode, count = '', command, character] of parts) {
    const line = (lines[row] ??= []);
    if (command === undefined) {
      if (character === '\n') [row, column] = [row + 1, 0];
      else if (character === '\r') column = 0;
      else if (character !== undefined) line[column++] = character;
    } else if (command === 'A') row = Math.max(0, row - Number(count || 1));
    else if (command === 'J') {
      lines.length = row + 1;
      line.length = column;
    } else if (command === 'K') line.length = column;
    else if (command !== 'm' && mode === undefined) throw new Error(`no such control: ${command}`);
  }
  return lines.map((line) => line.join(''));
}
