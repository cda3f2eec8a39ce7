import { Problem } from '../errors/problem.ts';
import { counted } from '../text/phrases.ts';
import { showLine } from '../report/boot-log.ts';
import { paintFor } from '../report/paint.ts';
import { readReceipt } from '../report/receipt.ts';
import { RECEIPT_VERSION } from '../report/receipt.ts';
import type { ShortReceipt } from '../report/receipt.ts';
import { renderHistory } from '../report/show-receipts.ts';
import { olderLog } from '../system/log-file.ts';
import { normalise } from '../system/path.ts';
import { RealSystem } from '../system/real/real.ts';
import type { ReadSystem } from '../system/system.ts';
import { printable } from '../text/printable.ts';
import type { Command } from './command.ts';
import { historyFile } from './receipts/places.ts';
import { findRoot } from './root.ts';
import { variableOr } from './variable.ts';

/** How many boots fit a screen; programs get them all. */
const SHOWN = 20;

/**
 * Where a receipt starts, also one behind another that a full disk has cut off: no text in a
 * receipt has this in it, since quotes in a text are escaped.
 */
const START = /\n|(?=\{"version":)/;

/** Lists the last boots of a home, the newest first. */
export const historyCommand: Command = async ({ io }, { operand, root, flags }) => {
  const looking = new RealSystem(findRoot(root, io.cwd));
  const home = normalise(variableOr(looking, io.env, 'HERMES_HOME', '/opt/data'));
  const system = new RealSystem(findRoot(root, io.cwd), [home]);
  const file = historyFile(home);
  const { receipts, damaged, problems } = readHistory(system, [olderLog(file), file]);
  const boots = receipts.filter(({ plan }) => operand === undefined || plan === operand).reverse();
  const tell = (level: 'info' | 'warn', text: string): void => {
    io.stderr.write(showLine({ level, text }));
  };
  for (const problem of problems) tell('warn', problem.message);
  if (damaged > 0) tell('warn', `${counted(damaged, 'line')} of ${file} cannot be read`);
  if (flags.has('json')) {
    io.stdout.write(`${JSON.stringify({ version: RECEIPT_VERSION, home, boots })}\n`);
    return 'done';
  }
  if (boots.length === 0) {
    const of = operand === undefined ? '' : ` of ${operand}`;
    io.stdout.write(`no boot${of} is recorded in ${printable(file)}\n`);
    return 'done';
  }
  const paint = await paintFor(io.stdout, io.env);
  io.stdout.write(renderHistory(boots.slice(0, SHOWN), paint));
  if (boots.length > SHOWN) {
    tell('info', `${counted(boots.length - SHOWN, 'older boot')}: --json shows them`);
  }
  return 'done';
};

/** The receipts of some files, and how many lines are none. */
function readHistory(
  system: ReadSystem,
  files: readonly string[],
): { receipts: ShortReceipt[]; damaged: number; problems: Problem[] } {
  const receipts: ShortReceipt[] = [];
  const problems: Problem[] = [];
  let damaged = 0;
  for (const file of files) {
    if (system.look(file).type === 'missing') continue;
    for (const line of linesOf(system, file, problems)) {
      if (line === '') continue;
      const receipt = readReceipt(line);
      if (receipt === undefined) damaged += 1;
      else receipts.push(receipt);
    }
  }
  return { receipts, damaged, problems };
}

/** The lines of a file; none where it cannot be read, which is told beside the others. */
function linesOf(system: ReadSystem, file: string, problems: Problem[]): readonly string[] {
  try {
    return system.readText(file).split(START);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    problems.push(error);
    return [];
  }
}
