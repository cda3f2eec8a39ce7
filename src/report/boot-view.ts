import type { BootReport, BootResult } from '../engine/report.ts';
import type { BootPlan } from '../plan/plan.ts';
import type { Facts } from '../step/facts.ts';
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
      assumed,
    },
    inputs: plan.inputs.map(viewInput),
    steps: report.steps.map(viewStep),
    duration: report.duration,
  });
}
