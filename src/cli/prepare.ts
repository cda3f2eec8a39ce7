import { fileURLToPath } from 'node:url';
import { stepTypes } from '../../steps/index.ts';
import { assumeRoot, observeFacts } from '../engine/facts.ts';
import { bindPlan } from '../plan/bind.ts';
import { resolveInputs, secretTexts } from '../plan/inputs.ts';
import type { BootPlan, Input, Plan } from '../plan/plan.ts';
import type { PlanSource } from '../plan/source.ts';
import { problemLines, viewProblem } from '../report/step-view.ts';
import type { Facts } from '../step/facts.ts';
import { readAllEnvdir } from '../system/container-env.ts';
import { MEANS } from '../system/real/owners/means.ts';
import { RealSystem } from '../system/real/real.ts';
import type { ReadSystem } from '../system/system.ts';
import type { Arguments } from './command.ts';
import { EarlyEnd } from './end.ts';
import { readFragments } from './fragments.ts';
import type { Context } from './io.ts';
import { readPlan } from './load-plan.ts';
import { shorten } from './plan-file.ts';
import { findRoot } from './root.ts';

/** All that a boot, dry or real, takes. */
export interface Prepared {
  /** The plan before its inputs were filled in. */
  readonly source: Plan;
  /** What the world has added to it. */
  readonly fragments: readonly PlanSource[];
  /** What the variables of secret inputs hold. */
  readonly secrets: readonly string[];
  readonly plan: BootPlan;
  readonly system: RealSystem;
  readonly facts: Facts;
}

/** A plan, and the world that it is for. */
interface PreparedPlan {
  readonly plan: Plan;
  /** The directory of the world on this machine. */
  readonly root: string;
  /** What the world adds to the plan. */
  readonly fragments: readonly PlanSource[];
  readonly system: ReadSystem;
}

/**
 * Reads the plan of a command line, with the fragments of the world that it names.
 * @throws EarlyEnd when there is no such world or plan, or the plan has mistakes
 */
export async function preparePlan(context: Context, options: Arguments): Promise<PreparedPlan> {
  const root = findRoot(options.root, context.io.cwd);
  const system = new RealSystem(root);
  let fragments: readonly PlanSource[] = [];
  const { plan } = await readPlan(context, {
    named: options.operand,
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
 * Makes everything ready for a boot: reads the plan, opens the world, gives the inputs their
 * values.
 * @throws EarlyEnd when one of them is not as it must be
 */
export async function prepare(context: Context, options: Arguments): Promise<Prepared> {
  const { io, redactor } = context;
  const { plan, root, system: unguarded, fragments } = await preparePlan(context, options);
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
    const lines = problems.flatMap((problem) => problemLines(viewProblem(problem)));
    throw new EarlyEnd('config', ...lines);
  }
  const observed = observeFacts(root);
  const facts = options.flags.has('assume-root') ? assumeRoot(observed) : observed;
  return {
    source: plan,
    fragments,
    secrets,
    plan: bindPlan(plan, inputs, facts, stepTypes),
    system: new RealSystem(root, inputs.flatMap(guardedBy), {
      ...MEANS,
      get program() {
        return sharing();
      },
    }),
    facts,
  };
}

/** The program of processes that help with the owners of large trees: it lies beside this one. */
function sharing(): string {
  return fileURLToPath(new URL('own-share.cjs', import.meta.url));
}

/** What a plan takes from its environment as a path belongs to the users of that path. */
function guardedBy({ declaration, value }: Input): string[] {
  return declaration.type === 'path' && typeof value === 'string' ? [value] : [];
}
