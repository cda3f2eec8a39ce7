import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RealSystem } from '../../src/system/real/real.ts';
import {
  bootOf,
  bootPlan,
  changeLines,
  differences,
  isAnnounced,
  plannedOf,
  STAGE2_WITH_EDITS,
} from '../support/boot.ts';
import { environments, worlds } from '../support/generate.ts';
import { isRoot, NEEDS_ROOT, realRoot, snapshot } from '../support/real-root.ts';
import { rounds } from '../support/rounds.ts';

/** Few, since each makes a whole root on disk; the laws over worlds in memory try many. */
const RUNS = 40;

describe.skipIf(!isRoot)(`on disk, whatever the world and the environment (${NEEDS_ROOT}),`, () => {
  it('a dry run writes nothing, a run makes exactly what was announced, and then nothing is left', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, environments, async (entries, env) => {
        const root = realRoot(entries);
        const plan = bootPlan(STAGE2_WITH_EDITS, env);
        const open = (): RealSystem => new RealSystem(root, ['/opt/data', '/opt/hermes']);
        const before = snapshot(root);

        const planned = await plannedOf(plan, open());
        expect(snapshot(root)).toEqual(before);

        const done = await bootOf(plan, open());
        expect(changeLines(done)).toEqual(changeLines(planned));
        expect(done.status).toBe(planned.status);
        const after = snapshot(root);
        const unannounced = differences(before, after).filter(
          (path) => !isAnnounced(planned, path),
        );
        expect(unannounced).toEqual([]);

        expect(changeLines(await plannedOf(plan, open()))).toEqual([]);
        await bootOf(plan, open());
        expect(snapshot(root)).toEqual(after);
        rmSync(root, { recursive: true });
      }),
      { numRuns: rounds(RUNS) },
    );
  });
});
