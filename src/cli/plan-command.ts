/** The plan and verify commands: show what a boot would change. */
import { planDocument, renderPlan } from '../report/show-plan.ts';
import { paintFor } from '../report/paint.ts';
import { factsBanner } from '../report/show-facts.ts';
import { dryRunOf, prepareBoot } from './boot-inputs.ts';
import type { Command } from './command-line.ts';
import { exitOfReport } from './exit.ts';

/** Shows what a boot would change. */
export const planCommand: Command = async (context, args) => {
  const { options } = args;
  if (options.has('origin')) return (await import('./authoring.ts')).originCommand(context, args);
  const offline = options.has('facts')
    ? await (await import('./facts-command.ts')).inputsFromFacts(context, args)
    : undefined;
  const { report, view } = await dryRunOf(context, offline ?? (await prepareBoot(context, args)));
  const { io } = context;
  if (options.has('json')) {
    io.stdout.write(`${JSON.stringify(planDocument(view))}\n`);
  } else {
    const paint = await paintFor(io.stdout, io.env);
    if (offline !== undefined) io.stdout.write(factsBanner(offline.document, paint));
    io.stdout.write(renderPlan(view, { explain: options.has('explain'), paint }));
  }
  // Without an answer from the facts there is no plan, whether or not the boot would go on.
  if (offline !== undefined && view.steps.some(({ problem }) => problem?.code === 'unanswered')) {
    return 'config';
  }
  const drift = options.has('detailed-exitcode');
  return exitOfReport(report, { strict: options.has('strict'), drift });
};

/** Checks whether the world is as the plan wants it, and shows what is not. */
export const verifyCommand: Command = async (context, args) => {
  const { io } = context;
  const { report, view } = await dryRunOf(context, await prepareBoot(context, args));
  const paint = await paintFor(io.stdout, io.env);
  io.stdout.write(renderPlan(view, { explain: false, paint }));
  return exitOfReport(report, { strict: args.options.has('strict'), drift: true });
};
