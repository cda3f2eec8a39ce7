import { describe, expect, it } from 'vitest';
import { bootPlan, planText } from '../support/boot.ts';
import { ROOT_FACTS } from '../support/plan-step.ts';

const text = planText('reconcile-profiles');

/** Why a container does not bring gateways up; undefined where it does. */
function skipped(mainProgram: readonly string[], role?: string): string | undefined {
  const env = role === undefined ? {} : { HERMES_ROLE: role };
  const plan = bootPlan(text, env, { ...ROOT_FACTS, s6: true, mainProgram });
  return plan.steps.find(({ id }) => id === 'gateways')?.skipped;
}

describe('the role of a container', () => {
  it.each([
    [[], 'gateway'],
    [['gateway', 'run'], 'gateway'],
    [['chat'], 'gateway'],
    [['dashboard'], 'none'],
    [['serve', '--port', '80'], 'none'],
  ] as const)('is found from its main program: %j brings up %s', (words, brings) => {
    expect(skipped(words) === undefined ? 'gateway' : 'none').toBe(brings);
  });

  it.each(['dashboard', 'serve', 'none'])('%s starts no gateway, whatever its program', (role) => {
    expect(skipped(['gateway', 'run'], role)).toMatch(/HERMES_ROLE|inputs\.role/);
  });

  it('gateway brings gateways up beside a dashboard', () => {
    expect(skipped(['dashboard'], 'gateway')).toBeUndefined();
  });
});
