/** The result of a step as plain data: the one shape that text, JSON, events and receipts share. */
import type { Change } from '../changes/change.ts';
import { describeChange, type Description } from '../changes/kinds.ts';
import { type ChangeStates, statesOf } from '../changes/states.ts';
import type { StepResult, StepStatus } from '../engine/result.ts';
import type { Cause, Problem, ProblemCode } from '../errors/problem.ts';
import type { OnFailure, Position } from '../plan/plan.ts';
import type { Note } from '../step/step.ts';

/** A change without contents: what it is as texts for people, and as typed states. */
export type ChangeView = ChangeTexts & ChangeStates;

/** The texts of a change. */
interface ChangeTexts extends Description {
  /** The entry that changes, as the world names it. */
  readonly path: string;
  /** Why: what was found and what decided. */
  readonly why: string;
}

/** A problem as plain data. */
export interface ProblemView {
  /** What the caller can do about it; it decides the exit code. */
  readonly code: ProblemCode;
  /** What was found. */
  readonly found: string;
  /** What was wanted instead; null where that is plain. */
  readonly wanted: string | null;
  /** What the operator can do, one line each. */
  readonly mend: readonly string[];
  /** What blocks other steps too. */
  readonly cause: Cause | null;
}

/** The result of a step, in a boot or a dry run. */
export interface StepView {
  /** Its id. */
  readonly id: string;
  /** Its step type. */
  readonly uses: string;
  /** The steps that must end before it. */
  readonly needs: readonly string[];
  /** What came of it, or in a dry run would come of it. */
  readonly status: StepStatus;
  /** Why it has that status. */
  readonly why: string;
  /** Why the plan has this step. */
  readonly purpose: string | null;
  /** Where it stands in its plan or fragment. */
  readonly at: Position;
  /** The plan file that switches the step off. */
  readonly offIn: string | null;
  /** What its failure does to the boot. */
  readonly onFailure: OnFailure;
  /** What it changes; of a failed step what it announced. */
  readonly changes: readonly ChangeView[];
  /** How many of the changes were made. */
  readonly made: number;
  /** What a person should know although it changes nothing. */
  readonly notes: readonly Note[];
  /** Why it has failed or is blocked; null where neither is so. */
  readonly problem: ProblemView | null;
  /** Paths that this process may not read, in a dry run for a process that may. */
  readonly unseen: readonly string[];
  /** In milliseconds since the boot began; null for a step that was not reached. */
  readonly began: number | null;
  /** When it ended, in milliseconds since the boot began; null for a step that was not reached. */
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
    at: placeOf(step.at),
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

/** A place in a plan, as documents have it. */
export function placeOf({ file, line, column }: Position): Position {
  return { file, line, column };
}

/** Views a change. */
export function viewChange(change: Change): ChangeView {
  const { kind, path, why } = change;
  return Object.assign({ kind, path, why, ...describeChange(change) }, statesOf(change));
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
