/** The status and history commands: how the last boots went. */

import type { Command } from './command-line.ts';
import {
  findRoot,
  historyFile,
  LARGEST_STATUS,
  STATUS_DIRECTORY,
  STATUS_FILE,
  variableOr,
} from './locations.ts';
import { startOfContainer } from '../engine/proc.ts';
import { Problem } from '../errors/problem.ts';
import { showLine } from '../report/boot-log.ts';
import { paintFor } from '../report/paint.ts';
import {
  readReceipt,
  readStatus,
  RECEIPT_VERSION,
  type ShortReceipt,
  worstOf,
} from '../report/receipt.ts';
import { renderHistory, renderStatus, type StatusView } from '../report/show-receipts.ts';
import { olderLog } from '../system/log-file.ts';
import { normalise } from '../system/path.ts';
import { RealSystem } from '../system/real/real.ts';
import type { ReadSystem } from '../system/system.ts';
import { counted } from '../text/phrases.ts';
import { printable } from '../text/printable.ts';

/** How many boots fit a screen; programs get all of them. */
const SHOWN = 20;

/**
 * The start of a receipt, also behind one that a full disk has cut off: no text in a receipt
 * contains this, since quotes in a text are escaped.
 */
const START = /\n|(?=\{"version":)/;

/** Shows how the last boots of this container went: of every plan, or of one. */
export const statusCommand: Command = async ({ io }, args) => {
  const root = findRoot(args, io.cwd);
  const view = viewStatus(new RealSystem(root), startOfContainer(root), args.operands[0]);
  if (args.options.has('json')) {
    io.stdout.write(`${JSON.stringify({ version: RECEIPT_VERSION, boots: [], ...view })}\n`);
  } else {
    io.stdout.write(renderStatus(view, Date.now(), await paintFor(io.stdout, io.env)));
  }
  const isWell =
    view.result === 'ok' || (view.result === 'degraded' && !args.options.has('strict'));
  return isWell ? 'done' : 'stopped';
};

function viewStatus(system: ReadSystem, start: string, plan: string | undefined): StatusView {
  const unknown = (why: string): StatusView => ({ result: 'unknown', why });
  if (system.look(STATUS_FILE).type !== 'file') {
    return unknown(`no boot is recorded in ${STATUS_DIRECTORY}`);
  }
  const status = readStatus(system.readText(STATUS_FILE, LARGEST_STATUS));
  if (status === undefined) return unknown(`${STATUS_FILE} was not written by a boot`);
  if (status.start !== start) return unknown('no boot is recorded since the container started');
  const boots = status.boots.filter((boot) => plan === undefined || boot.plan === plan);
  if (boots.length > 0) return { result: worstOf(boots), boots };
  const known = status.boots.map((boot) => boot.plan).join(', ');
  const rest = known === '' ? '' : `; recorded: ${known}`;
  return unknown(`no boot${plan === undefined ? '' : ` of ${plan}`} is recorded${rest}`);
}

/** Lists the last boots of a home, the newest first. */
export const historyCommand: Command = async ({ io }, args) => {
  const [plan] = args.operands;
  const root = findRoot(args, io.cwd);
  const home = normalise(variableOr(new RealSystem(root), io.env, 'HERMES_HOME', '/opt/data'));
  const file = historyFile(home);
  const files = [olderLog(file), file];
  const { receipts, damaged, problems } = readHistory(new RealSystem(root, [home]), files);
  const boots = receipts.filter((boot) => plan === undefined || boot.plan === plan).reverse();
  const report = (level: 'info' | 'warn', text: string): void => {
    io.stderr.write(showLine({ level, text }));
  };
  for (const problem of problems) report('warn', problem.message);
  if (damaged > 0) report('warn', `${counted(damaged, 'line')} of ${file} cannot be read`);
  if (args.options.has('json')) {
    io.stdout.write(`${JSON.stringify({ version: RECEIPT_VERSION, home, boots })}\n`);
    return 'done';
  }
  if (boots.length === 0) {
    const of = plan === undefined ? '' : ` of ${plan}`;
    io.stdout.write(`no boot${of} is recorded in ${printable(file)}\n`);
    return 'done';
  }
  const paint = await paintFor(io.stdout, io.env);
  io.stdout.write(renderHistory(boots.slice(0, SHOWN), paint));
  if (boots.length > SHOWN) {
    report('info', `${counted(boots.length - SHOWN, 'older boot')}: --json shows them`);
  }
  return 'done';
};

/** The receipts of some files, how many lines are not one, and the files that cannot be read. */
function readHistory(
  system: ReadSystem,
  files: readonly string[],
): { receipts: ShortReceipt[]; damaged: number; problems: Problem[] } {
  const receipts: ShortReceipt[] = [];
  const problems: Problem[] = [];
  let damaged = 0;
  for (const file of files) {
    if (system.look(file).type === 'missing') continue;
    try {
      for (const line of system.readText(file).split(START).filter(Boolean)) {
        const receipt = readReceipt(line);
        if (receipt === undefined) damaged += 1;
        else receipts.push(receipt);
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problems.push(error);
    }
  }
  return { receipts, damaged, problems };
}
