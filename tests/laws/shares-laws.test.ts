import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BootResult } from '../../src/engine/result.ts';
import type { BootPlan } from '../../src/plan/plan.ts';
import type { SimulatedSystem } from '../../src/system/simulated.ts';
import {
  bootOf,
  bootPlan,
  changeLines,
  differences,
  plannedOf,
  STAGE2_WITH_EDITS,
  worldOf,
} from '../support/boot.ts';
import { environments, worlds } from '../support/generate.ts';
import { PretendingSystem, type Habits } from '../support/pretending.ts';
import { rounds } from '../support/rounds.ts';
import { world } from '../support/world.ts';

const HOME = '/opt/data';

const howOwners = fc.constantFrom('kept', 'ignored', 'refused');
const habits: fc.Arbitrary<Habits> = fc.record({
  mode: fc.constantFrom('kept', 'ignored', 'refused', 'all-open', 'x-only', 'files-only'),
  user: howOwners,
  group: howOwners,
});

const cases = fc.record({ entries: worlds, env: environments, habits });

/** Checks a law on generated boots of homes whose share keeps what it likes. */
async function law(
  check: (plan: BootPlan, system: SimulatedSystem, base: SimulatedSystem) => Promise<void>,
  runs = 200,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(cases, async ({ entries, env, habits: of }) => {
      const plan = bootPlan(STAGE2_WITH_EDITS, env);
      const made = { ...entries };
      const base = world(made, { served: [env.HERMES_HOME ?? HOME] });
      await check(plan, new PretendingSystem(base, env.HERMES_HOME ?? HOME, of), base);
    }),
    { numRuns: rounds(runs) },
  );
}

/** The causes of a boot that are about what its file systems keep. */
function keysOf({ shortcomings }: BootResult): string[] {
  return shortcomings.map(({ cause }) => cause.key).sort();
}

describe('whatever a share keeps of owners and modes,', () => {
  it('a dry run writes nothing (law 1)', async () => {
    await law(async (plan, system) => {
      const before = worldOf(system.tree);
      await plannedOf(plan, system);
      expect(worldOf(system.tree)).toEqual(before);
    }, 50);
  });

  it('the second boot makes no change, and ends degraded by the same cause, told once (law 10)', async () => {
    await law(async (plan, system) => {
      const first = await bootOf(plan, system);
      const lost = keysOf(first);
      expect(new Set(lost).size).toBe(lost.length);
      if (lost.length > 0) expect(first.status).not.toBe('done');
      const after = worldOf(system.tree);
      const planned = await plannedOf(plan, system);
      expect(changeLines(planned)).toEqual([]);
      const second = await bootOf(plan, system);
      expect(second.steps.reduce((sum, { made }) => sum + made, 0)).toBe(0);
      // What its trials have found besides is added to the memory of the share.
      const differing = differences(after, worldOf(system.tree));
      expect(differing.filter((path) => path !== `${HOME}/.hermes-boot.mounts`)).toEqual([]);
      expect(keysOf(second)).toEqual(keysOf(planned));
      expect(second.status).toBe(planned.status);
    });
  });

  it('what is written is written, whatever its rights (law 10)', async () => {
    await law(async (plan, system, base) => {
      const report = await bootOf(plan, system);
      const kept = await bootOf(plan, new PretendingSystem(base, '/nowhere', KEEPS));
      // Whether the account can use its home depends on the rights that are kept.
      const failed = (of: BootResult): string[] =>
        of.steps
          .filter(({ status, step }) => status === 'failed' && step.type.uses !== 'account.reach')
          .map(({ step }) => step.id);
      expect(failed(report)).toEqual(failed(kept));
    }, 50);
  });

  it('a share that keeps everything again is put right by the next boot', async () => {
    await law(async (plan, system, base) => {
      await bootOf(plan, system);
      const healed = new PretendingSystem(system, '/nowhere', KEEPS);
      const report = await bootOf(plan, healed);
      expect(keysOf(report)).toEqual([]);
      const again = await plannedOf(plan, healed);
      expect(changeLines(again)).toEqual([]);
      expect(keysOf(again)).toEqual([]);
      expect(base).toBeDefined();
    }, 100);
  });
});

const KEEPS: Habits = { mode: 'kept', user: 'kept', group: 'kept' };
