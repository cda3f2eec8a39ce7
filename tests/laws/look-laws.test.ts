/**
 * Law 8 over worlds in memory: a look that fails once, anywhere, costs nothing for good. The next
 * undisturbed boot ends in the world of a home that nothing disturbed.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../src/errors/problem.ts';
import type { BootPlan } from '../../src/plan/plan.ts';
import type { Facts } from '../../src/step/facts.ts';
import type { SimulatedSystem } from '../../src/system/simulated.ts';
import { Blindness } from '../support/blind.ts';
import {
  bootOf,
  bootPlan,
  planText,
  STAGE2_WITH_EDITS,
  UNPRIVILEGED_WITH_EDITS,
  worldOf,
} from '../support/boot.ts';
import { gatewayEnvironments, gatewayFacts, gatewayWorlds } from '../support/generate-gateways.ts';
import { environments, worlds } from '../support/generate.ts';
import { skillWorlds } from '../support/generate-skills.ts';
import { withoutBoot } from '../support/keys.ts';
import { ROOT_FACTS } from '../support/plan-step.ts';
import { rounds } from '../support/rounds.ts';
import { S6World, SCANDIR } from '../support/s6-world.ts';
import { SKILLS_PLAN } from '../support/skills.ts';
import { world } from '../support/world.ts';

const looks = fc.nat({ max: 100_000 });

/** In milliseconds; each run is three boots. */
const PATIENCE = 240_000;

/** Checks the law for one look of one boot. */
async function check(
  plan: BootPlan,
  facts: Facts,
  open: () => SimulatedSystem,
  look: number,
): Promise<void> {
  const undisturbed = open();
  const counted = new Blindness(-1);
  await bootOf(plan, counted.over(undisturbed), facts);

  const disturbed = open();
  const blind = new Blindness(look % Math.max(1, counted.looks));
  const report = await bootOf(plan, blind.over(disturbed), facts).catch((error: unknown) => {
    expect(error).toBeInstanceOf(Problem);
  });
  for (const { problem } of report?.steps ?? []) {
    if (problem !== undefined) expect(problem).toBeInstanceOf(Problem);
  }
  await bootOf(plan, disturbed, facts);
  // A boot that could not give the account its ids goes on with those of the image, as its plan
  // says. What it makes for them the next boot has to move: that is the matter of law 9.
  if (report?.steps.some(({ step, problem }) => step.id === 'identity' && problem)) return;
  const [ends, wanted] = [disturbed, undisturbed].map((system) => ({
    world: withoutBoot(worldOf(system.tree)),
    running: system
      .list(SCANDIR)
      .filter((name) =>
        system.ask({ kind: 'listens', path: `${SCANDIR}/${name}/supervise/control` }),
      ),
  }));
  expect(ends, blind.failed).toEqual(wanted);
  if (!undisturbed.ask({ kind: 'listens', path: `${SCANDIR}/.s6-svscan/control` })) return;
  // Somebody may wait for a line of the log.
  expect(linesIn(disturbed), blind.failed).toEqual(expect.arrayContaining(linesIn(undisturbed)));
}

function linesIn(system: SimulatedSystem): string[] {
  return ['', '.1'].flatMap((end) => {
    const path = `/opt/data/logs/container-boot.log${end}`;
    const text = system.look(path).type === 'file' ? system.readText(path) : '';
    // How the last gateway ended is unknown to a boot that cannot look, and stops none.
    return text.replace(/(?<=prior_exit=)\w+/g, '?').split('\n');
  });
}

describe('whatever look fails once, the next boot ends as that of an undisturbed home (law 8)', () => {
  it(
    'stage2',
    async () => {
      await fc.assert(
        fc.asyncProperty(worlds, environments, looks, async (entries, env, look) => {
          const plan = bootPlan(STAGE2_WITH_EDITS, env);
          await check(plan, ROOT_FACTS, () => world(entries), look);
        }),
        { numRuns: rounds(300) },
      );
    },
    PATIENCE,
  );

  it(
    'unprivileged',
    async () => {
      const facts = { ...ROOT_FACTS, uid: 10000, gid: 10000, capabilities: new Set<string>() };
      await fc.assert(
        fc.asyncProperty(worlds, environments, looks, async (entries, env, look) => {
          const plan = bootPlan(UNPRIVILEGED_WITH_EDITS, env, facts);
          await check(plan, facts, () => world(entries), look);
        }),
        { numRuns: rounds(150) },
      );
    },
    PATIENCE,
  );

  it(
    'the skills of image and home',
    async () => {
      await fc.assert(
        fc.asyncProperty(skillWorlds, looks, async (entries, look) => {
          await check(bootPlan(SKILLS_PLAN), ROOT_FACTS, () => world(entries), look);
        }),
        { numRuns: rounds(500) },
      );
    },
    PATIENCE,
  );

  it(
    'the gateways of all profiles',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          gatewayWorlds,
          gatewayEnvironments,
          gatewayFacts,
          looks,
          async (entries, env, facts, look) => {
            const plan = bootPlan(planText('reconcile-profiles'), env, facts);
            await check(plan, facts, () => new S6World(world(entries)), look);
          },
        ),
        { numRuns: rounds(500) },
      );
    },
    PATIENCE,
  );
});
