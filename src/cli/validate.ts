import { plural } from '../report/format.ts';
import { printable } from '../text/printable.ts';
import type { Command } from './command.ts';
import { readPlan } from './load-plan.ts';

/** Finds the mistakes of a plan. */
export const validateCommand: Command = async (context, { operand, flags }) => {
  const { plan, warnings } = await readPlan(
    operand,
    context,
    flags.has('strict') ? 'refuse' : 'tell',
  );
  const size = `${plural(plan.steps.length, 'step')}, ${plural(plan.inputs.length, 'input')}`;
  const verdict = warnings.length === 0 ? 'no mistakes' : plural(warnings.length, 'warning');
  context.io.stdout.write(`${printable(plan.file)}: ${verdict} (${size}).\n`);
  return 'done';
};
