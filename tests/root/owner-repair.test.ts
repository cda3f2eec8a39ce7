import { execFileSync } from 'node:child_process';
import { linkSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { showChange } from '../../src/changes/kinds.ts';
import { dryRun, run } from '../../src/engine/boot.ts';
import type { BootEvent } from '../../src/engine/result.ts';
import { LIMITS, type Limits } from '../../src/system/real/chown/limits.ts';
import { RealSystem } from '../../src/system/real/real.ts';
import { bootOf, bootPlan, changeLines, plannedOf } from '../support/boot.ts';
import { ROOT_FACTS } from '../support/plan-step.ts';
import { isRoot, NEEDS_ROOT, realRoot, snapshot } from '../support/real-root.ts';
import { directory } from '../support/world.ts';

const PLAN = `version: 1
name: test
steps:
  - id: owners
    uses: owner.paths
    with: { base: /home/me, owner: '1000:1000', trees: [large, small], top: false, former: [10000] }
`;

const SMALL: Limits = {
  ...LIMITS,
  alone: { scan: 30, chown: 30 },
  remembered: { least: 10, most: 100 },
  processes: () => 2,
};

/** A home in which most of a tree is wrong, in ways that are told apart. */
function home(): string {
  const root = realRoot({ '/home/me': directory({ owner: '1000:1000' }) });
  const tree = `${root}/home/me/large`;
  for (let index = 0; index < 20; index += 1) {
    mkdirSync(`${tree}/${index}`, { recursive: true });
    for (let name = 0; name < 10; name += 1) writeFileSync(`${tree}/${index}/${name}`, '');
  }
  linkSync(`${tree}/3/1`, `${tree}/3/other`);
  execFileSync('chown', ['-R', '10000:10000', ...[0, 1, 2].map((index) => `${tree}/${index}`)]);
  execFileSync('chown', ['-R', '1000:1000', `${tree}/19`]);
  mkdirSync(`${root}/home/me/small`);
  writeFileSync(`${root}/home/me/small/file`, '');
  return root;
}

describe.skipIf(!isRoot)(`a run that repairs a large tree (${NEEDS_ROOT})`, () => {
  it('reports what the dry run reported: changes, counts, reasons and notes', async () => {
    const root = home();
    const open = (): RealSystem => new RealSystem(root, ['/home/me'], SMALL);
    const plan = bootPlan(PLAN);
    const events: BootEvent[] = [];
    const planned = await dryRun(
      plan,
      open(),
      options(() => undefined),
    );
    const done = await run(
      plan,
      open(),
      options((event) => events.push(event)),
    );
    expect(changeLines(done)).toEqual(changeLines(planned));
    expect(changeLines(done)[0]).toBe(
      'owners: /home/me/large owner of 209 of 222 entries -> 1000:1000 because ' +
        'written by root, most likely through docker exec (#35098); the plan gives it to 1000',
    );
    const notes = done.steps.map((step) => step.notes.map(({ text }) => text).sort());
    expect(notes).toEqual(planned.steps.map((step) => step.notes.map(({ text }) => text).sort()));
    expect(notes[0]?.filter((text) => text.includes('several hard links'))).toHaveLength(1);
    const made = events.flatMap((event) =>
      event.type === 'change-made' ? [showChange(event.change)] : [],
    );
    expect(made).toEqual(planned.steps[0]?.changes.map(showChange));
    expect(changeLines(await plannedOf(plan, open()))).toEqual([]);
  });

  it('says how much there is at least of what was not made', async () => {
    const root = home();
    const kept = `${root}/home/me/large/7/7`;
    const system = new RealSystem(root, ['/home/me'], SMALL);
    execFileSync('chattr', ['+i', kept]);
    const { steps } = await bootOf(bootPlan(PLAN), system).finally(() => {
      execFileSync('chattr', ['-i', kept]);
    });
    expect(steps[0]?.status).toBe('failed');
    expect(steps[0]?.changes.map(showChange)[0]).toMatch(
      /^\/home\/me\/large owner of at least \d+ entries -> 1000:1000$/,
    );
    const { changes } =
      (await bootOf(bootPlan(PLAN), new RealSystem(root, [], SMALL))).steps[0] ?? {};
    expect(changes?.length).toBeGreaterThan(0);
    expect(lstatSync(kept).uid).toBe(1000);
  });

  it('equals the dry run with more entries than a look remembers', async () => {
    const root = realRoot({ '/home/me/large': directory() });
    for (let index = 0; index < 900; index += 1) {
      mkdirSync(`${root}/home/me/large/${index}`);
      for (let name = 0; name < 20; name += 1) {
        writeFileSync(`${root}/home/me/large/${index}/${name}`, '');
      }
    }
    const limits = { ...LIMITS, alone: { scan: 4096, chown: 2000 } };
    const open = (): RealSystem => new RealSystem(root, ['/home/me'], limits);
    const before = snapshot(root);
    const planned = await plannedOf(bootPlan(PLAN), open());
    expect(snapshot(root)).toEqual(before);
    const done = await bootOf(bootPlan(PLAN), open());
    expect(changeLines(done)).toEqual(changeLines(planned));
    expect(changeLines(done)[0]).toContain('owner of 18,901 of 18,901 entries');
    expect(changeLines(await plannedOf(bootPlan(PLAN), open()))).toEqual([]);
  });
});

function options(listener: (event: BootEvent) => unknown): Parameters<typeof run>[2] {
  const { signal } = new AbortController();
  return { facts: ROOT_FACTS, listener, signal };
}
