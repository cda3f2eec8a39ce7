import { run } from '../engine/boot.ts';
import type { BootPlan } from '../plan/plan.ts';
import { jsonLines } from '../report/event-view.ts';
import { showLine } from '../report/boot-log.ts';
import { plainLog } from '../report/boot-log.ts';
import type { Renderer } from '../report/event-view.ts';
import { viewEvent } from '../report/event-view.ts';
import type { HomeLock } from '../system/home-lock.ts';
import type { RealSystem } from '../system/real/real.ts';
import type { Arguments, Command } from './command.ts';
import { endOf, Interruption } from './end.ts';
import { exitOfReport } from './exit.ts';
import type { Exit } from './exit.ts';
import type { Context, Io } from './io.ts';
import { prepare } from './prepare.ts';
import { withReceipt } from './receipts/keeper.ts';
import type { ReceiptKeeper } from './receipts/keeper.ts';

/** In columns; a terminal without a size, as some containers have, says 0. */
const NARROWEST_LIST = 40;

/**
 * Boots: makes the changes that the plan command shows. Several plans are booted one after the
 * other, each as by itself, until one of them ends with another code than 0.
 */
export const runCommand: Command = async (context, options) => {
  const plans = [options.operand, ...(options.others ?? [])];
  for (const [index, operand] of plans.entries()) {
    const exit = await bootPlan(context, { ...options, operand });
    if (exit === 'done') continue;
    const left = plans.slice(index + 1);
    if (left.length > 0) {
      const text = `${left.join(', ')} not run: the boot was stopped before`;
      context.io.stderr.write(showLine({ level: 'fatal', text }));
    }
    return exit;
  }
  return 'done';
};

async function bootPlan(context: Context, options: Arguments): Promise<Exit> {
  try {
    return await withReceipt(context, options, (receipt) => boot(context, options, receipt));
  } catch (error) {
    return endOf(error, context);
  }
}

async function boot(context: Context, options: Arguments, receipt: ReceiptKeeper): Promise<Exit> {
  const { io, redactor } = context;
  const { flags } = options;
  const prepared = await prepare(context, options);
  const { plan, system, facts } = prepared;
  receipt.begin(prepared);
  const renderers = await renderersFor(io, flags.has('json'));
  const lock = await lockFor(plan, system);
  try {
    const report = await run(plan, system, {
      facts,
      listener: (event) => {
        const view = viewEvent(event, redactor);
        for (const renderer of renderers) renderer.show(view);
      },
      signal: io.signal,
      ...(lock === undefined ? {} : { lock }),
    });
    receipt.end(report);
    const reason: unknown = io.signal.reason;
    if (report.result === 'stopped' && reason instanceof Interruption) return reason.exit;
    return exitOfReport(report, { strict: flags.has('strict'), drift: false });
  } finally {
    lock?.release();
    for (const renderer of renderers) await renderer.finish();
  }
}

async function lockFor(
  { home, name, lockTimeout }: BootPlan,
  system: RealSystem,
): Promise<HomeLock | undefined> {
  if (home === undefined) return undefined;
  const { RealHomeLock } = await import('../system/real/real-home-lock.ts');
  return new RealHomeLock(system, home, name, lockTimeout);
}

async function renderersFor(io: Io, json: boolean): Promise<readonly Renderer[]> {
  // A program reads the events on stdout; a person needs to see what went wrong all the same.
  if (json) return [jsonLines(io.stdout), plainLog(io.stderr, 'warn')];
  const dull = io.env.TERM === 'dumb' || (io.env.CI ?? '') !== '';
  if (io.terminal === undefined || dull || !io.stderr.isTTY) return [plainLog(io.stderr)];
  const terminal = io.terminal();
  if (terminal.columns < NARROWEST_LIST) return [plainLog(io.stderr)];
  const { liveTasks } = await import('../report/live.ts');
  return [await liveTasks(terminal, io.stderr)];
}
