import type { BootReport, BootResult, StepReport } from '../engine/report.ts';
import type { BootPlan } from '../plan/plan.ts';
import type { Facts } from '../step/facts.ts';
import { hasEveryId, showIds } from '../step/ids.ts';
import { hindrancesOf, viewShortcoming, type Hindrance } from './hindrance.ts';
import { viewInput } from './input-view.ts';
import type { InputView } from './input-view.ts';
import type { Redactor } from './redact.ts';
import { viewStep } from './step-view.ts';
import type { StepView } from './step-view.ts';

/** The process that a boot runs in, as reports show it. */
export interface ProcessView {
  readonly uid: number;
  readonly gid: number;
  readonly capabilities: readonly string[];
  /** The ids of the user namespace that exist here, as text; null where every id does. */
  readonly ids: { readonly users: string; readonly groups: string } | null;
  /** Whether these are not the rights of this process, but those that a boot would have. */
  readonly assumed: boolean;
}

/** A boot, dry or real, as reports show it: plain data without secrets. */
export interface BootView {
  readonly plan: string;
  readonly file: string;
  readonly result: BootResult;
  readonly converged: boolean;
  readonly stoppedBy: string | null;
  readonly process: ProcessView;
  readonly inputs: readonly InputView[];
  /** What stands in the way of steps, each once. */
  readonly causes: readonly Hindrance[];
  readonly steps: readonly StepView[];
  /** In milliseconds. */
  readonly duration: number;
}

/** What a report of a boot is made of. */
interface BootRecord {
  readonly plan: BootPlan;
  readonly report: BootReport;
  readonly facts: Facts;
  /** See `ProcessView.assumed`. */
  readonly assumed: boolean;
}

/** What a boot looks like. Every report of it starts here. */
export function viewBoot(record: BootRecord, redactor: Redactor): BootView {
  const { plan, report, facts, assumed } = record;
  const steps = reportedOnce(report.steps).map(viewStep);
  return redactor.document({
    plan: plan.name,
    file: plan.file,
    result: report.result,
    converged: report.converged,
    stoppedBy: report.stoppedBy?.step.id ?? null,
    process: {
      uid: facts.uid,
      gid: facts.gid,
      capabilities: [...facts.capabilities].sort(),
      ids: hasEveryId(facts.ids)
        ? null
        : { users: showIds(facts.ids.users), groups: showIds(facts.ids.groups) },
      assumed,
    },
    inputs: plan.inputs.map(viewInput),
    causes: [...hindrancesOf(steps, report.steps), ...report.shortcomings.map(viewShortcoming)],
    steps,
    duration: report.duration,
  });
}

/** The steps without notes that a step before has, and without those that are one of the causes. */
function reportedOnce(steps: readonly StepReport[]): StepReport[] {
  const reported = new Set<string>();
  return steps.map((report) => {
    const notes = report.notes.filter(({ key, cause }) => {
      if (cause !== undefined || (key !== undefined && reported.has(key))) return false;
      if (key !== undefined) reported.add(key);
      return true;
    });
    return { ...report, notes };
  });
}
