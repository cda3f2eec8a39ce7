import { stepTypes } from '../../steps/index.ts';
import { didYouMean } from '../plan/nearest.ts';
import { renderStepType, renderStepTypes } from '../report/show-step-types.ts';
import { paintFor } from '../report/paint.ts';
import type { Command } from './command.ts';
import { EarlyEnd } from './end.ts';

/** Lists the step types, or tells what the options of one are. */
export const stepsCommand: Command = async ({ io }, { operand }) => {
  const paint = await paintFor(io.stdout, io.env);
  if (operand === undefined) {
    io.stdout.write(renderStepTypes(stepTypes, paint));
    return 'done';
  }
  const type = stepTypes.find(({ uses }) => uses === operand);
  if (type === undefined) {
    const names = stepTypes.map(({ uses }) => uses);
    const hint = didYouMean(operand, names, 'hermes-boot steps lists them');
    throw new EarlyEnd('usage', `no step type ${operand}; ${hint ?? ''}`);
  }
  io.stdout.write(renderStepType(type, paint));
  return 'done';
};
