import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BootPlan, BootStep } from '../../src/plan/plan.ts';
import { planDocument } from '../../src/report/plan-document.ts';
import { renderPlan } from '../../src/report/show-plan.ts';
import { viewPlan } from '../../src/report/boot-view.ts';
import { receiptOf } from '../../src/report/make-receipt.ts';
import { plainPaint } from '../../src/report/paint.ts';
import { jsonOf } from '../../src/report/receipt.ts';
import { Redactor } from '../../src/report/redact.ts';
import { isWithin } from '../../src/system/path.ts';
import { SimulatedSystem } from '../../src/system/simulated.ts';
import {
  bootOf,
  bootPlan,
  changeLines,
  differences,
  isAnnounced,
  plannedOf,
  STAGE2_WITH_EDITS,
  worldOf,
} from '../support/boot.ts';
import { FaultySystem, Killed } from '../support/faulty.ts';
import { withoutKeys } from '../support/keys.ts';
import { environments, worlds } from '../support/generate.ts';
import { ROOT_FACTS } from '../support/plan-step.ts';
import { rounds } from '../support/rounds.ts';
import { world } from '../support/world.ts';

const ORIGIN = { boot: '', digest: null, program: '', host: '' };

const NOW = new Date(0).toISOString();

const RECEIPT = {
  file: '',
  facts: ROOT_FACTS,
  interrupted: false,
  around: { start: 0, prepare: 0 },
  started: NOW,
  ended: NOW,
};

const cases = fc.record({ entries: worlds, env: environments });

/** Checks a law on generated boots. */
async function law(
  check: (plan: BootPlan, system: SimulatedSystem) => Promise<void>,
  runs = 200,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(cases, async ({ entries, env }) => {
      await check(bootPlan(STAGE2_WITH_EDITS, env), world(entries));
    }),
    { numRuns: rounds(runs) },
  );
}

describe('whatever the world and the environment,', () => {
  it('a dry run writes nothing (law 1)', async () => {
    await law(async (plan, system) => {
      const before = worldOf(system.tree);
      await plannedOf(plan, system);
      expect(worldOf(system.tree)).toEqual(before);
    });
  });

  it('a run makes exactly the changes that the dry run announced, with the same result (law 2)', async () => {
    await law(async (plan, system) => {
      const before = worldOf(system.tree);
      const planned = await plannedOf(plan, system);
      const done = await bootOf(plan, system);
      expect(changeLines(done)).toEqual(changeLines(planned));
      expect(done.status).toBe(planned.status);
      expect(done.steps.map(({ status, why }) => [status, why])).toEqual(
        planned.steps.map(({ status, why }) => [status, why]),
      );
      const changed = differences(before, worldOf(system.tree));
      expect(changed.filter((path) => !isAnnounced(planned, path))).toEqual([]);
    });
  });

  it('every announced change has an effect (law 2)', async () => {
    await law(async (plan, system) => {
      const before = worldOf(system.tree);
      const planned = await bootOf(plan, system);
      const changed = differences(before, worldOf(system.tree));
      for (const change of planned.steps.flatMap(({ changes }) => changes)) {
        expect(changed.some((path) => isWithin(path, change.path))).toBe(true);
      }
    });
  });

  it('a second plan is empty and a second run changes nothing (law 3)', async () => {
    await law(async (plan, system) => {
      await bootOf(plan, system);
      const before = worldOf(system.tree);
      expect(changeLines(await plannedOf(plan, system))).toEqual([]);
      await bootOf(plan, system);
      expect(worldOf(system.tree)).toEqual(before);
    });
  });

  it('a boot killed after any write and started again ends as an undisturbed one (law 4)', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.nat({ max: 60 }), async ({ entries, env }, writes) => {
        const plan = bootPlan(STAGE2_WITH_EDITS, env);
        const undisturbed = world(entries);
        await bootOf(plan, undisturbed);
        const faulty = new FaultySystem(world(entries), writes);
        await bootOf(plan, faulty).catch((error: unknown) => {
          expect(error).toBeInstanceOf(Killed);
        });
        const again = new SimulatedSystem(faulty);
        await bootOf(plan, again);
        expect(withoutKeys(worldOf(again.tree))).toEqual(withoutKeys(worldOf(undisturbed.tree)));
      }),
      { numRuns: rounds(200) },
    );
  });

  it('every order that needs allows ends in the same world (law 5)', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.infiniteStream(fc.nat()), async ({ entries, env }, dice) => {
        const plan = bootPlan(STAGE2_WITH_EDITS, env);
        const usual = world(entries);
        const report = await bootOf(plan, usual);
        fc.pre(report.status !== 'stopped');
        const shuffled = world(entries);
        await bootOf({ ...plan, steps: shuffle(plan.steps, dice) }, shuffled);
        expect(withoutKeys(worldOf(shuffled.tree))).toEqual(withoutKeys(worldOf(usual.tree)));
      }),
      { numRuns: rounds(200) },
    );
  });

  it("what no step lists and never was the account's keeps its owner, mode and content (law 6)", async () => {
    await law(async (plan, system) => {
      const before = worldOf(system.tree);
      await bootOf(plan, system);
      const foreign = differences(before, worldOf(system.tree))
        .filter((path) =>
          ['/opt/data/photos', '/opt/data/notes.txt', '/opt/data/work', '/srv'].some((top) =>
            isWithin(path, top),
          ),
        )
        .filter((path) => !isOfAccount(before.get(path), before.get('/opt/data')));
      expect(foreign).toEqual([]);
    });
  });

  it('no secret of a file or an input appears in any output (law 7)', async () => {
    await law(async (plan, system) => {
      // A run, so that there are changes to tell of in the receipt.
      const report = await bootOf(plan, system);
      const view = viewPlan({ plan, report, facts: ROOT_FACTS }, new Redactor());
      const outputs = [
        renderPlan(view, { detail: 'reasons', paint: plainPaint }),
        renderPlan(view, { detail: 'changes', paint: plainPaint }),
        JSON.stringify(planDocument(view)),
        jsonOf(receiptOf({ ...RECEIPT, plan, report, origin: ORIGIN }, new Redactor())),
        inspect(report, { depth: null }),
      ];
      for (const output of outputs) expect(output).not.toContain('canary');
    });
  });
});

/** Whether a user or group is one that the account has had: of the image, or of a used home. */
function isOfAccount(line = '', home = ''): boolean {
  const idsOf = (text: string): string[] => /^\S+ (\d+):(\d+)/.exec(text)?.slice(1) ?? [];
  const had = ['10000', ...idsOf(home)];
  return idsOf(line).some((id) => id !== '0' && had.includes(id));
}

/** Any order of the steps in which each comes after those that it needs. */
function shuffle(steps: readonly BootStep[], dice: fc.Stream<number>): BootStep[] {
  const waiting = [...steps];
  const done = new Set<string>();
  const order: BootStep[] = [];
  while (waiting.length > 0) {
    const ready = waiting.filter(({ needs }) => needs.every((id) => done.has(id)));
    const roll = dice.next();
    const next = ready[(roll.done === true ? 0 : roll.value) % ready.length];
    if (next === undefined) throw new Error('the steps need each other');
    waiting.splice(waiting.indexOf(next), 1);
    done.add(next.id);
    order.push(next);
  }
  return order;
}
