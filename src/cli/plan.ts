import type { StepReport } from '../engine/report.ts';
import { renderPlan } from '../report/explain.ts';
import { factsBanner } from '../report/show-facts.ts';
import { paintFor } from '../report/paint.ts';
import { planDocument } from '../report/explain.ts';
import type { Command } from './command.ts';
import { bootDry } from './dry.ts';
import { exitOfReport } from './exit.ts';

/** Shows what a boot would change. */
export const planCommand: Command = async (context, options) => {
  const { flags } = options;
  const { io } = context;
  if (flags.has('origin')) return (await import('./origin.ts')).originCommand(context, options);
  const { report, view, document } = await bootDry(context, options);
  if (flags.has('json')) {
    io.stdout.write(`${JSON.stringify(planDocument(view))}\n`);
  } else {
    const paint = await paintFor(io.stdout, io.env);
    if (document !== undefined) io.stdout.write(factsBanner(document, paint));
    io.stdout.write(renderPlan(view, { explain: flags.has('explain'), paint }));
  }
  // What facts do not answer is no plan, however the boot would go on.
  const isPartial = document !== undefined && report.steps.some(isUnanswered);
  if (isPartial) return 'config';
  const drift = flags.has('detailed-exitcode');
  return exitOfReport(report, { strict: flags.has('strict'), drift });
};

function isUnanswered({ problem }: StepReport): boolean {
  return problem?.code === 'unanswered';
}
