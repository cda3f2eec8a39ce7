/** What boots would change, as documents for programs: what `plan --json` and `verify --json` print. */
import type { PlanView } from './boot-view.ts';
import { digestOf } from './plan-digest.ts';
import type { StepView } from './step-view.ts';

type StepKey =
  | 'id'
  | 'uses'
  | 'at'
  | 'needs'
  | 'status'
  | 'why'
  | 'changes'
  | 'purpose'
  | 'onFailure'
  | 'notes'
  | 'problem'
  | 'unseen';

type PlanKey = 'plan' | 'converged' | 'result' | 'process' | 'inputs' | 'causes';

/** What a boot of a plan would change. */
export interface PlanDocument extends Pick<PlanView, PlanKey> {
  /** The version of the document. */
  readonly version: 1;
  /** Which document it is. */
  readonly type: 'plan';
  /** Of the changes, for `run --expect`; that of several plans stands beside them. */
  readonly digest?: string;
  /** The steps, in the order of running. */
  readonly steps: readonly Pick<StepView, StepKey>[];
}

/** What boots of several plans would change. */
export interface PlanDocuments {
  /** The version of the document. */
  readonly version: 1;
  /** Which document it is. */
  readonly type: 'plans';
  /** Whether none of them would change anything. */
  readonly converged: boolean;
  /** Of the changes of all, for `run --expect`. */
  readonly digest: string;
  /** In the order of booting. */
  readonly plans: readonly PlanDocument[];
  /** The plans that are not booted since one before them stops. */
  readonly unreached: readonly string[];
}

/** The document of a dry run, or of those of several plans. */
export function planDocuments(
  views: readonly PlanView[],
  unreached: readonly string[],
): PlanDocument | PlanDocuments {
  const plans = views.map(planDocument);
  const digest = digestOf({ views, unreached });
  const [only] = plans;
  if (only !== undefined && plans.length + unreached.length === 1) return { ...only, digest };
  const converged = unreached.length === 0 && plans.every((plan) => plan.converged);
  return { version: 1, type: 'plans', converged, digest, plans, unreached };
}

/** The document of a dry run. */
export function planDocument(view: PlanView): PlanDocument {
  const { plan, converged, result, process, inputs, causes, steps } = view;
  return {
    version: 1,
    type: 'plan',
    plan,
    converged,
    result,
    process,
    inputs,
    causes,
    steps: steps.map(
      ({ id, uses, at, needs, status, why, changes, purpose, onFailure, ...step }) => {
        const { notes, problem, unseen } = step;
        const came = { status, why, changes, purpose, onFailure, notes, problem, unseen };
        return { id, uses, at, needs, ...came };
      },
    ),
  };
}
