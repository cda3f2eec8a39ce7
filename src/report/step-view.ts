/** The result of a step as plain data: the one shape that text, JSON, events and receipts share. */
import type { Change } from '../changes/change.ts';
import { describeChange, type Description } from '../changes/kinds.ts';
import type { StepResult, StepStatus } from '../engine/result.ts';
import type { Cause, Problem, ProblemCode } from '../errors/problem.ts';
import type { OnFailure } from '../plan/plan.ts';
import type { Note } from '../step/step.ts';

/** A change without contents. */
export interface ChangeView extends Description {
  readonly kind: Change['kind'];
  readonly path: string;
  readonly why: string;
}

/** A problem as plain data. */
export interface ProblemView {
  readonly code: ProblemCode;
  readonly found: string;
  readonly wanted: string | null;
  /** What the operator can do, one line each. */
  readonly mend: readonly string[];
  /** What blocks other steps too. */
  readonly cause: Cause | null;
}

/** The result of a step, in a boot or a dry run. */
export interface StepView {
  readonly id: string;
  readonly uses: string;
  readonly needs: readonly string[];
  readonly status: StepStatus;
  /** Why it has that status. */
  readonly why: string;
  /** Why the plan has this step. */
  readonly purpose: string | null;
  /** The plan file of the step, and its line there. */
  readonly file: string;
  readonly line: number;
  /** The plan file that switches the step off. */
  readonly offIn: string | null;
  readonly onFailure: OnFailure;
  readonly changes: readonly ChangeView[];
  /** How many of the changes were made. */
  readonly made: number;
  readonly notes: readonly Note[];
  readonly problem: ProblemView | null;
  /** Paths that this process may not read, in a dry run for a process that may. */
  readonly unseen: readonly string[];
  /** In milliseconds since the boot began; null for a step that was not reached. */
  readonly began: number | null;
  /** Counted like `began`; null for a step that was not reached. */
  readonly ended: number | null;
  /** In milliseconds, without waiting for other boots. */
  readonly duration: number;
}

/** Views the result of a step. Secrets are still in it. */
export function viewStep(report: StepResult): StepView {
  const { step, status, why, made, notes, problem, began, ended } = report;
  return {
    id: step.id,
    uses: step.type.uses,
    needs: step.needs,
    status,
    why,
    purpose: step.why ?? null,
    file: step.at.file,
    line: step.at.line,
    offIn: step.off?.file ?? null,
    onFailure: step.onFailure,
    changes: report.changes.map(viewChange),
    made,
    notes,
    problem: problem === undefined ? null : viewProblem(problem),
    unseen: report.unseen ?? [],
    began: began === undefined ? null : tenths(began),
    ended: ended === undefined ? null : tenths(ended),
    duration: tenths(report.duration),
  };
}

/** A step with the number of its changes in place of the changes, as events and receipts have it. */
export interface StepSummary extends Pick<
  StepView,
  'uses' | 'status' | 'made' | 'problem' | 'duration'
> {
  /** How many changes it announced. */
  readonly changes: number;
}

/** Counts the changes of a step. */
export function summarise(step: StepView): StepSummary {
  const { uses, status, changes, made, problem, duration } = step;
  return { uses, status, changes: changes.length, made, problem, duration };
}

/** Views a change. */
export function viewChange(change: Change): ChangeView {
  const { kind, path, why } = change;
  return { kind, path, why, ...describeChange(change) };
}

/** Views a problem. */
export function viewProblem({ code, found, wanted, mend, sharedCause }: Problem): ProblemView {
  return { code, found, wanted: wanted ?? null, mend, cause: sharedCause ?? null };
}

/** What cannot be done and why, in one line: `cannot change owners here: CAP_CHOWN is missing`. */
export function showCause({ denies, found }: Cause): string {
  return `${denies}: ${found}`;
}

/** A problem in lines: what was found and wanted, then what the operator can do. */
export function problemLines({ found, wanted, mend }: ProblemText): string[] {
  return [wanted === null || wanted === undefined ? found : `${found}; wanted ${wanted}`, ...mend];
}

type ProblemText = Pick<Problem, 'found' | 'mend'> & {
  readonly wanted?: string | null | undefined;
};

/** Rounds a duration in milliseconds to tenths, as documents have it. */
export function tenths(duration: number): number {
  return Math.round(duration * 10) / 10;
}
