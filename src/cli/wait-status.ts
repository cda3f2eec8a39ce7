/** Waits until the boot of a container has ended: what `status --wait` does before it looks. */
import { SEVERITIES } from '../engine/result.ts';
import { setTimeout } from 'node:timers/promises';
import { observeFacts } from '../engine/observe-facts.ts';
import { startOfContainer } from '../engine/proc.ts';
import { now } from '../engine/time-limit.ts';
import { unlessProblem } from '../errors/look-failed.ts';
import type { LastBoot } from '../report/receipt.ts';
import type { BootOfStatus } from '../report/show-receipts.ts';
import { RealSystem } from '../system/real/real.ts';
import { listed, showDuration, showTimestamp } from '../text/phrases.ts';
import { plansOfScripts } from './booted-plans.ts';
import type { Arguments, Context } from './command-line.ts';
import { ExitError } from './exit.ts';
import { findRoot, STATUS_DIRECTORY } from './locations.ts';
import { bootsIn, toldOf } from './boots-here.ts';

/** In milliseconds: nobody notices it, and a look at one small file takes a hundredth of it. */
const INTERVAL = 100;

const NOT_THERE = 'its status is being written';

/**
 * Waits until the boot has ended: of every plan that the image boots or, where a command line names
 * one, of that. A boot that has not begun yet is waited for, too.
 * @returns what the status then holds
 * @throws ExitError when it takes longer than --timeout allows, or the reason of the signal
 */
export async function waitForBoot(
  { io }: Context,
  args: Arguments,
): Promise<readonly LastBoot[] | string> {
  const limit = timeoutOf(args);
  const root = findRoot(args, io.cwd);
  const start = startOfContainer(root);
  const [plan] = args.operands;
  const began = now();
  const system = new RealSystem(root);
  for (;;) {
    system.forgetAll();
    // For a moment the file is not there, when it is replaced.
    const found = unlessProblem(() => bootsIn(system, start, undefined));
    const boots = typeof found === 'object' ? found.map(toldOf) : [];
    const wanted = plan === undefined ? plansHere(system, root, io.env) : [plan];
    const missing = whatIsMissing(boots, wanted);
    const own = missing === undefined && unlessProblem(() => bootsIn(system, start, plan));
    if (own !== undefined && own !== false) return own;
    const left = limit - (now() - began);
    if (left <= 0) {
      const text = `the boot has not ended after ${showDuration(limit)}: ${missing ?? NOT_THERE}`;
      throw new ExitError('timeout', text, 'a longer --timeout waits longer');
    }
    await pause(Math.min(INTERVAL, left), io.signal);
  }
}

/** @throws the reason of the signal, once it aborts */
async function pause(duration: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(duration, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/** Under s6 the plans of its scripts; elsewhere nobody can say which, and the first boot is enough. */
function plansHere(system: RealSystem, root: string, env: Context['io']['env']): readonly string[] {
  return observeFacts(root).s6 ? plansOfScripts(system, env) : [];
}

/**
 * Why the boot has not ended yet, as a phrase; undefined where it has.
 * @param boots of this start of the container
 * @param wanted the plans that belong to the boot; where there are none, any will do
 */
export function whatIsMissing(
  boots: readonly BootOfStatus[],
  wanted: readonly string[],
): string | undefined {
  const running = boots.find(({ result }) => result === 'running');
  if (running !== undefined) {
    return `${running.plan} began at ${showTimestamp(running.started)} UTC and goes on`;
  }
  // After a plan that did not end well no other is booted.
  if (boots.some(({ result }) => SEVERITIES[result] === 'error')) return undefined;
  const open = wanted.filter((name) => !boots.some(({ plan }) => plan === name));
  if (boots.length > 0 && open.length === 0) return undefined;
  if (boots.length === 0) return `no boot is recorded in ${STATUS_DIRECTORY} yet`;
  return `${listed(open)} ${open.length === 1 ? 'has' : 'have'} not begun`;
}

/** In milliseconds; for ever where nobody has said. */
function timeoutOf({ options }: Arguments): number {
  const given = options.get('timeout');
  if (given === undefined) return Infinity;
  if (/^\d{1,9}(?:\.\d{1,3})?$/.test(given)) return Number(given) * 1000;
  const text = `--timeout is ${JSON.stringify(given)}; wanted a number of seconds`;
  throw new ExitError('usage', text, 'see hermes-boot status --help');
}
