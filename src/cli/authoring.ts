/** The commands for authors of plans: validate, steps, and plan --origin. */
import { stepTypes } from '../../steps/index.ts';
import { didYouMean } from '../plan/nearest.ts';
import type { PlanSource } from '../plan/plan.ts';
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
import { preparePlan } from './boot-inputs.ts';
import type { Command } from './command-line.ts';
import { leaveCompiled } from './compiled-plans.ts';
import { ExitError } from './exit.ts';
import { readFragments } from './fragments.ts';
import { readPlan } from './read-plan.ts';

/** Finds the mistakes of a plan. */
export const validateCommand: Command = async (context, { operands, options }) => {
  // With the fragments of this machine, for the build of a derived image.
  let found: readonly PlanSource[] = [];
  const { plan, warnings, texts } = await readPlan(context, {
    named: operands[0],
    fragments: () => (found = readFragments(new RealSystem('/'), (path) => path)),
    warnings: options.has('strict') ? 'refuse' : 'show',
  });
  const fragments = found.filter(({ file }) => plan.files.includes(file)).length;
  const also = fragments === 0 ? '' : ` with ${counted(fragments, 'fragment')}`;
  const size = `${counted(plan.steps.length, 'step')}, ${counted(plan.inputs.length, 'input')}`;
  const verdict = warnings.length === 0 ? 'no mistakes' : counted(warnings.length, 'warning');
  context.io.stdout.write(`${printable(plan.file)}${also}: ${verdict} (${size}).\n`);
  const left = texts === undefined ? undefined : leaveCompiled(texts, plan);
  if (left !== undefined) context.io.stdout.write(`${left}\n`);
  return 'done';
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

/** Shows which file each step of a plan comes from. */
export const originCommand: Command = async (context, args) => {
  const { stdout, env } = context.io;
  const { plan } = await preparePlan(context, args);
  const text = args.options.has('json')
    ? `${JSON.stringify(originDocument(plan))}\n`
    : renderOrigin(plan, await paintFor(stdout, env));
  stdout.write(text);
  return 'done';
};
