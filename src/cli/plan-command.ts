/** The plan, verify and diff commands: show what the boots of plans would change. */
import { writeDocument } from '../report/documents.ts';
import { paintFor } from '../report/paint.ts';
import { digestOf } from '../report/plan-digest.ts';
import { planDocuments } from '../report/plan-document.ts';
import { factsBanner } from '../report/show-facts.ts';
import { renderPlans } from '../report/show-plan.ts';
import type { Detail } from '../report/show-short.ts';
import { wrap } from '../report/wrap.ts';
import { dryRunOf, dryRunsOf, preparePlans, type DryBoot } from './boot-inputs.ts';
import type { Arguments, Command, Context } from './command-line.ts';
import { exitOfReport, ExitError, type Exit } from './exit.ts';
import { didYouMean } from '../plan/nearest.ts';
import type { BootPlan, Plan } from '../plan/plan.ts';
import { listed } from '../text/phrases.ts';
import { printable } from '../text/printable.ts';

/** Shows what the boots of plans would change. */
export const planCommand: Command = async (context, args) => {
  const { options } = args;
  if (options.has('origin')) return (await import('./authoring.ts')).originCommand(context, args);
  if (options.has('diff') && options.has('json')) {
    throw new ExitError(
      'usage',
      'plan --json has no --diff',
      'hermes-boot diff --json has what files would become',
    );
  }
  if (options.has('facts')) return planFromFacts(context, args);
  return show(context, args, await prepareAndPlan(context, args), {
    detail: detailOf(options),
    drift: options.has('detailed-exitcode'),
  });
};

/** Checks whether the world is as plans want it, and shows what is not. */
export const verifyCommand: Command = async (context, args) =>
  show(context, args, await prepareAndPlan(context, args), { detail: 'short', drift: true });

function detailOf(options: Arguments['options']): Detail {
  const step = options.get('explain');
  if (step !== undefined) return step === '' ? 'reasons' : { step };
  return options.has('short') ? 'short' : 'changes';
}

/** Shows what the files of the world would become, in place of the changes of each step. */
export const diffCommand: Command = async (context, args) => {
  const planned = await prepareAndPlan(context, args);
  const { stdout, env } = context.io;
  const diff = await differenceOf(context, args, planned);
  const views = planned.dry.map(({ view }) => view);
  if (args.options.has('json')) {
    const { diffDocument } = await import('../report/diff/diff-document.ts');
    writeDocument(stdout, diffDocument(views, planned.unreached, diff));
  } else {
    const { renderDiff } = await import('../report/show-diff.ts');
    const paint = await paintFor(stdout, env);
    stdout.write(renderDiff(views, planned.unreached, diff, paint));
  }
  return exitOf(args, planned, args.options.has('detailed-exitcode'));
};

/** Loads what compares texts only where somebody asks for it. */
async function differenceOf({ redactor }: Context, { options }: Arguments, { dry }: Planned) {
  const { viewDiff } = await import('../report/diff/view-diff.ts');
  return viewDiff(dry, redactor, options.has('full'));
}

/** Dry runs, and the plans that no boot would reach. */
interface Planned {
  readonly dry: readonly DryBoot[];
  readonly unreached: readonly string[];
}

async function prepareAndPlan(context: Context, args: Arguments): Promise<Planned> {
  const plans = await preparePlans(context, args);
  checkStep(
    args,
    plans.map(({ plan }) => plan),
  );
  const dry = await dryRunsOf(context, plans);
  return { dry, unreached: plans.slice(dry.length).map(({ plan }) => plan.name) };
}

/** @throws ExitError when no plan has the step that is to be explained */
function checkStep(
  { options }: Arguments,
  plans: readonly Pick<Plan | BootPlan, 'name' | 'steps'>[],
): void {
  const id = options.get('explain') ?? '';
  const ids = plans.flatMap(({ steps }) => steps.map((step) => step.id));
  if (id === '' || ids.includes(id)) return;
  const names = listed(plans.map(({ name }) => name));
  const hint = didYouMean(id, ids, 'plan --origin lists the steps') ?? '';
  throw new ExitError('usage', printable(`no step ${id} in ${names}; ${hint}`));
}

async function planFromFacts(context: Context, args: Arguments): Promise<Exit> {
  const { inputsFromFacts } = await import('./facts-command.ts');
  const { io } = context;
  const { document, ...inputs } = await inputsFromFacts(context, args);
  checkStep(args, [inputs.plan]);
  const dry = await dryRunOf(context, inputs);
  if (!args.options.has('json')) {
    io.stdout.write(factsBanner(document, await paintFor(io.stdout, io.env)));
  }
  const exit = await show(
    context,
    args,
    { dry: [dry], unreached: [] },
    { detail: detailOf(args.options), drift: args.options.has('detailed-exitcode') },
  );
  // Where the facts hold no answer nothing was planned, even if the boot would go on.
  const { steps } = dry.view;
  return steps.some(({ problem }) => problem?.code === 'unanswered') ? 'config' : exit;
}

/** The command that makes the changes of a digest, to be typed as it stands. */
function expecting({ operands, options }: Arguments, digest: string): string {
  const root = options.get('root');
  const words = [...operands, ...(root === undefined ? [] : ['--root', root]), '--expect', digest];
  const command = ['hermes-boot', 'run', ...words].map(quoted).join(' ');
  const lead = wrap('', 'To make these changes and no others:', 0).join('\n');
  return `${lead}\n  ${printable(command)}\n`;
}

/** A word for a shell. */
function quoted(word: string): string {
  return /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

async function show(
  context: Context,
  args: Arguments,
  planned: Planned,
  { detail, drift }: { readonly detail: Detail; readonly drift: boolean },
): Promise<Exit> {
  const { io } = context;
  const { options } = args;
  const { dry, unreached } = planned;
  const views = dry.map(({ view }) => view);
  if (options.has('json')) {
    writeDocument(io.stdout, planDocuments(views, unreached));
    return exitOf(args, planned, drift);
  }
  const paint = await paintFor(io.stdout, io.env);
  io.stdout.write(renderPlans(views, unreached, { detail, paint }));
  if (options.has('diff')) {
    const { renderDifference } = await import('../report/show-diff.ts');
    const text = renderDifference(await differenceOf(context, args, planned), paint);
    if (text !== '') io.stdout.write(`\n${text}`);
  }
  if (options.has('digest')) {
    io.stdout.write(`\n${expecting(args, digestOf({ views, unreached }))}`);
  }
  return exitOf(args, planned, drift);
}

function exitOf({ options }: Arguments, { dry }: Planned, drift: boolean): Exit {
  const strict = options.has('strict');
  const exits = dry.map(({ report }) => exitOfReport(report, { strict, drift }));
  // Drift is no reason to overlook a plan that fails.
  return (
    exits.find((exit) => exit !== 'done' && exit !== 'drift') ??
    (exits.includes('drift') ? 'drift' : 'done')
  );
}
