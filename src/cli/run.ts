/** The run command: boots plans, shows what happens, and keeps a receipt of each boot. */
import { resolve } from 'node:path';
import { run } from '../engine/boot.ts';
import type { BootResult } from '../engine/result.ts';
import { now } from '../engine/time-limit.ts';
import type { BootPlan } from '../plan/plan.ts';
import { plainLog, writeLog } from '../report/boot-log.ts';
import { eventViewer, jsonLines, type EventView, type Renderer } from '../report/event-view.ts';
import { matters, type Level } from '../report/level.ts';
import { paintFor, type Output } from '../report/paint.ts';
import type { HomeLock } from '../system/home-lock.ts';
import type { RealSystem } from '../system/real/real.ts';
import { timestampOf } from '../text/phrases.ts';
import type { BootEnd } from './boot-ends.ts';
import {
  namedPlans,
  prepareBoot,
  preparePlans,
  type BootInputs,
  type PlanInputs,
} from './boot-inputs.ts';
import { codeCacheAdvice } from './code-cache.ts';
import {
  withOutputs,
  type Arguments,
  type Command,
  type Context,
  type Io,
} from './command-line.ts';
import { exitOfReport, interruptionOf, reportError, type Exit } from './exit.ts';
import { codeCacheFits } from './launch.ts';
import { readLogWish, type LogFormat, type LogWish } from './log-options.ts';
import { MistakenPlans } from './read-plan.ts';
import { withReceipt, ReceiptKeeper, type Beginning } from './receipt-keeper.ts';

/** In columns; a terminal without a size, as some containers have, says 0. */
const NARROWEST = 40;

/**
 * Makes the changes that the plan command shows. All plans are read and checked before the first
 * change. Then they are booted one after the other, each as if it were the only one, until one ends
 * with another code than 0.
 */
export const runCommand: Command = async ({ io, ...rest }, args) => {
  const wish = readLogWish(args, io.env);
  const context = { io: wish.format === 'json' ? withJsonLog(io) : io, ...rest };
  for (const text of wish.refused) writeLog(context.io.stderr, 'warn', text);
  if (!codeCacheFits() && !args.options.has('json') && matters('info', wish.level)) {
    writeLog(context.io.stderr, 'info', codeCacheAdvice());
  }
  const ends: BootEnd[] = [];
  try {
    return await bootAll(context, args, wish, ends);
  } catch (error) {
    // Here, so that a log of JSON documents has this one, too.
    return reportError(error, context);
  } finally {
    await tell(context, args, ends);
  }
};

/** Tells other programs how the boots ended. */
async function tell(context: Context, args: Arguments, ends: readonly BootEnd[]): Promise<void> {
  if (ends.length === 0) return;
  const { tellBootEnds } = await import('./boot-ends.ts');
  tellBootEnds(context, () => resolve(context.io.cwd, args.options.get('root') ?? '/'), ends);
}

async function bootAll(
  context: Context,
  args: Arguments,
  wish: LogWish,
  ends: BootEnd[],
): Promise<Exit> {
  const began = beginningOf(context.io);
  const keeperOf = (plan: string) => new ReceiptKeeper(context, args, plan, ends, began);
  const plans = await readAll(context, args, keeperOf);
  const checked = await checkAll(context, plans, keeperOf);
  if (typeof checked === 'string') return checked;
  if (args.options.has('expect')) {
    const { refuseUnexpected } = await import('./expected.ts');
    // No plan is to blame, so that the first one is told of.
    const keeper = keeperOf(plans[0]?.named ?? '');
    const refused = await attempt(context, keeper, async () => {
      await refuseUnexpected(context, args, plans);
      return 'done';
    });
    if (refused !== 'done') return refused;
  }
  let ready = checked;
  for (const [index, plan] of plans.entries()) {
    const keeper =
      index === 0 ? keeperOf(plan.named) : new ReceiptKeeper(context, args, plan.named, ends);
    const exit = await attempt(context, keeper, async () => {
      const inputs = ready[index] ?? prepareBoot(context, plan);
      const report = await boot(context, args, wish, inputs, keeper);
      // What a boot has changed, or another one that it waited for, may decide the inputs of the next.
      if (!report.converged || report.lock !== undefined) ready = [];
      return exitOf(report, context.io, args);
    });
    if (exit === 'done') continue;
    warnOfRest(context, plans.slice(index + 1), 'the boot was stopped before');
    return exit;
  }
  return 'done';
}

/** The first boot of a process begins with the process. */
function beginningOf({ began, loaded = 0 }: Io): Beginning {
  const passed = began === undefined ? 0 : Math.max(0, Date.now() - began);
  const at = timestampOf(new Date(Date.now() - passed));
  return { at, clock: now() - passed, start: Math.min(loaded, passed) };
}

/** The same process, with a log of which every line is a JSON document. */
function withJsonLog(io: Io): Io {
  const log: Output = {
    write: (text) => {
      io.stderr.write(text);
    },
    isTTY: false,
    lines: 'json',
  };
  return withOutputs(io, { stdout: io.stdout, stderr: log });
}

