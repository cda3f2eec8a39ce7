import { dryRun } from '../engine/boot.ts';
import type { FactsDocument } from '../engine/facts-document.ts';
import type { BootReport } from '../engine/report.ts';
import { viewPlan } from '../report/boot-view.ts';
import type { PlanView } from '../report/boot-view.ts';
import type { Arguments } from './command.ts';
import type { Context } from './io.ts';
import { prepare } from './prepare.ts';

/** What a boot would do, as the engine says and as it is shown. */
interface DryBoot {
  readonly report: BootReport;
  readonly view: PlanView;
  /** What it was planned from, where that is not this world. */
  readonly document?: FactsDocument;
}

/** Finds out what a boot would do. */
export async function bootDry(context: Context, options: Arguments): Promise<DryBoot> {
  const { plan, system, facts, assumed, document } = await ready(context, options);
  const report = await dryRun(plan, system, {
    facts,
    listener: () => undefined,
    signal: context.io.signal,
  });
  // Stopped half-way, a plan is not an answer.
  context.io.signal.throwIfAborted();
  const view = viewPlan({ plan, report, facts, assumed }, context.redactor);
  return { report, view, ...(document === undefined ? {} : { document }) };
}

async function ready(context: Context, options: Arguments) {
  if (options.facts === undefined) {
    const assumed = options.flags.has('assume-root');
    return { ...(await prepare(context, options)), assumed, document: undefined };
  }
  const { prepareFromFacts } = await import('./from-facts.ts');
  return prepareFromFacts(context, options, options.facts);
}
