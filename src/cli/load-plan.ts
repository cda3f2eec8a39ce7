import { stepTypes } from '../../steps/index.ts';
import type { Diagnostic, Loaded } from '../plan/diagnostic.ts';
import type { Library } from '../plan/layers/library.ts';
import type { Plan } from '../plan/plan.ts';
import type { PlanSource } from '../plan/source.ts';
import { paintFor } from '../report/paint.ts';
import { EarlyEnd } from './end.ts';
import type { Context } from './io.ts';
import { knownPlan } from './known-plans.ts';
import { findPackagedPlan, namedPlan, packagedPlans, readPlanFile } from './plan-file.ts';

/** A plan that can be used. */
interface LoadedPlan {
  readonly plan: Plan;
  readonly warnings: readonly Diagnostic[];
}

/** What to read, and what to make of it. */
interface ReadOptions {
  /** As on the command line. */
  readonly named: string | undefined;
  /**
   * The fragments that count, in their order.
   * @throws EarlyEnd when one of them cannot be trusted
   */
  readonly fragments: () => readonly PlanSource[];
  /**
   * What becomes of what is not wrong but may be meant otherwise; a boot is not the time to hear
   * of it.
   */
  readonly warnings: 'hide' | 'tell' | 'refuse';
}

/**
 * Reads a plan, with what it extends and the fragments for it, and tells its mistakes on stderr.
 * @throws EarlyEnd when there is no such plan, it has mistakes, or a fragment cannot be trusted
 */
export async function readPlan(
  { io }: Context,
  { named, fragments, warnings }: ReadOptions,
): Promise<LoadedPlan> {
  const source = readPlanFile(namedPlan(named, io.env), io.cwd);
  const loaded = await load(source, {
    get names() {
      return packagedPlans();
    },
    read: (name) => findPackagedPlan(name, io.cwd),
    fragments: fragments(),
  });
  const told = warnings === 'hide' ? [] : loaded.ok ? loaded.warnings : [];
  const diagnostics = loaded.ok ? told : loaded.diagnostics;
  if (diagnostics.length > 0) {
    const { renderDiagnostics } = await import('../report/diagnostics.ts');
    const paint = await paintFor(io.stderr, io.env);
    io.stderr.write(renderDiagnostics(loaded.sources, diagnostics, paint));
  }
  if (!loaded.ok || (warnings === 'refuse' && told.length > 0)) throw new EarlyEnd('config');
  return { plan: loaded.value, warnings: loaded.warnings };
}

async function load(source: PlanSource, library: Library): Promise<Loaded<Plan>> {
  const known = library.fragments.length === 0 ? asBuilt(source, library) : undefined;
  if (known !== undefined) return { ...known, ok: true, sources: [source] };
  const [{ loadPlan }, { validateShape }] = await Promise.all([
    import('../plan/load.ts'),
    import('../plan/schema-validator.ts'),
  ]);
  return loadPlan(source, { types: stepTypes, validate: validateShape }, library);
}

/** The plan as the build has read it, where neither it nor what it extends has been edited. */
function asBuilt(
  { file, text }: PlanSource,
  library: Library,
): { readonly value: Plan; readonly warnings: readonly Diagnostic[] } | undefined {
  const known = knownPlan(text)?.load();
  if (known === undefined) return undefined;
  const unchanged = known.extends.every((name) => {
    const base = library.read(name);
    return base !== undefined && knownPlan(base.text)?.name === name;
  });
  return unchanged ? { value: { ...known.plan, file }, warnings: known.warnings } : undefined;
}
