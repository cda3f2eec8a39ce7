import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { boot, freshRoot, phases, remove, worldOf, type Phase } from '../support/inject.ts';
import {
  DATA_CALLS,
  loseData,
  unsyncedFiles,
  visible,
  wholeCalls,
} from '../support/lost-writes.ts';
import { temporaryDirectory } from '../support/real-root.ts';
import { cannotTrace, TRACE_NEEDS } from '../support/strace.ts';

/** In how many moments of each boot the power goes. */
const MOMENTS = 10;

async function phaseOf(name: string): Promise<Phase> {
  const phase = (await phases(temporaryDirectory())).find((each) => each.name === name);
  if (phase === undefined) throw new Error(`no phase ${name}`);
  return phase;
}

/** The calls of one name in an undisturbed boot, and the world that it ends in. */
async function undisturbed(phase: Phase, call: string): Promise<[number, Map<string, string>]> {
  const root = freshRoot(phase);
  const trace = `${root}.trace`;
  expect(await boot(phase, root, ['-f', '-o', trace, '-e', `trace=${call}`])).toMatchObject({
    code: 0,
  });
  const calls = readFileSync(trace, 'utf8').match(new RegExp(`\\b${call}\\(`, 'g')) ?? [];
  const world = worldOf(root);
  remove(root);
  return [calls.length, world];
}

describe.skipIf(cannotTrace)(`what was not synced is lost with the power${TRACE_NEEDS}:`, () => {
  test.each(['first boot', 'upgrade', 'move of ids'])(
    'after a boot (%s) that it ended anywhere, the next boot ends as an undisturbed one (law 4)',
    async (name) => {
      const phase = await phaseOf(name);
      const [renames, end] = await undisturbed(phase, 'rename');
      expect(renames).toBeGreaterThan(5);
      for (let moment = 0; moment < MOMENTS; moment += 1) {
        const when = 1 + Math.floor((moment * renames) / MOMENTS);
        const root = freshRoot(phase);
        const trace = `${root}.trace`;
        const kill = ['-e', `inject=rename:signal=KILL:when=${when}`];
        const options = ['-f', '-y', '-o', trace, '-e', `trace=${DATA_CALLS}`, ...kill];
        expect(await boot(phase, root, options)).not.toMatchObject({ code: 0 });
        loseData(unsyncedFiles(readFileSync(trace, 'utf8'), root));
        expect(await boot(phase, root)).toMatchObject({ code: 0 });
        expect(worldOf(root), `killed at rename ${when}`).toEqual(end);
        remove(root);
      }
    },
  );

  test.each(['first boot', 'upgrade'])(
    'at the end of a boot (%s) nothing under its own name is unsynced but the lock and what /run holds',
    async (name) => {
      const phase = await phaseOf(name);
      const root = freshRoot(phase);
      const trace = `${root}.trace`;
      await boot(phase, root, ['-f', '-y', '-o', trace, '-e', `trace=${DATA_CALLS}`]);
      const left = visible(unsyncedFiles(readFileSync(trace, 'utf8'), root));
      expect(
        left.filter((path) => !path.startsWith(`${root}/run/`) && !path.endsWith('.lock')),
      ).toEqual([]);
      remove(root);
    },
  );
});

test('a call that another thread spoke into is read as one: a sync where it began, a write where it ended', () => {
  const trace = [
    '7     syncfs(3</srv> <unfinished ...>',
    '8     write(4</srv/late>, "x", 1 <unfinished ...>',
    '7     <... syncfs resumed>)                   = 0',
    '8     <... write resumed>) = 1',
  ];
  expect(wholeCalls(trace.join('\n')).filter((line) => line !== '')).toEqual([
    '7     syncfs(3</srv>)                   = 0',
    '8     write(4</srv/late>, "x", 1) = 1',
  ]);
});
