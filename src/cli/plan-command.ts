/** The plan and verify commands: show what the boots of plans would change. */
import { writeDocument } from '../report/documents.ts';
import { paintFor } from '../report/paint.ts';
import { planDocuments } from '../report/plan-document.ts';
import { factsBanner } from '../report/show-facts.ts';
import { renderPlans } from '../report/show-plan.ts';
import { dryRunOf, dryRunsOf, preparePlans, type DryBoot } from './boot-inputs.ts';
import type { Arguments, Command, Context } from './command-line.ts';
import { exitOfReport, type Exit } from './exit.ts';

/** Shows what the boots of plans would change. */
export const planCommand: Command = async (context, args) => {
  const { options } = args;
  if (options.has('origin')) return (await import('./authoring.ts')).originCommand(context, args);
  if (options.has('facts')) return planFromFacts(context, args);
  return show(context, args, await prepareAndPlan(context, args), {
    explain: options.has('explain'),
    drift: options.has('detailed-exitcode'),
  });
};

/** Checks whether the world is as plans want it, and shows what is not. */
export const verifyCommand: Command = async (context, args) =>
  show(context, args, await prepareAndPlan(context, args), { explain: false, drift: true });

/** Dry runs, and the plans that no boot would reach. */
interface Planned {
  readonly dry: readonly DryBoot[];
  readonly unreached: readonly string[];
}

async function prepareAndPlan(context: Context, args: Arguments): Promise<Planned> {
  const plans = await preparePlans(context, args);
  const dry = await dryRunsOf(context, args, plans);
  return { dry, unreached: plans.slice(dry.length).map(({ plan }) => plan.name) };
}

async function planFromFacts(context: Context, args: Arguments): Promise<Exit> {
  const { inputsFromFacts } = await import('./facts-command.ts');
  const { io } = context;
  const { document, ...inputs } = await inputsFromFacts(context, args);
  const dry = await dryRunOf(context, inputs);
  if (!args.options.has('json')) {
    io.stdout.write(factsBanner(document, await paintFor(io.stdout, io.env)));
  }
  const exit = await show(
    context,
    args,
    { dry: [dry], unreached: [] },
    { explain: args.options.has('explain'), drift: args.options.has('detailed-exitcode') },
  );
  // Where the facts hold no answer nothing was planned, even if the boot would go on.
  const { steps } = dry.view;
  return steps.some(({ problem }) => problem?.code === 'unanswered') ? 'config' : exit;
}

async function show(
  { io }: Context,
  { options }: Arguments,
  { dry, unreached }: Planned,
  { explain, drift }: { readonly explain: boolean; readonly drift: boolean },
): Promise<Exit> {
  const views = dry.map(({ view }) => view);
  if (options.has('json')) {
    writeDocument(io.stdout, planDocuments(views, unreached));
  } else {
    const paint = await paintFor(io.stdout, io.env);
    io.stdout.write(renderPlans(views, unreached, { explain, paint }));
  }
  const strict = options.has('strict');
  const exits = dry.map(({ report }) => exitOfReport(report, { strict, drift }));
  // Drift is no reason to overlook a plan that fails.
  return (
    exits.find((exit) => exit !== 'done' && exit !== 'drift') ??
    (exits.includes('drift') ? 'drift' : 'done')
  );
}
