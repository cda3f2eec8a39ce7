import { stepTypes } from '../../steps/index.ts';
import type { Loaded } from '../plan/diagnostic.ts';
import type { Plan } from '../plan/plan.ts';
import { paintFor } from '../report/paint.ts';
import { EarlyEnd } from './end.ts';
import type { Context } from './io.ts';
import { knownPlans } from './known-plans.ts';
import type { LoadedPlan } from './known-plans.ts';
import { readPlanFile } from './plan-file.ts';
import type { PlanFile } from './plan-file.ts';

/**
 * Reads a plan and tells its mistakes on stderr.
 * @param named as on the command line
 * @param warnings what becomes of what is not wrong but may be meant otherwise; a boot is not the
 *   time to hear of it
 * @throws EarlyEnd when there is no such plan, or it has mistakes
 */
export async function readPlan(
  named: string | undefined,
  { io }: Context,
  warnings: 'hide' | 'tell' | 'refuse',
): Promise<LoadedPlan> {
  const planFile = readPlanFile(named, io.cwd);
  const { file, text } = planFile;
  const loaded = await load(planFile);
  const told = warnings === 'hide' ? [] : loaded.ok ? loaded.warnings : [];
  const diagnostics = loaded.ok ? told : loaded.diagnostics;
  if (diagnostics.length > 0) {
    const { renderDiagnostics } = await import('../report/diagnostics.ts');
    const paint = await paintFor(io.stderr, io.env);
    io.stderr.write(renderDiagnostics(file, text, diagnostics, paint));
  }
  if (!loaded.ok || (warnings === 'refuse' && told.length > 0)) throw new EarlyEnd('config');
  return { plan: loaded.value, warnings: loaded.warnings };
}

async function load({ file, text }: PlanFile): Promise<Loaded<Plan>> {
  const known = knownPlans().get(text);
  if (known !== undefined) {
    return { ok: true, value: { ...known.plan, file }, warnings: known.warnings };
  }
  const [{ loadPlan }, { validateShape }] = await Promise.all([
    import('../plan/load.ts'),
    import('../plan/schema-validator.ts'),
  ]);
  return loadPlan(file, text, { types: stepTypes, validate: validateShape });
}
