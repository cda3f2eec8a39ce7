import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BootPlan } from '../../src/plan/plan.ts';
import { viewPlan } from '../../src/report/boot-view.ts';
import { planDocument } from '../../src/report/plan-document.ts';
import { renderPlan } from '../../src/report/show-plan.ts';
import { plainPaint } from '../../src/report/paint.ts';
import { Redactor } from '../../src/report/redact.ts';
import type { Facts } from '../../src/step/facts.ts';
import { isWithin } from '../../src/system/path.ts';
import { SimulatedSystem } from '../../src/system/simulated.ts';
import {
  bootOf,
  bootPlan,
  changeLines,
  differences,
  isAnnounced,
  plannedOf,
  worldOf,
} from '../support/boot.ts';
import { FaultySystem, Killed } from '../support/faulty.ts';
import { environments, worlds } from '../support/generate.ts';
import { ROOT_FACTS } from '../support/plan-step.ts';
import { rounds } from '../support/rounds.ts';
import { world } from '../support/world.ts';

/** Steps that meet what others have put in their place, in a home and in a place of everybody. */
const PLAN = `version: 1
name: volume
inputs:
  seed: { env: HERMES_AUTH_JSON_REBOOTSTRAP, type: string, secret: true }
  runtime: { env: XDG_RUNTIME_DIR, type: path }
  browsers: { env: PLAYWRIGHT_BROWSERS_PATH, type: path }
  browser: { env: AGENT_BROWSER_EXECUTABLE_PATH, type: string }
steps:
  - id: soul
    uses: file.seed
    with:
      path: /opt/data/SOUL.md
      from: /opt/hermes/docker/SOUL.md
      owner: hermes
      follow: /opt/data/.hermes-boot/seeds/SOUL.md
    on-failure: degrade
  - id: auth
    uses: auth.rebootstrap
    with: { path: /opt/data/auth.json, seed: '\${{ inputs.seed }}', owner: hermes }
    on-failure: degrade
  - id: runtime
    uses: directory.private
    with: { path: '\${{ inputs.runtime }}', owner: hermes }
    on-failure: degrade
  - id: scratch
    uses: directory.private
    with: { path: /tmp/hermes-files, owner: hermes }
    on-failure: degrade
  - id: browser
    uses: browser-path
    with:
      baked: /etc/hermes/agent-browser-executable-path
      browsers: \${{ inputs.browsers }}
      override: \${{ inputs.browser }}
      variable: AGENT_BROWSER_EXECUTABLE_PATH
      names: [chrome]
    on-failure: degrade
`;

const facts = fc.constantFrom<Facts[]>(
  ROOT_FACTS,
  { ...ROOT_FACTS, capabilities: new Set(['DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID']) },
  { ...ROOT_FACTS, uid: 10000, gid: 10000, capabilities: new Set<string>() },
);

const cases = fc.record({ entries: worlds, env: environments, facts });

/** Checks a law on generated boots. */
async function law(
  check: (plan: BootPlan, system: SimulatedSystem, facts: Facts) => Promise<void>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(cases, async ({ entries, env, facts }) => {
      await check(bootPlan(PLAN, env, facts), world(entries), facts);
    }),
    { numRuns: rounds(300) },
  );
}

describe('whatever stands where something is to be seeded, renewed or kept private,', () => {
  it('a run makes exactly the changes that the dry run announced, which writes nothing (laws 1 and 2)', async () => {
    await law(async (plan, system, facts) => {
      const before = worldOf(system.tree);
      const planned = await plannedOf(plan, system, facts);
      expect(worldOf(system.tree)).toEqual(before);
      const done = await bootOf(plan, system, facts);
      expect(changeLines(done)).toEqual(changeLines(planned));
      expect(done.status).toBe(planned.status);
      const changed = differences(before, worldOf(system.tree));
      expect(changed.filter((path) => !isAnnounced(planned, path))).toEqual([]);
    });
  });

  it('a second plan is empty (law 3)', async () => {
    await law(async (plan, system, facts) => {
      const first = await bootOf(plan, system, facts);
      const again = await plannedOf(plan, system, facts);
      const blocked = first.steps.flatMap(({ status, step }) =>
        status === 'blocked' ? step.id : [],
      );
      const left = again.steps
        .filter(({ changes }) => changes.length > 0)
        .map(({ step }) => step.id);
      expect(left).toEqual(blocked);
    });
  });

  it('a boot killed after any write and started again ends as an undisturbed one (law 4)', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ entries, env, facts }) => {
        const plan = bootPlan(PLAN, env, facts);
        const undisturbed = world(entries);
        const { steps } = await bootOf(plan, undisturbed, facts);
        const writes = steps.reduce((sum, { made }) => sum + made, 0);
        for (let left = 0; left < writes; left += 1) {
          const faulty = new FaultySystem(world(entries), left);
          await expect(bootOf(plan, faulty, facts)).rejects.toThrow(Killed);
          const again = new SimulatedSystem(faulty);
          await bootOf(plan, again, facts);
          expect(worldOf(again.tree)).toEqual(worldOf(undisturbed.tree));
        }
      }),
      { numRuns: rounds(300) },
    );
  });

  it('nothing happens where a link leads, and nothing to what is on no list (law 6)', async () => {
    await law(async (plan, system, facts) => {
      const before = worldOf(system.tree);
      await bootOf(plan, system, facts);
      const changed = differences(before, worldOf(system.tree));
      const own = ['SOUL.md', 'auth.json', '.hermes-boot'].map((name) => `/opt/data/${name}`);
      const places = [...own, '/tmp/hermes-files', '/tmp/runtime', '/run'];
      expect(changed.filter((at) => !places.some((place) => isWithin(at, place)))).toEqual([]);
    });
  });

  it('a place of everybody stays one, and what others have made there stays theirs (B18)', async () => {
    await law(async (plan, system, facts) => {
      const before = worldOf(system.tree);
      await bootOf(plan, system, facts);
      const after = worldOf(system.tree);
      expect(after.get('/tmp')).toBe(before.get('/tmp'));
      const theirs = ['/tmp/hermes-files', '/tmp/runtime'].filter((path) =>
        /^(?!directory (?:0|10000):)/.test(before.get(path) ?? 'directory 0:'),
      );
      for (const path of theirs) expect(after.get(path)).toBe(before.get(path));
    });
  });

  it('no token of a store or a seed appears in any output (law 7)', async () => {
    await law(async (plan, system, facts) => {
      const report = await plannedOf(plan, system, facts);
      const redactor = new Redactor();
      redactor.learn(plan.inputs);
      const view = viewPlan({ plan, report, facts }, redactor);
      const outputs = [
        renderPlan(view, { detail: 'reasons', paint: plainPaint }),
        JSON.stringify(planDocument(view)),
      ];
      for (const output of outputs) expect(output).not.toMatch(/canary|shoot/);
    });
  });
});
