/** The status and history commands: how the last boots went. */
import { bootsIn, toldOf } from './boots-here.ts';
import type { Arguments, Command, Context } from './command-line.ts';
import { ExitError } from './exit.ts';
import { findRoot, historyFile } from './locations.ts';
import { readHistory } from './past-homes.ts';
import { startOfContainer } from '../engine/proc.ts';
import { writeLog } from '../report/boot-log.ts';
import { writeDocument } from '../report/documents.ts';
import { paintFor } from '../report/paint.ts';
import { RECEIPT_VERSION, type LastBoot } from '../report/receipt.ts';
import { renderHistory, renderStatus, resultOf, type StatusView } from '../report/show-receipts.ts';
import { RealSystem } from '../system/real/real.ts';
import { counted, listed } from '../text/phrases.ts';
import { printable } from '../text/printable.ts';

/** How many boots fit a screen; programs get all of them. */
const SHOWN = 20;

/** Shows how the last boots of this container went: of every plan, or of one. */
export const statusCommand: Command = async (context, args) => {
  const { io } = context;
  const found = await foundBoots(context, args);
  const view = await viewStatus(context, args, found);
  if (args.options.has('json')) {
    writeDocument(io.stdout, { version: RECEIPT_VERSION, type: 'status', boots: [], ...view });
  } else {
    io.stdout.write(renderStatus(view, Date.now(), await paintFor(io.stdout, io.env)));
  }
  const isWell =
    view.result === 'done' || (view.result === 'degraded' && !args.options.has('strict'));
  return isWell ? 'done' : 'stopped';
};

async function foundBoots(
  context: Context,
  args: Arguments,
): Promise<readonly LastBoot[] | string> {
  if (args.options.has('wait')) {
    const { waitForBoot } = await import('./wait-status.ts');
    return waitForBoot(context, args);
  }
  if (args.options.has('timeout')) {
    throw new ExitError('usage', '--timeout is for --wait', 'see hermes-boot status --help');
  }
  const root = findRoot(args, context.io.cwd);
  return bootsIn(new RealSystem(root), startOfContainer(root), args.operands[0]);
}

/** What boots there were; where none is recorded here, what the home remembers of earlier ones. */
async function viewStatus(
  context: Context,
  args: Arguments,
  found: readonly LastBoot[] | string,
): Promise<StatusView> {
  if (typeof found !== 'string') {
    const boots = found.map(toldOf);
    return { result: resultOf(boots), boots };
  }
  const { boots } = await readHistory(context, args);
  const last = new Map(boots.map((boot) => [boot.plan, boot]));
  return { result: 'unknown', why: found, before: [...last.values()] };
}

/** Lists the last boots of a home, the newest first. */
export const historyCommand: Command = async (context, args) => {
  const { io } = context;
  const { homes, plan, boots: oldestFirst, damaged, problems } = await readHistory(context, args);
  const boots = [...oldestFirst].reverse();
  const files = listed(homes.map(historyFile));
  for (const problem of problems) writeLog(io.stderr, 'warn', problem.message);
  if (damaged > 0) {
    writeLog(io.stderr, 'warn', `${counted(damaged, 'line')} of ${files} cannot be read`);
  }
  if (args.options.has('json')) {
    const [home = ''] = homes;
    writeDocument(io.stdout, { version: RECEIPT_VERSION, type: 'history', home, homes, boots });
    return 'done';
  }
  if (boots.length === 0) {
    const of = plan === undefined ? '' : ` of ${plan}`;
    io.stdout.write(`no boot${of} is recorded in ${printable(files)}\n`);
    return 'done';
  }
  const paint = await paintFor(io.stdout, io.env);
  io.stdout.write(renderHistory(boots.slice(0, SHOWN), paint));
  if (boots.length > SHOWN) {
    const older = counted(boots.length - SHOWN, 'older boot');
    writeLog(io.stderr, 'info', `${older}: --json shows them`);
  }
  return 'done';
};
