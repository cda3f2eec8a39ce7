/** Finds the homes whose history a command shows, and reads it. */
import { observeFacts } from '../engine/observe-facts.ts';
import { Problem } from '../errors/problem.ts';
import { boundHome } from '../plan/bind.ts';
import { resolveInputs } from '../plan/inputs.ts';
import { readReceipt, type ShortReceipt } from '../report/receipt.ts';
import { readAllEnvdir } from '../system/container-env.ts';
import { olderLog } from '../system/log-file.ts';
import { normalise } from '../system/path.ts';
import { RealSystem } from '../system/real/real.ts';
import type { ReadSystem } from '../system/system.ts';
import { bootedPlans } from './booted-plans.ts';
import type { Arguments, Context } from './command-line.ts';
import { ExitError } from './exit.ts';
import { readFragments } from './fragments.ts';
import { findRoot, historyFile, variableOr } from './locations.ts';
import { isPath, readPlan } from './read-plan.ts';

/**
 * The start of a receipt, also behind one that a full disk has cut off: no text in a receipt
 * contains this, since quotes in a text are escaped.
 */
const START = /\n|(?=\{"version":)/;

/** What homes remember of their boots. */
export interface History {
  readonly homes: readonly string[];
  /** The name of the plan that was asked for, if one was. */
  readonly plan: string | undefined;
  /** Of that plan or of all, the oldest first. */
  readonly boots: readonly ShortReceipt[];
  /** How many lines are not a receipt, and files that cannot be read. */
  readonly damaged: number;
  readonly problems: readonly Problem[];
}

/**
 * Reads the history of the plan that a command line names; of the plans that the image boots where
 * it names none. A plan that cannot be read has the home that HERMES_HOME names.
 */
export async function readHistory(context: Context, args: Arguments): Promise<History> {
  const { io } = context;
  const root = findRoot(args, io.cwd);
  const system = new RealSystem(root);
  const [operand] = args.operands;
  const found: { readonly plan: string; readonly home: string | undefined }[] = [];
  for (const named of operand === undefined ? bootedPlans(system, io.env) : [operand]) {
    found.push(...((await homeOf(context, root, named)) ?? []));
  }
  const fallback = normalise(variableOr(system, io.env, 'HERMES_HOME', '/opt/data'));
  const own = found.flatMap(({ home }) => home ?? []);
  const homes = [...new Set(own.length === 0 ? [fallback] : own)];
  const plan = operand === undefined || !isPath(operand) ? operand : (found[0]?.plan ?? operand);
  const files = homes.map(historyFile).flatMap((file) => [olderLog(file), file]);
  const { receipts, ...rest } = receiptsIn(new RealSystem(root, homes), files);
  const boots = receipts
    .filter((boot) => plan === undefined || boot.plan === plan)
    .sort((a, b) => Date.parse(a.started) - Date.parse(b.started));
  return { homes, plan, boots, ...rest };
}

/** A plan by its name and the home that it has here; undefined where it cannot be read. */
async function homeOf({ io, redactor }: Context, root: string, named: string) {
  const system = new RealSystem(root);
  try {
    const fragments = () => readFragments(system, (path) => path);
    const options = { named, fragments, warnings: 'hide', mistakes: 'hide' } as const;
    const { plan } = await readPlan({ io, redactor }, options);
    const names = plan.inputs.flatMap(({ env }) => env);
    const environment = { process: io.env, envdir: readAllEnvdir(system, names) };
    const { inputs } = resolveInputs(plan.inputs, environment);
    return [{ plan: plan.name, home: boundHome(plan, inputs, observeFacts(root)) }];
  } catch (error) {
    if (error instanceof ExitError || error instanceof Problem) return undefined;
    throw error;
  }
}

function receiptsIn(system: ReadSystem, files: readonly string[]) {
  const receipts: ShortReceipt[] = [];
  const problems: Problem[] = [];
  let damaged = 0;
  for (const file of files) {
    try {
      if (system.look(file).type === 'missing') continue;
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
