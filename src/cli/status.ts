import { startOfContainer } from '../engine/container.ts';
import { readStatus, worstOf } from '../report/receipt.ts';
import type { LastBoot } from '../report/receipt.ts';
import { paintFor } from '../report/paint.ts';
import { RECEIPT_VERSION } from '../report/receipt.ts';
import { renderStatus } from '../report/show-receipts.ts';
import type { StatusView } from '../report/show-receipts.ts';
import { RealSystem } from '../system/real/real.ts';
import type { ReadSystem } from '../system/system.ts';
import type { Command } from './command.ts';
import type { Exit } from './exit.ts';
import { LARGEST_STATUS, STATUS_DIRECTORY, STATUS_FILE } from './receipts/places.ts';
import { findRoot } from './root.ts';

/** Tells how the last boots of this container went: all of them, or that of one plan. */
export const statusCommand: Command = async ({ io }, { operand, root: named, flags }) => {
  const root = findRoot(named, io.cwd);
  const view = viewStatus(new RealSystem(root), startOfContainer(root), operand);
  if (flags.has('json')) {
    io.stdout.write(`${JSON.stringify({ version: RECEIPT_VERSION, boots: [], ...view })}\n`);
  } else {
    io.stdout.write(renderStatus(view, Date.now(), await paintFor(io.stdout, io.env)));
  }
  return exitOf(view, flags.has('strict'));
};

/** A probe knows well and not well; why, is for people. */
function exitOf({ result }: StatusView, strict: boolean): Exit {
  return result === 'ok' || (result === 'degraded' && !strict) ? 'done' : 'stopped';
}

function viewStatus(system: ReadSystem, start: string, plan: string | undefined): StatusView {
  if (system.look(STATUS_FILE).type !== 'file') {
    return unknown(`no boot is recorded in ${STATUS_DIRECTORY}`);
  }
  const status = readStatus(system.readText(STATUS_FILE, LARGEST_STATUS));
  if (status === undefined) return unknown(`${STATUS_FILE} is not what a boot has written`);
  if (status.start !== start) return unknown('no boot is recorded since the container started');
  const boots = status.boots.filter((boot) => plan === undefined || boot.plan === plan);
  if (boots.length === 0) return unknown(nothingOf(plan, status.boots));
  return { result: worstOf(boots), boots };
}

function nothingOf(plan: string | undefined, others: readonly LastBoot[]): string {
  const known = others.map((boot) => boot.plan).join(', ');
  const rest = known === '' ? '' : `; recorded: ${known}`;
  return `no boot${plan === undefined ? '' : ` of ${plan}`} is recorded${rest}`;
}

function unknown(why: string): StatusView {
  return { result: 'unknown', why };
}
