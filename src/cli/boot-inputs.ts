/** Makes a boot ready, from the plan and the world to the values of its inputs; and runs it dry. */
import type { Arguments, Context } from './command-line.ts';
import { ExitError } from './exit.ts';
import { readFragments } from './fragments.ts';
import { findRoot } from './locations.ts';
import { readPlan, shorten } from './read-plan.ts';
import { dryRun } from '../engine/boot.ts';
import { assumeRoot, observeFacts } from '../engine/observe-facts.ts';
import type { BootResult } from '../engine/result.ts';
import { bindPlan } from '../plan/bind.ts';
import { resolveInputs, secretTexts } from '../plan/inputs.ts';
import type { BootPlan, Input, Plan, PlanSource } from '../plan/plan.ts';
import { type PlanView, viewPlan } from '../report/boot-view.ts';
import { problemLines } from '../report/step-view.ts';
import type { Facts } from '../step/facts.ts';
import { readAllEnvdir } from '../system/container-env.ts';
import { RealSystem } from '../system/real/real.ts';
import type { ReadSystem } from '../system/system.ts';
import type { World } from '../system/world.ts';
import { stepTypes } from '../../steps/index.ts';

/** What a dry run needs. */
export interface DryRunInputs {
  readonly plan: BootPlan;
  readonly system: Pick<World, 'tree' | 'policy'>;
  readonly facts: Facts;
}

/** What a boot needs. */
export interface BootInputs extends DryRunInputs {
  /** The plan before its inputs got their values. */
  readonly source: Plan;
  /** The fragments that the world adds to it. */
  readonly fragments: readonly PlanSource[];
  /** The values of the variables of secret inputs. */
  readonly secrets: readonly string[];
  readonly system: RealSystem;
}

/** A plan, and the world that it is for. */
interface PlanInputs extends Pick<BootInputs, 'fragments'> {
  readonly plan: Plan;
  /** The root directory on this machine. */
  readonly root: string;
  readonly system: ReadSystem;
}

/**
 * Reads the plan of a command line, with the fragments below its root directory.
 * @throws ExitError when there is no such directory or plan, or the plan has mistakes
 */
export async function preparePlan(context: Context, args: Arguments): Promise<PlanInputs> {
  const root = findRoot(args, context.io.cwd);
  const system = new RealSystem(root);
  let fragments: readonly PlanSource[] = [];
  const { plan } = await readPlan(context, {
    named: args.operands[0],
    fragments: () => {
      const shown = (path: string) => (root === '/' ? path : shorten(root + path, context.io.cwd));
      fragments = readFragments(system, shown);
      return fragments;
    },
    warnings: 'hide',
  });
  return { plan, root, system, fragments };
}

/**
 * Makes a boot ready.
 * @throws ExitError when the root directory, the plan or an input is not valid
 */
export async function prepareBoot(context: Context, args: Arguments): Promise<BootInputs> {
  const { io, redactor } = context;
  const { plan, root, system: unguarded, fragments } = await preparePlan(context, args);
  const envdir = readAllEnvdir(
    unguarded,
    plan.inputs.flatMap(({ env }) => env),
  );
  const environment = { process: io.env, envdir };
  const { inputs, problems } = resolveInputs(plan.inputs, environment);
  redactor.learn(inputs);
  const secrets = secretTexts(plan.inputs, environment);
  for (const secret of secrets) redactor.learnText(secret);
  if (problems.length > 0) {
    throw new ExitError('config', ...problems.flatMap(problemLines));
  }
  const observed = observeFacts(root);
  const facts = args.options.has('assume-root') ? assumeRoot(observed) : observed;
  return {
    source: plan,
    fragments,
    secrets,
    plan: bindPlan(plan, inputs, facts, stepTypes),
    system: new RealSystem(root, inputs.flatMap(guardedBy)),
    facts,
  };
}

/** Finds out what a boot would do. */
export async function dryRunOf(
  { io: { signal }, redactor }: Context,
  { plan, system, facts }: DryRunInputs,
): Promise<{ readonly report: BootResult; readonly view: PlanView }> {
  const report = await dryRun(plan, system, { facts, listener: () => undefined, signal });
  // An interrupted plan is not an answer.
  signal.throwIfAborted();
  return { report, view: viewPlan({ plan, report, facts }, redactor) };
}

/** A path that a plan takes from its environment belongs to the users of that path. */
function guardedBy({ declaration, value }: Input): string[] {
  return declaration.type === 'path' && typeof value === 'string' ? [value] : [];
}
