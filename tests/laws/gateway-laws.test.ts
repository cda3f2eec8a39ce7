import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BootPlan } from '../../src/plan/plan.ts';
import type { Facts } from '../../src/step/facts.ts';
import { isWithin } from '../../src/system/path.ts';
import {
  bootOf,
  bootPlan,
  changeLines,
  differences,
  isAnnounced,
  plannedOf,
  planText,
  worldOf,
} from '../support/boot.ts';
import { Killed } from '../support/faulty.ts';
import { gatewayEnvironments, gatewayFacts, gatewayWorlds } from '../support/generate-gateways.ts';
import { rounds } from '../support/rounds.ts';
import { S6World, SCANDIR } from '../support/s6-world.ts';
import { world } from '../support/world.ts';

const PLAN = planText('reconcile-profiles');
const LOG = '/opt/data/logs/container-boot.log';

const cases = fc.record({ entries: gatewayWorlds, env: gatewayEnvironments, facts: gatewayFacts });

/** Checks a law on generated boots. */
async function law(
  check: (plan: BootPlan, system: S6World, facts: Facts) => Promise<void>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(cases, async ({ entries, env, facts }) => {
      await check(bootPlan(PLAN, env, facts), new S6World(world(entries)), facts);
    }),
    { numRuns: rounds(200) },
  );
}

/** The slots that have a supervisor. */
function supervised(system: S6World): string[] {
  return system
    .list(SCANDIR)
    .filter((name) =>
      system.ask({ kind: 'listens', path: `${SCANDIR}/${name}/supervise/control` }),
    );
}

/** A world without its log, and the lines of that. */
function splitLog(system: S6World): { rest: Map<string, string>; lines: string[] } {
  const rest = worldOf(system.tree);
  const lines = [LOG, `${LOG}.1`].flatMap((path) => rest.get(path)?.split('\n') ?? []);
  rest.delete(LOG);
  rest.delete(`${LOG}.1`);
  return { rest, lines };
}

describe('whatever the profiles, the slots and the environment,', () => {
  it('a dry run writes nothing (law 1)', async () => {
    await law(async (plan, system, facts) => {
      const before = worldOf(system.tree);
      await plannedOf(plan, system, facts);
      expect(worldOf(system.tree)).toEqual(before);
    });
  });

  it('a run makes exactly the changes that the dry run announced (law 2)', async () => {
    await law(async (plan, system, facts) => {
      const before = worldOf(system.tree);
      const planned = await plannedOf(plan, system, facts);
      const done = await bootOf(plan, system, facts);
      expect(changeLines(done)).toEqual(changeLines(planned));
      expect(done.status).toBe(planned.status);
      const changed = differences(before, worldOf(system.tree));
      // The older generation of a log comes with the lines that did not fit into it any more.
      const unannounced = changed.filter((path) => !isAnnounced(planned, path.replace(/\.1$/, '')));
      expect(unannounced).toEqual([]);
    });
  });

  it('a second plan is empty and a second run changes nothing (law 3)', async () => {
    await law(async (plan, system, facts) => {
      await bootOf(plan, system, facts);
      const before = worldOf(system.tree);
      expect(changeLines(await plannedOf(plan, system, facts))).toEqual([]);
      await bootOf(plan, system, facts);
      expect(worldOf(system.tree)).toEqual(before);
    });
  });

  it('a boot killed after any write and started again ends as an undisturbed one, its log with every line at least once (law 4)', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.nat({ max: 25 }), async ({ entries, env, facts }, writes) => {
        const plan = bootPlan(PLAN, env, facts);
        const undisturbed = new S6World(world(entries));
        await bootOf(plan, undisturbed, facts);
        const faulty = new S6World(world(entries), writes);
        await bootOf(plan, faulty, facts).catch((error: unknown) => {
          expect(error).toBeInstanceOf(Killed);
        });
        const again = new S6World(faulty);
        await bootOf(plan, again, facts);
        expect(splitLog(again).rest).toEqual(splitLog(undisturbed).rest);
        expect(supervised(again)).toEqual(supervised(undisturbed));
        const scanned = undisturbed.ask({ kind: 'listens', path: `${SCANDIR}/.s6-svscan/control` });
        if (scanned)
          expect(splitLog(again).lines).toEqual(
            expect.arrayContaining(splitLog(undisturbed).lines),
          );
      }),
      { numRuns: rounds(300) },
    );
  });

  it('what belongs to a profile, to other services and to others stays (law 6)', async () => {
    await law(async (plan, system, facts) => {
      const before = worldOf(system.tree);
      await bootOf(plan, system, facts);
      const foreign = differences(before, worldOf(system.tree)).filter(
        (path) =>
          ['/srv', '/etc', `${SCANDIR}/dashboard`].some((top) => isWithin(path, top)) ||
          /\/(SOUL\.md|config\.yaml)$/.test(path) ||
          /\/profiles\/[^/]+\/gateway_state\.json$/.test(path),
      );
      expect(foreign).toEqual([]);
    });
  });

  it('a gateway that runs is never torn down', async () => {
    await law(async (plan, system, facts) => {
      const before = supervised(system);
      await bootOf(plan, system, facts);
      expect(supervised(system)).toEqual(expect.arrayContaining(before));
    });
  });
});
