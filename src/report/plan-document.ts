import type { BootResult, StepStatus } from '../engine/report.ts';
import type { Note } from '../step/step.ts';
import type { BootView, ProcessView } from './boot-view.ts';
import type { ChangeView } from './change-view.ts';
import type { Hindrance } from './hindrance.ts';
import type { InputView } from './input-view.ts';
import type { ProblemView, StepView } from './step-view.ts';

/** What `plan --json` says of a change. */
type ChangeDocument = Pick<ChangeView, 'kind' | 'path' | 'from' | 'to' | 'why' | 'recursive'>;

/** What `plan --json` says of a step. */
interface StepDocument {
  readonly id: string;
  readonly uses: string;
  readonly status: StepStatus;
  /** Why it has that status. */
  readonly why: string;
  readonly changes: readonly ChangeDocument[];
  /** Why the plan has it. */
  readonly purpose: string | null;
  readonly notes: readonly Note[];
  readonly problem: ProblemView | null;
}

/** What `plan --json` prints. Keys may be added; what is here keeps its meaning in version 1. */
interface PlanDocument {
  readonly version: 1;
  readonly plan: string;
  readonly converged: boolean;
  readonly result: BootResult;
  readonly process: ProcessView;
  readonly inputs: readonly InputView[];
  readonly causes: readonly Hindrance[];
  readonly steps: readonly StepDocument[];
}

/** The document of a boot for programs. */
export function planDocument(view: BootView): PlanDocument {
  const { plan, converged, result, process, inputs, causes, steps } = view;
  return {
    version: 1,
    plan,
    converged,
    result,
    process,
    inputs,
    causes,
    steps: steps.map(documentOf),
  };
}

function documentOf({ id, uses, status, why, changes, purpose, notes, problem }: StepView) {
  return {
    id,
    uses,
    status,
    why,
    changes: changes.map(changeDocument),
    purpose,
    notes,
    problem,
  };
}

/** A change without the words that are for a person only. */
function changeDocument(change: ChangeView): ChangeDocument {
  const { kind, path, from, to, why, recursive } = change;
  return { kind, path, from, to, why, recursive };
}
