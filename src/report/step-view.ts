import type { Problem, ProblemCode } from '../errors/problem.ts';
import type { StepReport, StepStatus } from '../engine/report.ts';
import type { OnFailure } from '../plan/plan.ts';
import type { Note } from '../step/step.ts';
import type { ChangeView } from './change-view.ts';
import { viewChange } from './change-view.ts';

/** A problem as reports show it. */
export interface ProblemView {
  readonly code: ProblemCode;
  readonly found: string;
  readonly wanted: string | null;
  /** What the operator can do, a line each. */
  readonly mend: readonly string[];
}

/** What became of a step, as reports show it. */
export interface StepView {
  readonly id: string;
  readonly uses: string;
  readonly status: StepStatus;
  readonly why: string;
  /** Why the plan has it. */
  readonly purpose: string | null;
  /** The plan file that it stands in, and its line there. */
  readonly file: string;
  readonly line: number;
  readonly onFailure: OnFailure;
  readonly changes: readonly ChangeView[];
  /** How many of them were made. */
  readonly made: number;
  readonly notes: readonly Note[];
  readonly problem: ProblemView | null;
  /** In milliseconds. */
  readonly duration: number;
}

/** What a step's record looks like. */
export function viewStep(report: StepReport): StepView {
  const { step, status, why, made, duration } = report;
  return {
    id: step.id,
    uses: step.type.uses,
    status,
    why,
    purpose: step.why ?? null,
    file: step.at.file,
    line: step.at.line,
    onFailure: step.onFailure,
    changes: report.changes.map(viewChange),
    made,
    notes: report.notes.map(({ severity, text }) => ({ severity, text })),
    problem: report.problem === undefined ? null : viewProblem(report.problem),
    duration,
  };
}

/** What a problem looks like. */
export function viewProblem({ code, found, wanted, mend }: Problem): ProblemView {
  return { code, found, wanted: wanted ?? null, mend: [...mend] };
}

/** A problem in lines: what was found and wanted, then what the operator can do. */
export function problemLines({ found, wanted, mend }: ProblemView): string[] {
  return [wanted === null ? found : `${found}; wanted ${wanted}`, ...mend];
}
