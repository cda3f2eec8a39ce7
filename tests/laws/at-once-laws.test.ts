import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { showChange } from '../../src/changes/kinds.ts';
import { dryRun, run } from '../../src/engine/boot.ts';
import type { BootEvent, BootResult } from '../../src/engine/result.ts';
import { Problem } from '../../src/errors/problem.ts';
import type { BootPlan } from '../../src/plan/plan.ts';
import type { Command } from '../../src/system/system.ts';
import type { SimulatedSystem } from '../../src/system/simulated.ts';
import { bootPlan, changeLines, plannedOf, STAGE2_WITH_EDITS, worldOf } from '../support/boot.ts';
import { FaultySystem, Killed } from '../support/faulty.ts';
import { environments, worlds } from '../support/generate.ts';
import { withoutKeys } from '../support/keys.ts';
import { withLooks } from '../support/looks.ts';
import { ROOT_FACTS } from '../support/plan-step.ts';
import { rounds } from '../support/rounds.ts';
import { directory, file, world } from '../support/world.ts';

/** How many turns of the event loop the next thing takes. */
type Dice = () => number;

const dice: fc.Arbitrary<Dice> = fc.infiniteStream(fc.nat({ max: 4 })).map((stream) => () => {
  const roll = stream.next();
  return roll.done === true ? 0 : roll.value;
});

/** A world in which everything that can take a while does, and commands fail that say so. */
class SlowSystem extends FaultySystem {
  readonly #dice: Dice;

  constructor(base: SimulatedSystem, dice: Dice, writes = Infinity) {
    super(base, writes);
    this.#dice = dice;
  }