type KeeperOf = (plan: string) => ReceiptKeeper;

/**
 * Reads all plans; the receipts of those with mistakes say so.
 * @throws what preparePlans throws
 */
async function readAll(
  context: Context,
  args: Arguments,
  keeperOf: KeeperOf,
): Promise<readonly PlanInputs[]> {
  const named = namedPlans(context, args);
  try {
    return await preparePlans(context, args);
  } catch (error) {
    const wrong = error instanceof MistakenPlans ? error.plans.map((plan) => plan.named) : [];
    for (const plan of wrong.length > 0 ? wrong : named.slice(0, 1)) {
      const keeper = keeperOf(plan);
      keeper.breakOff(error);
      keeper.close();
    }
    throw error;
  }
}

/** Checks the inputs of all plans: how their boots begin, or how the command ends. */
async function checkAll(
  context: Context,
  plans: readonly PlanInputs[],
  keeperOf: KeeperOf,
): Promise<readonly BootInputs[] | Exit> {
  const checked: BootInputs[] = [];
  for (const plan of plans) {
    const exit = await attempt(context, keeperOf(plan.named), () => {
      checked.push(prepareBoot(context, plan));
      return Promise.resolve<Exit>('done');
    });
    if (exit === 'done') continue;
    const others = plans.filter((other) => other !== plan);
    warnOfRest(context, others, 'all plans are checked before the first change');
    return exit;
  }
  return checked;
}

function warnOfRest({ io }: Context, left: readonly PlanInputs[], why: string): void {
  if (left.length === 0) return;
  writeLog(io.stderr, 'error', `${left.map(({ named }) => named).join(', ')} not run: ${why}`);
}

/** Does a part of a boot and keeps its receipt, however it ends. */
async function attempt(
  context: Context,
  keeper: ReceiptKeeper,
  act: () => Promise<Exit>,
): Promise<Exit> {
  try {
    return await withReceipt(keeper, act);
  } catch (error) {
    return reportError(error, context);
  }
}

async function boot(
  context: Context,
  args: Arguments,
  wish: LogWish,
  inputs: BootInputs,
  receipt: ReceiptKeeper,
): Promise<BootResult> {
  const { io, redactor } = context;
  const { plan, system, facts } = inputs;
  const view = eventViewer(receipt.boot, redactor);
  const renderers = await renderersFor(io, args, wish);
  const lock = await lockFor(plan, system);
  try {
    // Last, so that what it measures as the time before the steps is all of it.
    receipt.begin(inputs);
    const report = await run(plan, system, {
      facts,
      listener: (event) => {
        const viewed = view(event);
        for (const renderer of renderers) renderer.show(viewed);
      },
      signal: io.signal,
      ...(lock === undefined ? {} : { lock }),
    });
    receipt.end(report);
    return report;
  } finally {
    lock?.release();
    for (const renderer of renderers) await renderer.finish();
  }
}

function exitOf(report: BootResult, { signal }: Io, { options }: Arguments): Exit {
  const interruption = interruptionOf(signal);
  if (report.status === 'interrupted' && interruption !== undefined) return interruption.exit;
  return exitOfReport(report, { strict: options.has('strict'), drift: false });
}

async function lockFor(
  { home, name, lockTimeout }: BootPlan,
  system: RealSystem,
): Promise<HomeLock | undefined> {
  if (home === undefined) return undefined;
  const { RealHomeLock } = await import('../system/real/real-home-lock.ts');
  return new RealHomeLock(system, home, name, lockTimeout);
}

async function renderersFor(
  io: Io,
  args: Arguments,
  { format, level }: LogWish,
): Promise<readonly Renderer[]> {
  const log = await logFor(io, format, level);
  if (!args.options.has('json')) return [log];
  // A program reads the events on stdout; a person must see what went wrong all the same.
  const least = matters(level, 'warn') ? level : 'warn';
  return [jsonLines(io.stdout), await logFor(io, format === 'json' ? format : 'plain', least)];
}

async function logFor(io: Io, format: LogFormat | undefined, least: Level): Promise<Renderer> {
  const { stderr, env } = io;
  if (format === 'json') return jsonLines(stderr, (event) => isWanted(event, least));
  // What a terminal can be told decides even where somebody asks for more.
  const can = stderr.isTTY && env.TERM !== 'dumb';
  const wants = format === 'live' || (format === undefined && (env.CI ?? '') === '');
  if (!can || !wants || (stderr.columns ?? 0) < NARROWEST) return plainLog(stderr, { least });
  const { liveLog } = await import('../report/live.ts');
  const screen = {
    write: (text: string) => {
      stderr.write(text);
    },
    get columns() {
      return stderr.columns ?? 0;
    },
  };
  return liveLog(screen, { least, paint: await paintFor(stderr, env) });
}

/** Whether an event matters enough for a log that starts at a level; its end always does. */
function isWanted(event: EventView, least: Level): boolean {
  return matters(event.level, least) || event.type === 'boot-finished';
}
