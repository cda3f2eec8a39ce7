import type { BootReport, StepReport } from '../engine/report.ts';
import type { BootPlan } from '../plan/plan.ts';
import { factValues } from '../step/facts.ts';
import type { Facts } from '../step/facts.ts';
import { viewChange } from './change-view.ts';
import { criticalPath } from './critical-path.ts';
import { tenths } from './format.ts';
import { showRefusal, viewInput } from './input-view.ts';
import { RECEIPT_VERSION } from './receipt.ts';
import type { ChangeReceipt, Origin, Outcome, Reason, Receipt, StepReceipt } from './receipt.ts';
import type { Redactor } from './redact.ts';
import { problemLines, showCause, viewProblem } from './step-view.ts';
import type { ProblemView } from './step-view.ts';

/** The first boot of a large volume makes thousands. */
const LISTED_CHANGES = 100;

/** Of reasons and warnings, each. */
const LISTED_TEXTS = 20;

/** The facts of a receipt: no boot has to look at anything for them that it has not seen. */
const TOLD_FACTS = ['uid', 'gid', 'root', 'can-chown', 's6', 'main-program'] as const;

/** When something was, as ISO 8601 has it, in UTC. */
export interface Span {
  readonly started: string;
  readonly ended: string;
}

/** What a receipt is made of besides where the boot came from. */
interface Ended extends Span {
  readonly file: string;
  readonly plan: BootPlan;
  readonly report: BootReport;
  readonly facts: Facts;
  /** Whether a signal stopped it. */
  readonly interrupted: boolean;
}

/** The receipt of a boot that was done, to its end or not. */
export function receiptOf(boot: Ended, origin: Origin, redactor: Redactor): Receipt {
  const { plan, file, report, facts, interrupted, started, ended } = boot;
  const { steps, result, duration } = report;
  const values = factValues(facts);
  const slowest = steps.reduce<StepReport | undefined>(
    (most, step) => (most !== undefined && most.duration >= step.duration ? most : step),
    undefined,
  );
  const path = criticalPath(steps);
  const changes = steps.reduce((sum, { made }) => sum + made, 0);
  const made = madeChanges(steps);
  return redactor.document<Receipt>({
    version: RECEIPT_VERSION,
    plan: plan.name,
    file,
    result: outcomeOf(result, interrupted),
    reasons: reasonsOf(plan, report),
    started,
    ended,
    duration: tenths(duration),
    changes,
    slowest: slowest ? { step: slowest.step.id, duration: tenths(slowest.duration) } : null,
    ...origin,
    facts: {
      ...Object.fromEntries(
        TOLD_FACTS.flatMap((name) => {
          const value = values.get(name);
          return value === undefined ? [] : [[name, value]];
        }),
      ),
      groups: facts.groups,
      capabilities: [...facts.capabilities].sort(),
    },
    inputs: plan.inputs.map(viewInput),
    steps: steps.map(stepReceipt),
    criticalPath: {
      duration: tenths(path.duration),
      steps: path.steps.map(({ step, duration }) => ({ step, duration: tenths(duration) })),
    },
    made,
    unlisted: changes - made.length,
    warnings: warningsOf(steps),
  });
}

/** The receipt of a boot that broke off before its end, or could not begin. */
export function brokenReceipt(
  { plan, file, reason, interrupted, changes, started, ended }: Broken,
  origin: Origin,
  redactor: Redactor,
): Receipt {
  return redactor.document<Receipt>({
    version: RECEIPT_VERSION,
    plan,
    file,
    result: interrupted ? 'interrupted' : 'failed',
    reasons: [reason],
    started,
    ended,
    duration: Date.parse(ended) - Date.parse(started),
    changes,
    slowest: null,
    ...origin,
    facts: {},
    inputs: [],
    steps: [],
    criticalPath: { duration: 0, steps: [] },
    made: [],
    unlisted: 0,
    warnings: [],
  });
}

/** What is known of a boot that broke off. */
interface Broken extends Span {
  /** The name of the plan, as far as it is known. */
  readonly plan: string;
  readonly file: string;
  readonly reason: Reason;
  readonly interrupted: boolean;
  readonly changes: 0 | null;
}

/** A problem as the reason of a result. */
export function reasonOf(about: string | null, problem: ProblemView): Reason {
  const [text = '', ...mend] = problemLines(problem);
  return { about, text, mend };
}

function outcomeOf(result: BootReport['result'], interrupted: boolean): Outcome {
  if (result === 'stopped') return interrupted ? 'interrupted' : 'failed';
  return result === 'degraded' ? 'degraded' : 'ok';
}

function reasonsOf({ inputs }: BootPlan, { steps, shortcomings, stoppedBy }: BootReport): Reason[] {
  const refused = inputs.map(viewInput).flatMap(({ name, refused: refusal }): Reason[] => {
    if (refusal === undefined) return [];
    const { variable } = refusal;
    return [
      { about: name, text: showRefusal(refusal), mend: [`correct ${variable}, or unset it`] },
    ];
  });
  const failed = steps.flatMap((report): Reason[] => {
    const { step, problem } = report;
    // What nobody wanted to hear of is none, unless it stopped the boot, as a signal does.
    if (problem === undefined || (step.onFailure === 'ignore' && report !== stoppedBy)) return [];
    return [reasonOf(step.id, viewProblem(problem))];
  });
  const short = shortcomings.map(({ cause }): Reason => {
    return { about: null, text: showCause(cause), mend: [...cause.mend] };
  });
  // Among the last ones is what stopped the boot.
  return [...short, ...refused, ...failed].slice(-LISTED_TEXTS);
}

function stepReceipt(report: StepReport): StepReceipt {
  const { step, status, made, began, duration, problem } = report;
  return {
    id: step.id,
    uses: step.type.uses,
    status,
    changes: report.changes.length,
    made,
    began: began === undefined ? null : tenths(began),
    duration: tenths(duration),
    problem: problem === undefined ? null : viewProblem(problem),
  };
}

function madeChanges(steps: readonly StepReport[]): ChangeReceipt[] {
  const listed: ChangeReceipt[] = [];
  for (const { step, changes, made } of steps) {
    for (const change of changes.slice(0, Math.min(made, LISTED_CHANGES - listed.length))) {
      const { kind, path, from, to } = viewChange(change);
      listed.push({ step: step.id, kind, path, from, to });
    }
  }
  return listed;
}

function warningsOf(steps: readonly StepReport[]): Receipt['warnings'] {
  return steps
    .flatMap(({ step, notes }) =>
      notes
        .filter(({ severity }) => severity === 'warning')
        .map(({ text }) => ({ step: step.id, text })),
    )
    .slice(0, LISTED_TEXTS);
}
