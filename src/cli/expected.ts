/** Holds a boot to the changes of a plan that somebody has looked at: `run --expect`. */
import { digestOf, DIGEST, extentOf, type Looked } from '../report/plan-digest.ts';
import { dryRunsOf, type PlanInputs } from './boot-inputs.ts';
import type { Arguments, Context } from './command-line.ts';
import { ExitError } from './exit.ts';

/**
 * Looks at what the boots of some plans would change, and refuses where that is not what is expected.
 * @throws ExitError when it is something else, or the digest is not one
 */
export async function refuseUnexpected(
  context: Context,
  args: Arguments,
  plans: readonly PlanInputs[],
): Promise<void> {
  const expected = args.options.get('expect') ?? '';
  if (!DIGEST.test(expected)) {
    const text = `--expect is ${JSON.stringify(expected)}; wanted a digest of plan --digest`;
    throw new ExitError('usage', text, 'see hermes-boot run --help');
  }
  const dry = await dryRunsOf(context, plans);
  const looked: Looked = {
    views: dry.map(({ view }) => view),
    unreached: plans.slice(dry.length).map(({ plan }) => plan.name),
  };
  const digest = digestOf(looked);
  if (digest === expected) return;
  throw new ExitError(
    'drift',
    `nothing was changed: the changes are not those of --expect ${expected}: now ${extentOf(looked)}, digest ${digest}`,
    'hermes-boot plan --explain --digest shows what would change now',
  );
}
