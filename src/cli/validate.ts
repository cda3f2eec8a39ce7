import type { PlanSource } from '../plan/source.ts';
import { counted } from '../text/phrases.ts';
import { RealSystem } from '../system/real/real.ts';
import { printable } from '../text/printable.ts';
import type { Command } from './command.ts';
import { readFragments } from './fragments.ts';
import { readPlan } from './load-plan.ts';

/** Finds the mistakes of a plan. */
export const validateCommand: Command = async (context, { operand, flags }) => {
  // With the fragments of this machine: the build of a derived image is where they are checked.
  let found: readonly PlanSource[] = [];
  const { plan, warnings } = await readPlan(context, {
    named: operand,
    fragments: () => (found = readFragments(new RealSystem('/'), (path) => path)),
    warnings: flags.has('strict') ? 'refuse' : 'tell',
  });
  const fragments = found.filter(({ file }) => plan.files.includes(file)).length;
  const also = fragments === 0 ? '' : ` with ${counted(fragments, 'fragment')}`;
  const size = `${counted(plan.steps.length, 'step')}, ${counted(plan.inputs.length, 'input')}`;
  const verdict = warnings.length === 0 ? 'no mistakes' : counted(warnings.length, 'warning');
  context.io.stdout.write(`${printable(plan.file)}${also}: ${verdict} (${size}).\n`);
  return 'done';
};