  override async setTreeOwner(
    ...args: Parameters<SimulatedSystem['setTreeOwner']>
  ): Promise<undefined> {
    await turns(this.#dice());
    await super.setTreeOwner(...args);
    await turns(this.#dice());
    return undefined;
  }

  override async copyTree(...args: Parameters<SimulatedSystem['copyTree']>): Promise<void> {
    await turns(this.#dice());
    await super.copyTree(...args);
    await turns(this.#dice());
  }

  override async run(command?: Command): Promise<void> {
    await super.run();
    await turns(this.#dice());
    if (command?.argv.includes('fails') === true) throw new Problem({ found: 'the tool failed' });
  }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await setImmediate();
}

/** The same plan, but each look takes a while before it looks, and before it says what it saw. */
function slow(plan: BootPlan, dice: Dice): BootPlan {
  return withLooks(plan, async ({ look }) => {
    await turns(dice());
    const outcome = await look();
    await turns(dice());
    return outcome;
  });
}

/** The same plan, but each step needs all before it. */
function oneByOne(plan: BootPlan): BootPlan {
  const ids = plan.steps.map(({ id }) => id);
  const steps = plan.steps.map((step, index) => ({ ...step, needs: ids.slice(0, index) }));
  return { ...plan, steps };
}

const paths = fc.constantFrom('/d/a', '/d/b', '/d/a/x', '/d/a/y', '/new/a', '/new/b', '/e/t', '/f');
const modes = fc.constantFrom('0700', '0755', '0640');
const owners = fc.constantFrom('root', 'hermes', 'www-data', '1000:1000');

const works = fc.oneof(
  fc.record({ path: paths, owner: owners, mode: modes }).map((options) => ({
    uses: 'directory',
    with: options,
  })),
  fc
    .record({ path: paths, content: fc.constantFrom('x', 'y'), owner: owners, mode: modes })
    .map((options) => ({ uses: 'file.seed', with: options })),
  fc
    .record({ path: paths, from: paths, owner: owners, required: fc.boolean() })
    .map((options) => ({ uses: 'file.seed', with: options })),
  fc
    .record({ path: paths, owner: owners, mode: modes })
    .map((options) => ({ uses: 'file.mode', with: options })),
  fc.tuple(paths, owners).map(([path, owner]) => ({
    uses: 'owner.probe',
    with: { probe: path, trees: [path], owner },
  })),
  fc.constantFrom(1000, 1001).map((uid) => ({
    uses: 'account.remap',
    with: { user: 'hermes', uid },
  })),
  fc.tuple(paths, fc.constantFrom('works', 'works', 'fails')).map(([path, how]) => ({
    uses: 'command',
    with: {
      argv: ['/bin/tool', how],
      fingerprint: { of: ['/bin/tool'], stamp: path },
    },
  })),
);

/** Any steps with any needs: also such as change the same and have no order but that of the file. */
const plans = fc
  .array(
    fc.record({
      work: works,
      needs: fc.uniqueArray(fc.nat({ max: 6 }), { maxLength: 2 }),
      onFailure: fc.constantFrom('stop', 'degrade', 'degrade', 'ignore'),
    }),
    { minLength: 2, maxLength: 7 },
  )
  .map((steps) =>
    steps.map(({ work, needs, onFailure }, index) => ({
      id: `s${index}`,
      ...work,
      needs: needs.filter((need) => need < index).map((need) => `s${need}`),
      'on-failure': onFailure,
    })),
  )
  .map((steps) => JSON.stringify({ version: 1, name: 'test', steps }));

const grounds = fc.constantFrom(
  {},
  { '/d/a': directory({ owner: '10000:10000' }), '/d/a/x': file('x'), '/e/t/1': file('1') },
  { '/d/a': file('a'), '/e/t': directory({ owner: '33:33' }), '/e/t/2/3': file('2') },
  {
    '/e/t': directory(),
    '/e/t/1': file('', { owner: '5:5' }),
    '/e/t/2': file('', { owner: '6:6' }),
  },
);

const tool = { '/bin/tool': file('', { mode: 0o755 }) };

interface Done {
  readonly events: readonly string[];
  readonly steps: readonly string[];
  readonly result: string;
}

/** All that is told of a boot, but times. */
async function toldOf(
  boot: typeof run | typeof dryRun,
  plan: BootPlan,
  system: SimulatedSystem,
): Promise<Done> {
  const events: string[] = [];
  const report = await boot(plan, system, {
    facts: ROOT_FACTS,
    signal: new AbortController().signal,
    listener: (event) => events.push(...textOf(event)),
  });
  return { events, steps: report.steps.flatMap(linesOf), result: report.status };
}

function textOf(event: BootEvent): string[] {
  switch (event.type) {
    case 'step-started':
      return [`started ${event.step.id}`];
    case 'note':
      return [`note ${event.step.id} ${event.note.text}`];
    case 'change-made':
      return [`made ${event.step.id} ${showChange(event.change)}`];
    case 'cause-found':
      return [`cause ${event.step.id} ${event.cause.found}`];
    case 'step-finished':
      return [`ended ${linesOf(event.result).join(' ')}`];
    default:
      return [];
  }
}

function linesOf({ step, status, why, changes, made }: BootResult['steps'][number]): string[] {
  return [`${step.id} ${status} ${made} ${why}`, ...changes.map(showChange)];
}

describe('steps at the same time, whatever the plan and however long each takes,', () => {
  it('change and report what they would one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(plans, grounds, dice, async (text, ground, rolls) => {
        const plan = bootPlan(text);
        const entries = { ...tool, ...ground };
        const [alone, together] = [world(entries), world(entries)];
        const one = new SlowSystem(alone, () => 0);
        const many = new SlowSystem(together, rolls);
        const wanted = await toldOf(run, oneByOne(plan), one);
        expect(await toldOf(run, slow(plan, rolls), many)).toEqual(wanted);
        expect(worldOf(many.tree)).toEqual(worldOf(one.tree));
      }),
      { numRuns: rounds(3000) },
    );
  });

  it('report what a dry run does if no command fails (law 2)', async () => {
    await fc.assert(
      fc.asyncProperty(plans, grounds, dice, async (text, ground, rolls) => {
        const plan = bootPlan(text.replaceAll('"fails"', '"works"'));
        const system = new SlowSystem(world({ ...tool, ...ground }), rolls);
        const planned = await toldOf(dryRun, plan, system);
        expect(await toldOf(run, slow(plan, rolls), system)).toEqual(planned);
      }),
      { numRuns: rounds(300) },
    );
  });
});

const cases = fc.record({ entries: worlds, env: environments, rolls: dice });

describe('the steps of stage2 at the same time, however long each takes,', () => {
  it('make exactly the changes that the dry run announced (law 2), and nothing is left (law 3)', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ entries, env, rolls }) => {
        const plan = bootPlan(STAGE2_WITH_EDITS, env);
        const system = new SlowSystem(world(entries), rolls);
        const planned = await toldOf(dryRun, plan, system);
        expect(await toldOf(run, slow(plan, rolls), system)).toEqual(planned);
        expect(changeLines(await plannedOf(plan, system))).toEqual([]);
      }),
      { numRuns: rounds(100) },
    );
  });

  it('killed after any write and started again end as undisturbed (law 4)', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.nat({ max: 60 }), async ({ entries, env, rolls }, writes) => {
        const plan = bootPlan(STAGE2_WITH_EDITS, env);
        const undisturbed = world(entries);
        await toldOf(run, plan, undisturbed);
        const killed = new SlowSystem(world(entries), rolls, writes);
        await toldOf(run, slow(plan, rolls), killed).catch((error: unknown) => {
          expect(error).toBeInstanceOf(Killed);
        });
        const again = new SlowSystem(killed, rolls);
        await toldOf(run, slow(plan, rolls), again);
        expect(withoutKeys(worldOf(again.tree))).toEqual(withoutKeys(worldOf(undisturbed.tree)));
      }),
      { numRuns: rounds(100) },
    );
  });

  it('stopped after any change and started again end as undisturbed, and report what was made', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.nat({ max: 40 }), async ({ entries, env, rolls }, changes) => {
        const plan = bootPlan(STAGE2_WITH_EDITS, env);
        const undisturbed = world(entries);
        await toldOf(run, plan, undisturbed);
        const system = new SlowSystem(world(entries), rolls);
        const stop = new AbortController();
        let made = 0;
        const report = await run(slow(plan, rolls), system, {
          facts: ROOT_FACTS,
          signal: stop.signal,
          listener: ({ type }) => {
            if (type === 'change-made') made += 1;
            if (made > changes) stop.abort(new Problem({ found: 'asked to stop' }));
          },
        });
        expect(report.steps.reduce((sum, step) => sum + step.made, 0)).toBe(made);
        await toldOf(run, slow(plan, rolls), system);
        expect(withoutKeys(worldOf(system.tree))).toEqual(withoutKeys(worldOf(undisturbed.tree)));
      }),
      { numRuns: rounds(100) },
    );
  });
});
