import { describe, expect, test } from 'vitest';
import { Problem, type Cause } from '../../src/errors/problem.ts';
import type { StepResult } from '../../src/engine/result.ts';
import { plainLog } from '../../src/report/boot-log.ts';
import { planDocument } from '../../src/report/plan-document.ts';
import { record, step } from './sample.ts';
import { shownPlan, shownRun, viewOf } from './shown.ts';

const CHOWN: Cause = {
  key: 'capability:CHOWN',
  denies: 'cannot change owners here',
  found: 'CAP_CHOWN is missing',
  effect: 'Everything keeps the owner that it has.',
  mend: ['start the container with --cap-add CHOWN', '  compose:     cap_add: [CHOWN]'],
};

const FULL: Cause = { ...CHOWN, key: 'no-space:/data', found: 'it is full' };

function blocked(id: string, cause: Cause, changes: number): StepResult {
  return record(step(id, 'owner.paths', { onFailure: 'degrade' }), {
    status: 'blocked',
    why: `cannot change the owner of /${id}: CAP_CHOWN is missing (this is uid 0)`,
    changes: Array.from({ length: changes }, (_, at) => ({
      kind: 'owner',
      path: `/${id}/${at}`,
      why: 'the plan gives it to 1:1',
      from: { uid: 0, gid: 0 },
      to: { uid: 1, gid: 1 },
      clears: 0,
    })),
    problem: new Problem({ code: 'not-permitted', found: `cannot change /${id}`, cause }),
  });
}

const steps = [blocked('a', CHOWN, 2), record(step('b', 'directory')), blocked('c', CHOWN, 1)];
const report = { status: 'degraded' } as const;

describe('a cause that blocks several steps', () => {
  test('is shown once, with effect and fix, and each step points to it', () => {
    expect(shownPlan({ steps, report }, 'changes')).toBe(
      `stage2: none of 3 steps would act. 2 steps are blocked by one cause. The boot
  would end degraded.

! cannot change owners here: CAP_CHOWN is missing
    Effect: 2 steps (a c) cannot make 3 changes. Everything keeps the owner that
      it has.
    Fix:
      start the container with --cap-add CHOWN
        compose:     cap_add: [CHOWN]

! a  owner.paths                                                  stage2.yaml:10
    /a/0  owner 0:0 -> 1:1
    /a/1  owner 0:0 -> 1:1
    blocked: CAP_CHOWN is missing (see above)
! c  owner.paths                                                  stage2.yaml:10
    /c/0  owner 0:0 -> 1:1
    blocked: CAP_CHOWN is missing (see above)

= 1 step finds nothing to do: b

! warning, or blocked   = nothing to do
`,
    );
  });

  test('is counted in the headline', () => {
    const two = [...steps, blocked('d', FULL, 1)];
    expect(shownPlan({ steps: two }, 'changes')).toContain('3 steps are blocked by 2 causes.');
    expect(shownPlan({ steps: [blocked('d', FULL, 1)] }, 'changes')).toContain(
      '1 step is blocked.\n',
    );
  });

  test('is in the document for programs, with the steps that it blocks', () => {
    const { causes, steps: documents } = planDocument(viewOf({ steps }));
    expect(causes).toEqual([{ ...CHOWN, steps: ['a', 'c'], changes: 3 }]);
    expect(documents[0]?.problem?.cause?.key).toBe('capability:CHOWN');
  });

  test('is logged once, before one short line per step', () => {
    expect(shownRun({ steps, report }, plainLog)).toBe(
      `hermes-boot: info: stage2: 3 steps
hermes-boot: warn: cannot change owners here: CAP_CHOWN is missing
hermes-boot: warn: Effect: Everything keeps the owner that it has.
hermes-boot: warn: Fix: start the container with --cap-add CHOWN
hermes-boot: warn:   compose:     cap_add: [CHOWN]
hermes-boot: warn: a: 2 changes not made: CAP_CHOWN is missing
hermes-boot: warn: c: 1 change not made: CAP_CHOWN is missing
hermes-boot: warn: stage2: degraded by a, c; no change in 31 ms
`,
    );
  });
});
