/** Makes a boot ready, from the plan and the world to the values of its inputs; and runs it dry. */
import { bootedPlans } from './booted-plans.ts';
import type { Arguments, Context } from './command-line.ts';
import { ExitError } from './exit.ts';
import { readFragments } from './fragments.ts';
import { findRoot } from './locations.ts';
import { readPlans, shorten } from './read-plan.ts';
import { simulate } from '../engine/boot.ts';
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
import type { SimulatedSystem } from '../system/simulated.ts';
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
export interface PlanInputs extends Pick<BootInputs, 'fragments'> {
  /** As on the command line. */
  readonly named: string;
  readonly plan: Plan;
  /** The root directory on this machine. */
  readonly root: string;
  readonly system: ReadSystem;
  /** What is observed of this process and its container, once for all plans. */
  readonly observed: () => Facts;
}

/**
 * The plans of a command line: those that it names, else those that the image boots.
 * @throws ExitError when there is no root directory
 */
export function namedPlans({ io }: Context, args: Arguments): readonly string[] {
  if (args.operands.length > 0) return args.operands;
  return bootedPlans(new RealSystem(findRoot(args, io.cwd)), io.env);
}

/**
 * Reads the plans of a command line, with the fragments below its root directory.
 * @throws ExitError when there is no such directory or plan, or a plan has mistakes
 */
export async function preparePlans(
  context: Context,
  args: Arguments,
): Promise<readonly PlanInputs[]> {
  const root = findRoot(args, context.io.cwd);
  const system = new RealSystem(root);
  const named = namedPlans(context, args);
  let fragments: readonly PlanSource[] = [];
  const plans = await readPlans(context, {
    named,
    fragments: () => {
      const shown = (path: string) => (root === '/' ? path : shorten(root + path, context.io.cwd));
      fragments = readFragments(system, shown);
      return fragments;
    },
    warnings: 'log',
  });
  let facts: Facts | undefined;
  const observed = () => (facts ??= factsOf(root, args));
  return plans.map(({ plan }, index) => ({
    named: named[index] ?? '',
    plan,
    root,
    system,
    fragments,
    observed,
  }));
}

/** Makes the boot ready of the first plan of a command line; see preparePlans and prepareBoot. */
export async function prepareFirst(context: Context, args: Arguments): Promise<BootInputs> {
  const [first] = await preparePlans(context, args);
  if (first === undefined) throw new Error('a command line has a plan');
  return prepareBoot(context, first);
}

/**
 * Makes a boot ready.
 * @param world where it looks for the values of its inputs, if that is not as it is by now
 * @throws ExitError when an input is not valid
 */
export function prepareBoot(
  { io, redactor }: Context,
  { plan, root, system, fragments, observed }: PlanInputs,
  world: ReadSystem = system,
): BootInputs {
  const envdir = readAllEnvdir(
    world,
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
  const facts = observed();
  return {
    source: plan,
    fragments,
    secrets,
    plan: bindPlan(plan, inputs, facts, stepTypes),
    system: new RealSystem(root, inputs.flatMap(guardedBy)),
    facts,
  };
}

function factsOf(root: string, { options }: Arguments): Facts {
  const facts = observeFacts(root);
  return options.has('assume-root') ? assumeRoot(facts) : facts;
}

/** What a boot would do, and the world that it would leave. */
export interface DryBoot {
  readonly plan: BootPlan;
  readonly report: BootResult;
  readonly view: PlanView;
  readonly world: SimulatedSystem;
}

/** Finds out what a boot would do. */
export async function dryRunOf(
  { io: { signal }, redactor }: Context,
  { plan, system, facts }: DryRunInputs,
): Promise<DryBoot> {
  const options = { facts, listener: () => undefined, signal };
  const { result: report, world } = await simulate(plan, system, options);
  // An interrupted plan is not an answer.
  signal.throwIfAborted();
  return { plan, report, view: viewPlan({ plan, report, facts }, redactor), world };
}

/**
 * Finds out what the boots of several plans would do, one after the other: each in the world that
 * those before it would leave, until one stops.
 */
export async function dryRunsOf(
  context: Context,
  plans: readonly PlanInputs[],
): Promise<readonly DryBoot[]> {
  const dry: DryBoot[] = [];
  for (const plan of plans) {
    const before = dry.at(-1);
    if (before?.report.stoppedBy !== undefined) break;
    const inputs = prepareBoot(context, plan, before?.world);
    const tree = before?.world.overlay ?? inputs.system.tree;
    const system = { tree, policy: inputs.system.policy };
    dry.push(await dryRunOf(context, { ...inputs, system }));
  }
  return dry;
}

/** A path that a plan takes from its environment belongs to the users of that path. */
function guardedBy({ declaration, value }: Input): string[] {
  return declaration.type === 'path' && typeof value === 'string' ? [value] : [];
}
