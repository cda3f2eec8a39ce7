/** Facts documents: `facts --json` writes what a plan depends on, `plan --facts` plans from it. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { stepTypes } from '../../steps/index.ts';
import {
  factsCodec,
  factsDocument,
  versionOf,
  FACTS_VERSION,
  type FactsDocument,
} from '../engine/facts-document.ts';
import { assumeRoot } from '../engine/observe-facts.ts';
import { offlineBoot, takeFacts } from '../engine/offline.ts';
import { errnoOf } from '../errors/problem.ts';
import { writeLog } from '../report/boot-log.ts';
import { differingSteps } from '../report/boot-view.ts';
import { renderFacts, writeFacts } from '../report/show-facts.ts';
import { isAbsence, lookProblem } from '../system/real/errno.ts';
import { Malformed } from '../text/codec.ts';
import { printable } from '../text/printable.ts';
import { dryRunOf, prepareFirst, type DryRunInputs } from './boot-inputs.ts';
import type { Arguments, Command, Context } from './command-line.ts';
import { ExitError } from './exit.ts';
import { readPlan } from './read-plan.ts';

const STDIN = 0;

const WANTED = 'hermes-boot facts --json writes one';

/** Writes what a plan depends on, so that it can be planned elsewhere. */
export const factsCommand: Command = async (context, args) => {
  const { io } = context;
  if (!args.options.has('json')) {
    const { facts } = await prepareFirst(context, args);
    io.stdout.write(renderFacts(factsCodec.encode(facts), facts));
    return 'done';
  }
  const document = await checkedFacts(context, args);
  io.stdout.write(writeFacts(factsDocument.encode(document)));
  warnOfDifferences(context, document);
  return 'done';
};

/** Takes facts, and compares the plan from them with the plan from the world. */
async function checkedFacts(context: Context, args: Arguments): Promise<FactsDocument> {
  const { signal } = context.io;
  const { source, ...here } = await prepareFirst(context, args);
  const { plan, facts, system, secrets, fragments } = here;
  const document = await takeFacts(
    { plan: source, inputs: plan.inputs, facts, system, secrets, types: stepTypes, fragments },
    { by: packageJson.version, taken: new Date(), signal },
  );
  const there = offlineBoot(source, document, document.facts, stepTypes);
  context.redactor.learn(there.plan.inputs);
  const one = await dryRunOf(context, here);
  const other = await dryRunOf(context, { ...there, facts: document.facts });
  return { ...document, differs: differingSteps(one.view, other.view) };
}

/** What a dry run of another machine needs, and where it comes from. */
interface OfflineInputs extends DryRunInputs {
  readonly document: FactsDocument;
}

/**
 * Makes a dry run of another machine ready. It looks only at the plan and the document.
 * @throws ExitError when one of them is not valid
 */
export async function inputsFromFacts(context: Context, args: Arguments): Promise<OfflineInputs> {
  const { operands, options } = args;
  if (options.has('root')) {
    throw new ExitError('usage', '--facts looks at no file system: leave --root out');
  }
  if (operands.length > 1) {
    throw new ExitError('usage', `--facts is about one plan, and these are ${operands.length}`);
  }
  const document = readFacts(options.get('facts') ?? '-', context.io.cwd);
  const { plan: source } = await readPlan(context, {
    named: operands[0] ?? document.plan.name,
    fragments: () => document.plan.fragments,
    warnings: 'hide',
  });
  const facts = options.has('assume-root') ? assumeRoot(document.facts) : document.facts;
  const { plan, system, unknown } = offlineBoot(source, document, facts, stepTypes);
  context.redactor.learn(plan.inputs);
  if (source.digest !== document.plan.digest) {
    warn(context, `these facts were taken for another plan, or another release of ${source.name}`);
  }
  for (const name of unknown) warn(context, `the facts have no input ${name}: taken as not set`);
  warnOfDifferences(context, document);
  return { document, plan, system, facts };
}

function warnOfDifferences(context: Context, { differs }: FactsDocument): void {
  if (differs.length === 0) return;
  warn(
    context,
    `from these facts, other changes are planned than where they were taken: ${differs.join(', ')}`,
  );
}

function warn({ io }: Context, text: string): void {
  writeLog(io.stderr, 'warn', text);
}

/**
 * Reads what `hermes-boot facts --json` has written.
 * @param named a path, or - for stdin
 * @throws ExitError when there is no such file, or something else in it
 */
function readFacts(named: string, cwd: string): FactsDocument {
  const shown = printable(named === '-' ? 'stdin' : named);
  const json = parse(readWhole(named, cwd, shown), shown);
  const version = versionOf(json);
  if (version === undefined) {
    throw new ExitError('config', `${shown} is not a facts document`, WANTED);
  }
  if (version !== FACTS_VERSION) {
    const ours = `this release reads version ${FACTS_VERSION}`;
    throw new ExitError('config', `${shown} has facts of version ${version}; ${ours}`);
  }
  try {
    return factsDocument.decode(json, '');
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new ExitError('config', `${shown} is not a facts document: ${error.message}`, WANTED);
  }
}

function parse(text: string, shown: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ExitError('config', `${shown} is not JSON`, WANTED);
  }
}

function readWhole(named: string, cwd: string, shown: string): string {
  try {
    return readFileSync(named === '-' ? STDIN : resolve(cwd, named), 'utf8');
  } catch (error) {
    const code = errnoOf(error);
    if (code === undefined) throw error;
    if (isAbsence(error)) throw new ExitError('noInput', `no facts file ${shown}`);
    if (code === 'EISDIR') throw new ExitError('noInput', `${shown} is a directory`);
    throw lookProblem(error, shown);
  }
}
