import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { BootPlan } from '../../src/plan/plan.ts';
import { RealSystem } from '../../src/system/real/real.ts';
import { boot, makes, planOf, shell, shown, thereIs } from '../support/at-once.ts';
import { aborted, moment, withLooks, withLooksOf } from '../support/looks.ts';
import { temporaryDirectory } from '../support/real-root.ts';
import { directory, file, world } from '../support/world.ts';

describe('steps that do not need each other', () => {
  it('run at the same time: two commands can wait for each other', async () => {
    const base = temporaryDirectory();
    const pipe = join(base, 'pipe');
    execFileSync('mkfifo', [pipe]);
    // Opening a pipe waits until somebody has its other end.
    const plan = planOf(
      shell('writes', join(base, 'first'), `: > ${pipe}`),
      shell('reads', join(base, 'second'), `: < ${pipe}`),
    );
    const { report, events } = await boot(plan, new RealSystem('/'));
    expect(report.result).toBe('done');
    expect(events).toEqual([
      'writes started',
      expect.stringMatching('^writes made '),
      'writes ended',
      'reads started',
      expect.stringMatching('^reads made '),
      'reads ended',
    ]);
  });

  it('run one after the other where they would make the same directory', async () => {
    const system = world({});
    const slow = planOf(
      makes('a', { with: { path: '/shared/a' } }),
      makes('b', { with: { path: '/shared/b' } }),
    );
    const looks: string[] = [];
    const { events } = await boot(
      withLooks(slow, async ({ step, look }) => {
        looks.push(step.id);
        await setImmediate();
        await setImmediate();
        looks.push(step.id);
        return look();
      }),
      system,
    );
    expect(looks).toEqual(['a', 'a', 'b', 'b']);
    expect(events.filter((event) => event.includes('made'))).toEqual([
      'a made /shared',
      'a made /shared/a',
      'b made /shared/b',
    ]);
  });

  it('run one after the other where they touch the same path or the accounts', async () => {
    const pairs = [
      [
        { id: 'a', uses: 'file.seed', with: { path: '/a', content: 'x' } },
        { id: 'b', uses: 'file.mode', with: { path: '/a', mode: '0600' } },
      ],
      [
        { id: 'a', uses: 'owner.paths', with: { base: '/data', owner: 'root', trees: ['x'] } },
        makes('b', { with: { path: '/data/x/b' } }),
      ],
      [
        { id: 'a', uses: 'account.remap', with: { user: 'hermes', uid: 1000 } },
        makes('b', { with: { path: '/b', owner: 'hermes' } }),
      ],
    ];
    for (const steps of pairs) {
      let looking = 0;
      const plan = withLooks(planOf(...steps), async ({ look }) => {
        looking += 1;
        for (let turn = 0; turn < 3; turn += 1) await setImmediate();
        expect(looking).toBe(1);
        looking -= 1;
        return look();
      });
      const { report } = await boot(plan, world({ '/data/x': directory() }));
      expect(report.steps.map(({ problem }) => problem?.message)).toEqual([undefined, undefined]);
    }
  });

  it('are at work four at a time, the first of the plan first', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const looking = new Set<string>();
    const seen: string[] = [];
    const plan = withLooks(planOf(...ids.map((id) => makes(id))), async ({ step, look }) => {
      looking.add(step.id);
      for (let turn = 0; turn < 5; turn += 1) await setImmediate();
      seen.push([...looking].join(''));
      looking.delete(step.id);
      return look();
    });
    await boot(plan, world({}));
    expect(seen[0]).toBe('abcd');
    expect(Math.max(...seen.map(({ length }) => length))).toBe(4);
  });

  it('are told in the order of the plan, whichever ends first', async () => {
    const system = world({});
    const plan = withLooksOf(planOf(makes('a'), makes('b')), {
      a: async ({ look }) => {
        await thereIs(system, '/b');
        return look();
      },
    });
    const { report, events } = await boot(plan, system);
    expect(events).toEqual([
      'a started',
      'a made /a',
      'a ended',
      'b started',
      'b made /b',
      'b ended',
    ]);
    expect(report.steps.map(({ step }) => step.id)).toEqual(['a', 'b']);
  });

  it('say when they began, and how long they worked without what they waited for', async () => {
    const looked = moment();
    const plan = withLooksOf(planOf(makes('a', { 'on-failure': 'stop' }), makes('b')), {
      a: async ({ look }) => {
        await looked.come;
        const end = Date.now() + 100;
        while (Date.now() < end) await setImmediate();
        return look();
      },
      b: ({ look }) => {
        looked.now();
        return look();
      },
    });
    const [a, b] = (await boot(plan, world({}))).report.steps;
    expect(a?.duration).toBeGreaterThan(99);
    expect(b?.duration).toBeLessThan(50);
    expect(b?.began).toBeLessThan(50);
  });
});

describe('a step that can stop the boot', () => {
  /** A plan in which b has looked before a has. */
  function planWith(first: object, look: (looked: Promise<void>) => Promise<void>): BootPlan {
    const looked = moment();
    return withLooksOf(planOf(first, makes('b')), {
      a: async ({ look: own }) => {
        await look(looked.come);
        return own();
      },
      b: async ({ look: own }) => {
        const outcome = await own();
        looked.now();
        return outcome;
      },
    });
  }

  it('and does leaves what comes after it not reached, also where that has looked', async () => {
    const system = world({ '/a': file('') });
    const plan = planWith(makes('a', { 'on-failure': 'stop' }), (looked) => looked);
    const { report, events } = await boot(plan, system);
    expect(report.steps.map(shown)).toEqual([
      'a failed: /a is a regular file; wanted a directory',
      'b blocked: not reached: a stops the boot',
    ]);
    expect(events).toEqual(['a started', 'a ended', 'b ended']);
    expect(system.look('/b').type).toBe('missing');
  });

  it('and does not lets what comes after it make its changes then', async () => {
    const plan = planWith(makes('a', { 'on-failure': 'stop' }), (looked) => looked);
    const { report, events } = await boot(plan, world({}));
    expect(report.result).toBe('done');
    expect(events.filter((event) => event.includes('made'))).toEqual(['a made /a', 'b made /b']);
  });

  it('ends a look that comes after it when it fails', async () => {
    const looking = moment();
    const plan = withLooksOf(planOf(makes('a', { 'on-failure': 'stop' }), makes('b')), {
      a: async ({ look }) => {
        await looking.come;
        return look();
      },
      b: async ({ context, look }) => {
        const end = aborted(context.signal);
        looking.now();
        await end;
        return look();
      },
    });
    const { report } = await boot(plan, world({ '/a': file('') }));
    expect(report.steps.map(({ status }) => status)).toEqual(['failed', 'blocked']);
  });

  it('takes no time from a step that waits for it', async () => {
    const timeUp = moment();
    const looked = moment();
    const steps = [makes('a', { 'on-failure': 'stop' }), makes('b', { timeout: '100ms' })];
    const plan = withLooksOf(planOf(...steps), {
      a: async ({ look }) => {
        await looked.come;
        await timeUp.come;
        return look();
      },
      b: async ({ context, look }) => {
        void aborted(context.signal).then(timeUp.now);
        const outcome = await look();
        looked.now();
        return outcome;
      },
    });
    const { report } = await boot(plan, world({}));
    expect(report.steps.map(({ status }) => status)).toEqual(['changes', 'changes']);
  });
});
