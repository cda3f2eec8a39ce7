import type { BootResult, StepResult } from '../../src/engine/result.ts';
import type { BootPlan, BootStep, Input, InputDeclaration } from '../../src/plan/plan.ts';
import type { AnyStepType } from '../../src/step/step.ts';

/*
 * Boots made by hand, so that the texts of reports can be told from the engine that fills them.
 */

/** What every event has. */
export const HEAD = {
  version: 1,
  time: '2026-05-21T06:18:05.000Z',
  boot: '7e1f0c52-0d7b-4bb2-9c3c-2b8a5d1f6e90',
  level: 'info',
} as const;

/** Where the steps of a sample stand. */
export const AT = { file: 'plans/stage2.yaml', line: 10, column: 5 };

/** A step type that does nothing; only its name is shown. */
function typeNamed(uses: string): AnyStepType {
  return {
    uses,
    summary: `Keep ${uses}.`,
    schema: { type: 'object', additionalProperties: false, required: [], properties: {} },
    plan: () => ({ converged: '' }),
    touches: () => [],
  };
}

/** A step of a boot. */
export function step(id: string, uses: string, more: Partial<BootStep> = {}): BootStep {
  return {
    id,
    type: typeNamed(uses),
    with: {},
    needs: [],
    onFailure: 'stop',
    timeout: 60_000,
    at: AT,
    origins: {},
    variables: {},
    secrets: [],
    ...more,
  };
}

/** The record of a step; converged unless said. */
export function record(of: BootStep, more: Partial<StepResult> = {}): StepResult {
  return {
    step: of,
    status: 'converged',
    why: 'it is as it should be',
    changes: [],
    made: 0,
    notes: [],
    began: 5,
    duration: 1,
    ...more,
  };
}

/** An input; a text without a value unless said. */
export function input(
  name: string,
  declaration: Partial<InputDeclaration>,
  more: Partial<Input> = {},
): Input {
  return {
    name,
    declaration: {
      name,
      env: [],
      type: 'string',
      secret: false,
      at: { file: 'plans/stage2.yaml', line: 3, column: 3 },
      ...declaration,
    },
    value: undefined,
    source: { kind: 'unset' },
    ...more,
  };
}

/** A plan of the steps that a report speaks of. */
export function planOf(steps: readonly StepResult[], inputs: readonly Input[] = []): BootPlan {
  return {
    name: 'stage2',
    description: 'Prepare the home.',
    file: 'plans/stage2.yaml',
    lockTimeout: 600_000,
    digest: '0'.repeat(64),
    inputs,
    steps: steps.map((report) => report.step),
  };
}

/** The report of a boot with these steps. */
export function reportOf(steps: readonly StepResult[], more: Partial<BootResult> = {}): BootResult {
  const converged = steps.every(({ status }) => status === 'converged' || status === 'skipped');
  return { status: 'done', steps, shortcomings: [], converged, duration: 31, ...more };
}
