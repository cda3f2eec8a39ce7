/** The plan and verify commands: show what a boot would change. */

import { dryRun } from '../engine/boot.ts';
import type { FactsDocument } from '../engine/facts-document.ts';
import type { BootReport } from '../engine/report.ts';
import { viewPlan, type PlanView } from '../report/boot-view.ts';
import { planDocument, renderPlan } from '../report/show-plan.ts';
import { paintFor } from '../report/paint.ts';
import { factsBanner } from '../report/show-facts.ts';
import { prepareBoot } from './boot-inputs.ts';
import type { Arguments, Command, Context } from './command-line.ts';
import { exitOfReport } from './exit.ts';

/** Shows what a boot would change. */
export const planCommand: Command = async (context, args) => {
  const { options } = args;
  if (options.has('origin')) return (await import('./authoring.ts')).originCommand(context, args);
  const { report, view, document } = await dryRunOf(context, args);
  const { io } = context;
  if (options.has('json')) {
    io.stdout.write(`${JSON.stringify(planDocument(view))}\n`);
  } else {
    const paint = await paintFor(io.stdout, io.env);
    if (document !== undefined) io.stdout.write(factsBanner(document, paint));
    io.stdout.write(renderPlan(view, { explain: options.has('explain'), paint }));
  }
  // Where facts lack an answer there is no plan, however the boot would go on.
  if (document !== undefined && view.steps.some(({ problem }) => problem?.code === 'unanswered')) {
    return 'config';
  }
  const drift = options.has('detailed-exitcode');
  return exitOfReport(report, { strict: options.has('strict'), drift });
};

/** Checks whether the world is as the plan wants it, and shows what is not. */
export const verifyCommand: Command = async (context, args) => {
  const { io } = context;
  const { report, view } = await dryRunOf(context, args);
  const paint = await paintFor(io.stdout, io.env);
  io.stdout.write(renderPlan(view, { explain: false, paint }));
  return exitOfReport(report, { strict: args.options.has('strict'), drift: true });
};

/** What a boot would do. */
interface DryRun {
  readonly report: BootReport;
  readonly view: PlanView;
  /** What it was planned from, if not from this world. */
  readonly document?: FactsDocument;
}

async function dryRunOf(context: Context, args: Arguments): Promise<DryRun> {
  const { signal } = context.io;
  const inputs = await inputsOf(context, args);
  const { plan, system, facts } = inputs;
  const report = await dryRun(plan, system, { facts, listener: () => undefined, signal });
  // An interrupted plan is not an answer.
  signal.throwIfAborted();
  const view = viewPlan({ plan, report, facts }, context.redactor);
  return { report, view, ...('document' in inputs ? { document: inputs.document } : {}) };
}

async function inputsOf(context: Context, args: Arguments) {
  if (!args.options.has('facts')) return prepareBoot(context, args);
  return (await import('./facts-command.ts')).inputsFromFacts(context, args);
}
