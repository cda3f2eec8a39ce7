import packageJson from '../../package.json' with { type: 'json' };
import { stepTypes } from '../../steps/index.ts';
import { dryRun } from '../engine/boot.ts';
import { factsCodec, factsDocument, type FactsDocument } from '../engine/facts-document.ts';
import { offlineBoot, takeFacts } from '../engine/offline.ts';
import { differingSteps } from '../report/boot-view.ts';
import { renderFacts, writeFacts } from '../report/show-facts.ts';
import { viewPlan } from '../report/boot-view.ts';
import { showLine } from '../report/boot-log.ts';
import type { Arguments, Command } from './command.ts';
import { differing } from './from-facts.ts';
import type { Context } from './io.ts';
import { prepare } from './prepare.ts';

/** Writes down what a plan depends on, so that it can be planned elsewhere. */
export const factsCommand: Command = async (context, options) => {
  const { io } = context;
  if (!options.flags.has('json')) {
    const { facts } = await prepare(context, options);
    io.stdout.write(renderFacts(factsCodec.encode(facts), facts));
    return 'done';
  }
  const document = await checkedFacts(context, options);
  io.stdout.write(writeFacts(factsDocument.encode(document)));
  if (document.differs.length > 0) {
    io.stderr.write(showLine({ level: 'warn', text: differing(document.differs) }));
  }
  return 'done';
};

/** Takes facts, and compares what they give with what the world gives. */
async function checkedFacts(context: Context, options: Arguments): Promise<FactsDocument> {
  const { io, redactor } = context;
  const prepared = await prepare(context, options);
  const { source, plan, system, facts, secrets, fragments } = prepared;
  const how = { facts, listener: () => undefined, signal: io.signal };
  const document = await takeFacts(
    { plan: source, inputs: plan.inputs, facts, system, secrets, types: stepTypes, fragments },
    { by: packageJson.version, taken: new Date(), signal: io.signal },
  );
  const offline = offlineBoot(source, document, document.facts, stepTypes);
  redactor.learn(offline.plan.inputs);
  const there = { plan: offline.plan, facts: document.facts, assumed: facts.assumed };
  const here = { plan, facts, assumed: facts.assumed };
  const views = [
    viewPlan({ ...here, report: await dryRun(plan, system, how) }, redactor),
    viewPlan(
      {
        ...there,
        report: await dryRun(offline.plan, offline.system, { ...how, facts: there.facts }),
      },
      redactor,
    ),
  ] as const;
  io.signal.throwIfAborted();
  return { ...document, differs: differingSteps(...views) };
}
