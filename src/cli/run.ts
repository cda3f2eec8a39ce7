/** The run command: boots plans, shows what happens, and keeps a receipt of each boot. */
import { run } from '../engine/boot.ts';
import type { BootPlan } from '../plan/plan.ts';
import { plainLog, writeLog } from '../report/boot-log.ts';
import { jsonLines, viewEvent, type Renderer } from '../report/event-view.ts';
import type { HomeLock } from '../system/home-lock.ts';
import type { RealSystem } from '../system/real/real.ts';
import { prepareBoot } from './boot-inputs.ts';
import { codeCacheAdvice } from './code-cache.ts';
import type { Arguments, Command, Context, Io } from './command-line.ts';
import { exitOfReport, interruptionOf, reportError, type Exit } from './exit.ts';
import { codeCacheFits } from './launch.ts';
import { withReceipt, type ReceiptKeeper } from './receipt-keeper.ts';

/** In columns; a terminal without a size, as some containers have, says 0. */
const NARROWEST_LIST = 40;

/**
 * Makes the changes that the plan command shows. Several plans are booted one after the other,
 * each as if it were the only one, until one ends with another code than 0.
 */
export const runCommand: Command = async (context, args) => {
  if (!codeCacheFits() && !args.options.has('json'))
    writeLog(context.io.stderr, 'info', codeCacheAdvice());
  const plans = args.operands.length === 0 ? [[]] : args.operands.map((plan) => [plan]);
  for (const [index, operands] of plans.entries()) {
    const exit = await bootPlan(context, { ...args, operands });
    if (exit === 'done') continue;
    const left = args.operands.slice(index + 1);
    if (left.length > 0) {
      const text = `${left.join(', ')} not run: the boot was stopped before`;
      writeLog(context.io.stderr, 'fatal', text);
    }
    return exit;
  }
  return 'done';
};

async function bootPlan(context: Context, args: Arguments): Promise<Exit> {
  try {
    return await withReceipt(context, args, (receipt) => boot(context, args, receipt));
  } catch (error) {
    return reportError(error, context);
  }
}

async function boot(context: Context, args: Arguments, receipt: ReceiptKeeper): Promise<Exit> {
  const { io, redactor } = context;
  const inputs = await prepareBoot(context, args);
  const { plan, system, facts } = inputs;
  receipt.begin(inputs);
  const renderers = await renderersFor(io, args.options.has('json'));
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
    const interruption = interruptionOf(io.signal);
    if (report.status === 'stopped' && interruption !== undefined) return interruption.exit;
    return exitOfReport(report, { strict: args.options.has('strict'), drift: false });
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
  // A program reads the events on stdout; a person must see what went wrong all the same.
  if (json) return [jsonLines(io.stdout), plainLog(io.stderr, 'warn')];
  const isDull = io.env.TERM === 'dumb' || (io.env.CI ?? '') !== '';
  if (io.terminal === undefined || isDull || !io.stderr.isTTY) return [plainLog(io.stderr)];
  const terminal = io.terminal();
  if (terminal.columns < NARROWEST_LIST) return [plainLog(io.stderr)];
  const { liveTasks } = await import('../report/live.ts');
  return [await liveTasks(terminal, io.stderr)];
}
