/** The commands for authors of plans: validate, steps, and plan --origin. */
import packageJson from '../../package.json' with { type: 'json' };
import { stepTypes } from '../../steps/index.ts';
import { either } from '../plan/wanted.ts';
import { didYouMean } from '../plan/nearest.ts';
import type { PlanSource } from '../plan/plan.ts';
import { writeLog } from '../report/boot-log.ts';
import { writeDocument } from '../report/documents.ts';
import { paintFor } from '../report/paint.ts';
import {
  originDocuments,
  renderOrigin,
  renderStepType,
  renderStepTypes,
  stepTypeDocument,
  stepTypesDocument,
} from '../report/show-authoring.ts';
import { validationOf, type ValidationDocument } from '../report/validation.ts';
import { RealSystem } from '../system/real/real.ts';
import { counted } from '../text/phrases.ts';
import { printable } from '../text/printable.ts';
import { preparePlans } from './boot-inputs.ts';
import { bootedPlans } from './booted-plans.ts';
import type { Arguments, Command, Io } from './command-line.ts';
import { leaveCompiled } from './compiled-plans.ts';
import { ExitError } from './exit.ts';
import { readFragments } from './fragments.ts';
import { MistakenPlans, readPlans, uniqueDiagnostics, type ReadPlan } from './read-plan.ts';

const FORMATS = ['text', 'json', 'github', 'sarif'] as const;

/** How the mistakes of plans are written. */
type Format = (typeof FORMATS)[number];

/**
 * Finds the mistakes of plans and of the fragments of this machine, as in the build of a derived
 * image: without a name of the plans that the image boots, and of all fragments.
 */
export const validateCommand: Command = async (context, { operands, options }) => {
  const { io } = context;
  const format = formatOf(options);
  const system = new RealSystem('/');
  const isStrict = options.has('strict');
  let fragments: readonly PlanSource[] = [];
  const named = operands.length > 0 ? operands : bootedPlans(system, io.env);
  let read: readonly ReadPlan[];
  try {
    read = await readPlans(context, {
      named,
      fragments: () => (fragments = readFragments(system, (path) => path)),
      also: operands.length > 0 ? 'nothing' : 'changed',
      warnings: isStrict ? 'refuse' : 'show',
      mistakes: format === 'text' ? 'show' : 'hide',
    });
  } catch (error) {
    if (!(error instanceof MistakenPlans) || format === 'text' || format === 'json') throw error;
    await writeFound(io, format, error.document);
    return error.exit;
  }
  const unused =
    operands.length > 0
      ? []
      : fragments.filter(({ file }) => !read.some(({ plan }) => plan.files.includes(file)));
  const exit = isStrict && unused.length > 0 ? 'config' : 'done';
  const compiled = read.map(({ plan, warnings, texts }) =>
    // A boot has a line for each warning, which a compiled plan does not hold.
    texts === undefined || warnings.length > 0 ? undefined : leaveCompiled(texts, plan),
  );
  if (format === 'text') {
    for (const [index, each] of read.entries()) {
      io.stdout.write(`${verdict(each, fragments)}\n`);
      const left = compiled[index];
      if (left !== undefined) io.stdout.write(`${left}\n`);
    }
    for (const { file } of unused) {
      writeLog(io.stderr, 'warn', `${printable(file)} changes no plan of this image`);
    }
    return exit;
  }
  const plans = read.map(({ named: name, plan }) => ({ named: name, file: plan.file, plan }));
  const found = validationOf(plans, {
    ok: exit === 'done',
    diagnostics: uniqueDiagnostics(read.flatMap(({ warnings }) => warnings)),
    fragments: fragments.map(({ file }) => file),
    unused: unused.map(({ file }) => file),
  });
  await writeFound(io, format, found);
  return exit;
};

function formatOf(options: Arguments['options']): Format {
  const named = options.get('format') ?? (options.has('json') ? 'json' : 'text');
  const format = FORMATS.find((known) => known === named);
  if (format === undefined) {
    throw new ExitError('usage', `--format is ${JSON.stringify(named)}; wanted ${either(FORMATS)}`);
  }
  if (options.has('json') && format !== 'json') {
    throw new ExitError('usage', `--json and --format ${format} exclude each other`);
  }
  return format;
}

/** One line on a plan without mistakes. */
function verdict({ plan, warnings }: ReadPlan, fragments: readonly PlanSource[]): string {
  const own = fragments.filter(({ file }) => plan.files.includes(file)).length;
  const also = own === 0 ? '' : ` with ${counted(own, 'fragment')}`;
  const size = `${counted(plan.steps.length, 'step')}, ${counted(plan.inputs.length, 'input')}`;
  const found = warnings.length === 0 ? 'no mistakes' : counted(warnings.length, 'warning');
  return `${printable(plan.file)}${also}: ${found} (${size}).`;
}

async function writeFound(
  { stdout }: Io,
  format: Exclude<Format, 'text'>,
  found: ValidationDocument,
): Promise<void> {
  if (format === 'json') {
    writeDocument(stdout, found);
    return;
  }
  const { githubCommands, sarifOf } = await import('../report/ci-formats.ts');
  stdout.write(
    format === 'github'
      ? githubCommands(found)
      : `${JSON.stringify(sarifOf(found, packageJson.version))}\n`,
  );
}

/** Lists the step types, or the options of one. */
export const stepsCommand: Command = async ({ io }, { operands: [operand], options }) => {
  const paint = await paintFor(io.stdout, io.env);
  const isJson = options.has('json');
  if (operand === undefined) {
    if (isJson) writeDocument(io.stdout, stepTypesDocument(stepTypes));
    else io.stdout.write(renderStepTypes(stepTypes, paint));
    return 'done';
  }
  const type = stepTypes.find(({ uses }) => uses === operand);
  if (type === undefined) {
    const names = stepTypes.map(({ uses }) => uses);
    const hint = didYouMean(operand, names, 'hermes-boot steps lists them');
    throw new ExitError('usage', `no step type ${operand}; ${hint ?? ''}`);
  }
  if (isJson) writeDocument(io.stdout, stepTypeDocument(type));
  else io.stdout.write(renderStepType(type, paint));
  return 'done';
};

/** Shows which file each step of plans comes from. */
export const originCommand: Command = async (context, args) => {
  const { stdout, env } = context.io;
  const plans = (await preparePlans(context, args)).map(({ plan }) => plan);
  if (args.options.has('json')) {
    writeDocument(stdout, originDocuments(plans));
    return 'done';
  }
  const paint = await paintFor(stdout, env);
  stdout.write(plans.map((plan) => renderOrigin(plan, paint)).join('\n'));
  return 'done';
};
