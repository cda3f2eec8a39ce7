/** The commands for authors of plans: validate, steps, and plan --origin. */
import { stepTypes } from '../../steps/index.ts';
import { didYouMean } from '../plan/nearest.ts';
import type { PlanSource } from '../plan/plan.ts';
import { writeLog } from '../report/boot-log.ts';
import { paintFor } from '../report/paint.ts';
import {
  originDocument,
  renderOrigin,
  renderStepType,
  renderStepTypes,
} from '../report/show-authoring.ts';
import { RealSystem } from '../system/real/real.ts';
import { counted } from '../text/phrases.ts';
import { printable } from '../text/printable.ts';
import { preparePlans } from './boot-inputs.ts';
import { bootedPlans } from './booted-plans.ts';
import type { Command } from './command-line.ts';
import { leaveCompiled } from './compiled-plans.ts';
import { ExitError } from './exit.ts';
import { readFragments } from './fragments.ts';
import { readPlans } from './read-plan.ts';

/**
 * Finds the mistakes of plans and of the fragments of this machine, as in the build of a derived
 * image: without a name of the plans that the image boots, and of all fragments.
 */
export const validateCommand: Command = async (context, { operands, options }) => {
  const { io } = context;
  const system = new RealSystem('/');
  const isStrict = options.has('strict');
  let fragments: readonly PlanSource[] = [];
  const named = operands.length > 0 ? operands : bootedPlans(system, io.env);
  const read = await readPlans(context, {
    named,
    fragments: () => (fragments = readFragments(system, (path) => path)),
    also: operands.length > 0 ? 'nothing' : 'changed',
    warnings: isStrict ? 'refuse' : 'show',
  });
  for (const { plan, warnings, texts } of read) {
    const own = fragments.filter(({ file }) => plan.files.includes(file)).length;
    const also = own === 0 ? '' : ` with ${counted(own, 'fragment')}`;
    const size = `${counted(plan.steps.length, 'step')}, ${counted(plan.inputs.length, 'input')}`;
    const verdict = warnings.length === 0 ? 'no mistakes' : counted(warnings.length, 'warning');
    io.stdout.write(`${printable(plan.file)}${also}: ${verdict} (${size}).\n`);
    // A boot has a line for each warning, which a compiled plan does not hold.
    if (texts === undefined || warnings.length > 0) continue;
    const left = leaveCompiled(texts, plan);
    if (left !== undefined) io.stdout.write(`${left}\n`);
  }
  const unused =
    operands.length > 0
      ? []
      : fragments.filter(({ file }) => !read.some(({ plan }) => plan.files.includes(file)));
  for (const { file } of unused) {
    writeLog(io.stderr, 'warn', `${printable(file)} changes no plan of this image`);
  }
  return isStrict && unused.length > 0 ? 'config' : 'done';
};

/** Lists the step types, or the options of one. */
export const stepsCommand: Command = async ({ io }, { operands: [operand] }) => {
  const paint = await paintFor(io.stdout, io.env);
  if (operand === undefined) {
    io.stdout.write(renderStepTypes(stepTypes, paint));
    return 'done';
  }
  const type = stepTypes.find(({ uses }) => uses === operand);
  if (type === undefined) {
    const names = stepTypes.map(({ uses }) => uses);
    const hint = didYouMean(operand, names, 'hermes-boot steps lists them');
    throw new ExitError('usage', `no step type ${operand}; ${hint ?? ''}`);
  }
  io.stdout.write(renderStepType(type, paint));
  return 'done';
};

/** Shows which file each step of plans comes from. */
export const originCommand: Command = async (context, args) => {
  const { stdout, env } = context.io;
  const plans = (await preparePlans(context, args)).map(({ plan }) => plan);
  if (args.options.has('json')) {
    const documents = plans.map(originDocument);
    const [only] = documents;
    const document = documents.length === 1 ? only : { version: 1, plans: documents };
    stdout.write(`${JSON.stringify(document)}\n`);
    return 'done';
  }
  const paint = await paintFor(stdout, env);
  stdout.write(plans.map((plan) => renderOrigin(plan, paint)).join('\n'));
  return 'done';
};
