import { simulate } from '../../src/engine/boot.ts';
import type { BootPlan } from '../../src/plan/plan.ts';
import type { Simulation } from '../../src/report/diff/public-texts.ts';
import { viewDiff } from '../../src/report/diff/view-diff.ts';
import { plainPaint } from '../../src/report/paint.ts';
import { Redactor } from '../../src/report/redact.ts';
import { renderDifference } from '../../src/report/show-diff.ts';
import type { Facts } from '../../src/step/facts.ts';
import type { World } from '../../src/system/world.ts';
import { ROOT_FACTS } from './plan-step.ts';

/** What the boots of plans would leave, each in the world that the one before it leaves. */
export async function simulated(
  plans: readonly BootPlan[],
  system: Pick<World, 'tree' | 'policy'>,
  facts: Facts = ROOT_FACTS,
): Promise<Simulation[]> {
  const done: Simulation[] = [];
  for (const plan of plans) {
    const tree = done.at(-1)?.world.overlay ?? system.tree;
    const { result: report, world } = await simulate(
      plan,
      { tree, policy: system.policy },
      { facts, listener: () => undefined, signal: new AbortController().signal },
    );
    done.push({ plan, report, world });
  }
  return done;
}

/** What `diff` prints of the boots of plans, without the lines above the difference. */
export async function diffOf(
  plans: readonly BootPlan[],
  system: Pick<World, 'tree' | 'policy'>,
  { full = false }: { readonly full?: boolean } = {},
): Promise<string> {
  const redactor = new Redactor();
  for (const plan of plans) redactor.learn(plan.inputs);
  return renderDifference(viewDiff(await simulated(plans, system), redactor, full), plainPaint);
}
