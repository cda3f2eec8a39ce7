import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BootPlan } from '../../src/plan/plan.ts';
import type { Facts } from '../../src/step/facts.ts';
import { SimulatedSystem } from '../../src/system/simulated.ts';
import {
  bootOf,
  bootPlan,
  changeLines,
  differences,
  isAnnounced,
  plannedOf,
  UNPRIVILEGED_WITH_EDITS,
  worldOf,
} from '../support/boot.ts';
import { FaultySystem, Killed } from '../support/faulty.ts';
import { environments, worlds } from '../support/generate.ts';
import { withoutKeys } from '../support/keys.ts';
import { ROOT_FACTS } from '../support/plan-step.ts';
import { rounds } from '../support/rounds.ts';
import { world } from '../support/world.ts';

const users = fc.constantFrom([10_000, 10_000], [1000, 1000], [99, 100], [0, 0]);

const one = [{ first: 0, count: 1 }];

/** Facts of a user without rights; of uid 0, those of a rootless container. */
function factsOf([uid = 0, gid = 0]: readonly number[]): Facts {
  if (uid === 0) return { ...ROOT_FACTS, s6: false, ids: { users: one, groups: one } };
  const none = new Set<string>();
  return { ...ROOT_FACTS, s6: false, uid, gid, capabilities: none, bounding: none };
}

async function law(
  check: (
    plan: BootPlan,
    open: () => SimulatedSystem,
    facts: Facts,
    writes: number,
  ) => Promise<void>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(
      worlds,
      environments,
      users,
      fc.nat({ max: 30 }),
      async (entries, env, user, writes) => {
        const facts = factsOf(user);
        const plan = bootPlan(UNPRIVILEGED_WITH_EDITS, env, facts);
        await check(plan, () => world(entries), facts, writes);
      },
    ),
    { numRuns: rounds(200) },
  );
}

describe('whoever boots without root, whatever the world,', () => {
  it('a dry run writes nothing, and a run makes exactly what it announced (laws 1 and 2)', async () => {
    await law(async (plan, open, facts) => {
      const system = open();
      const before = worldOf(system.tree);
      const planned = await plannedOf(plan, system, facts);
      expect(worldOf(system.tree)).toEqual(before);
      const done = await bootOf(plan, system, facts);
      expect(changeLines(done)).toEqual(changeLines(planned));
      const changed = differences(before, worldOf(system.tree));
      expect(changed.filter((path) => !isAnnounced(planned, path))).toEqual([]);
    });
  });

  it('a second boot changes nothing (law 3)', async () => {
    await law(async (plan, open, facts) => {
      const system = open();
      await bootOf(plan, system, facts);
      const before = worldOf(system.tree);
      await bootOf(plan, system, facts);
      expect(worldOf(system.tree)).toEqual(before);
    });
  });

  it('a boot killed after any write and started again ends as an undisturbed one (law 4)', async () => {
    await law(async (plan, open, facts, writes) => {
      const undisturbed = open();
      await bootOf(plan, undisturbed, facts);
      const faulty = new FaultySystem(open(), writes);
      await bootOf(plan, faulty, facts).catch((error: unknown) => {
        expect(error).toBeInstanceOf(Killed);
      });
      const again = new SimulatedSystem(faulty);
      await bootOf(plan, again, facts);
      expect(withoutKeys(worldOf(again.tree))).toEqual(withoutKeys(worldOf(undisturbed.tree)));
    });
  });

  it('no owner is ever changed', async () => {
    await law(async (plan, open, facts) => {
      const { steps } = await plannedOf(plan, open(), facts);
      const kinds = steps
        .filter(({ status }) => status === 'changes')
        .flatMap(({ changes }) => changes.map(({ kind }) => kind));
      expect(kinds.filter((kind) => kind === 'owner' || kind === 'tree-owner')).toEqual([]);
    });
  });
});
