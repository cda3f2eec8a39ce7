import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWithin } from '../../src/system/path.ts';
import { RealSystem } from '../../src/system/real/real.ts';
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
import { skillWorlds } from '../support/generate-skills.ts';
import { isRoot, NEEDS_ROOT, realRoot, snapshot } from '../support/real-root.ts';
import { rounds } from '../support/rounds.ts';
import { HOME, SKILLS_PLAN } from '../support/skills.ts';
import { world } from '../support/world.ts';

const PLAN = bootPlan(SKILLS_PLAN);

/** Checks a law on generated homes. */
async function law(check: (system: SimulatedSystem) => Promise<void>, runs = 200): Promise<void> {
  await fc.assert(
    fc.asyncProperty(skillWorlds, (entries) => check(world(entries))),
    { numRuns: rounds(runs) },
  );
}

describe('whatever the skills of image and home,', () => {
  it('a dry run writes nothing (law 1)', async () => {
    await law(async (system) => {
      const before = worldOf(system.tree);
      await plannedOf(PLAN, system);
      expect(worldOf(system.tree)).toEqual(before);
    });
  });

  it('a run makes exactly the changes that the dry run announced, each with an effect (law 2)', async () => {
    await law(async (system) => {
      const before = worldOf(system.tree);
      const planned = await plannedOf(PLAN, system);
      const done = await bootOf(PLAN, system);
      expect(done.status).toBe('done');
      expect(changeLines(done)).toEqual(changeLines(planned));
      const changed = differences(before, worldOf(system.tree));
      expect(changed.filter((path) => !isAnnounced(planned, path))).toEqual([]);
      const changes = planned.steps.flatMap((step) => step.changes);
      const putBack = new Set(changes.flatMap((one) => (one.kind === 'move' ? one.path : [])));
      for (const change of changes) {
        // What is put back may be moved on, or be removed as a copy: seen where it came from.
        const seen = change.kind === 'move' ? change.from : change.path;
        if (change.kind !== 'move' && putBack.has(seen)) continue;
        expect(changed.some((below) => isWithin(below, seen)) || putBack.has(seen)).toBe(true);
      }
    });
  });

  it('a second plan is empty and a second run changes nothing (law 3)', async () => {
    await law(async (system) => {
      await bootOf(PLAN, system);
      const before = worldOf(system.tree);
      expect(changeLines(await plannedOf(PLAN, system))).toEqual([]);
      await bootOf(PLAN, system);
      expect(worldOf(system.tree)).toEqual(before);
    });
  });

  it('a boot killed at any write and started again ends as an undisturbed one (law 4)', async () => {
    await fc.assert(
      fc.asyncProperty(skillWorlds, fc.nat({ max: 12 }), async (entries, writes) => {
        const undisturbed = world(entries);
        await bootOf(PLAN, undisturbed);
        const faulty = new FaultySystem(world(entries), writes);
        await bootOf(PLAN, faulty).catch((error: unknown) => {
          expect(error).toBeInstanceOf(Killed);
        });
        const again = new SimulatedSystem(faulty);
        await bootOf(PLAN, again);
        expect(worldOf(again.tree)).toEqual(worldOf(undisturbed.tree));
      }),
      { numRuns: rounds(600) },
    );
  });

  it('what is not of the image keeps its owner, mode and content (law 6)', async () => {
    await law(async (system) => {
      const before = worldOf(system.tree);
      await bootOf(PLAN, system);
      const foreign = differences(before, worldOf(system.tree)).filter((path) =>
        ['/srv', '/etc', '/opt/hermes', `${HOME}/notes.txt`, `${HOME}/mine`].some((top) =>
          isWithin(path, top),
        ),
      );
      expect(foreign).toEqual([]);
    });
  });

  it('what a user wrote is never lost', async () => {
    await law(async (system) => {
      const edited = (): number =>
        [...worldOf(system.tree).values()].filter((line) => line.endsWith(' edited')).length;
      const before = edited();
      await bootOf(PLAN, system);
      expect(edited()).toBe(before);
    });
  });
});

describe.skipIf(!isRoot)(`on disk, whatever the skills (${NEEDS_ROOT}),`, () => {
  it('a dry run writes nothing, a run makes exactly what was announced, and then nothing is left', async () => {
    await fc.assert(
      fc.asyncProperty(skillWorlds, async (entries) => {
        const root = realRoot(entries);
        const open = (): RealSystem => new RealSystem(root, ['/opt/data', '/opt/hermes']);
        const before = snapshot(root);
        const planned = await plannedOf(PLAN, open());
        expect(snapshot(root)).toEqual(before);
        const done = await bootOf(PLAN, open());
        expect(done.status).toBe('done');
        expect(changeLines(done)).toEqual(changeLines(planned));
        const after = snapshot(root);
        const changed = differences(before, after);
        expect(changed.filter((path) => !isAnnounced(planned, path))).toEqual([]);
        expect(changeLines(await plannedOf(PLAN, open()))).toEqual([]);
        await bootOf(PLAN, open());
        expect(snapshot(root)).toEqual(after);
        rmSync(root, { recursive: true });
      }),
      { numRuns: rounds(40) },
    );
  });

  it('a run ends in the world that the dry run foresaw', async () => {
    await fc.assert(
      fc.asyncProperty(skillWorlds, async (entries) => {
        const root = realRoot(entries);
        const open = (): RealSystem => new RealSystem(root, ['/opt/data', '/opt/hermes']);
        const foreseen = new SimulatedSystem(open());
        await bootOf(PLAN, foreseen);
        const expected = worldOf(foreseen.tree);
        await bootOf(PLAN, open());
        expect(worldOf(open().tree)).toEqual(expected);
        rmSync(root, { recursive: true });
      }),
      { numRuns: rounds(40) },
    );
  });
});
