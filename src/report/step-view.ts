import type { Cause, Problem, ProblemCode } from '../errors/problem.ts';
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
  /** What it has in common with the problems of other steps. */
  readonly cause: CauseView | null;
}

/** What stands in the way of steps, as reports show it. */
export type CauseView = Cause;

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
  /** The plan file that switches it off. */
  readonly offIn: string | null;
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
    offIn: step.off?.file ?? null,
    onFailure: step.onFailure,
    changes: report.changes.map(viewChange),
    made,
    notes: report.notes.map(({ severity, text }) => ({ severity, text })),
    problem: report.problem === undefined ? null : viewProblem(report.problem),
    duration,
  };
}

/** What a problem looks like. */
export function viewProblem({ code, found, wanted, mend, sharedCause }: Problem): ProblemView {
  const cause = sharedCause === undefined ? null : viewCause(sharedCause);
  return { code, found, wanted: wanted ?? null, mend: [...mend], cause };
}

/** What a cause looks like. */
export function viewCause({ key, denies, found, effect, mend }: Cause): CauseView {
  return { key, denies, found, effect, mend: [...mend] };
}

/** What cannot be done and why, in one line: `cannot change owners here: CAP_CHOWN is missing`. */
export function showCause({ denies, found }: CauseView): string {
  return `${denies}: ${found}`;
}

/** A problem in lines: what was found and wanted, then what the operator can do. */
export function problemLines({ found, wanted, mend }: ProblemView): string[] {
  return [wanted === null ? found : `${found}; wanted ${wanted}`, ...mend];
}
