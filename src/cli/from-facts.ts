import { stepTypes } from '../../steps/index.ts';
import { assumeRoot } from '../engine/facts.ts';
import { offlineBoot } from '../engine/offline.ts';
import type { FactsDocument } from '../engine/facts-document.ts';
import type { BootPlan } from '../plan/plan.ts';
import { showLine } from '../report/boot-log.ts';
import type { Facts } from '../step/facts.ts';
import type { World } from '../system/world.ts';
import type { Arguments } from './command.ts';
import { readFacts } from './facts-file.ts';
import type { Context } from './io.ts';
import { readPlan } from './load-plan.ts';

/** All that a dry boot takes, and where it comes from. */
interface Offline {
  readonly document: FactsDocument;
  readonly plan: BootPlan;
  readonly system: Pick<World, 'tree' | 'policy'>;
  readonly facts: Facts;
  readonly assumed: boolean;
}

/**
 * Makes everything ready for a dry boot of another machine. Nothing of this one is looked at but
 * the plan and the document.
 * @throws EarlyEnd when one of them is not as it must be
 */
export async function prepareFromFacts(
  context: Context,
  options: Arguments,
  file: string,
): Promise<Offline> {
  const { io, redactor } = context;
  const document = readFacts(file, io.cwd);
  const { plan: source } = await readPlan(context, {
    named: options.operand ?? document.plan.name,
    fragments: () => document.plan.fragments,
    warnings: 'hide',
  });
  const facts = options.flags.has('assume-root') ? assumeRoot(document.facts) : document.facts;
  const { plan, system, unknown } = offlineBoot(source, document, facts, stepTypes);
  redactor.learn(plan.inputs);
  const warn = (text: string): void => {
    io.stderr.write(showLine({ level: 'warn', text }));
  };
  if (source.digest !== document.plan.digest) {
    warn(`these facts were taken for another plan, or another release of ${source.name}`);
  }
  for (const name of unknown) warn(`the facts have no input ${name}: taken as not set`);
  if (document.differs.length > 0) warn(differing(document.differs));
  return { document, plan, system, facts, assumed: facts.assumed };
}

/** What a plan from facts cannot show. */
export function differing(steps: readonly string[]): string {
  return `from these facts ${steps.join(', ')} comes out otherwise than where they were taken`;
}
