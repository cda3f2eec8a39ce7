import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { BootPlan } from '../../src/plan/plan.ts';
import type { Acquired } from '../../src/system/home-lock.ts';
import { RealSystem } from '../../src/system/real/real.ts';
import { boot, makes, planOf, shell, shown, thereIs } from '../support/at-once.ts';
import { moment, withLooks, withLooksOf } from '../support/looks.ts';
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
    expect(report.status).toBe('done');
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

  it('run four at a time, the first of the plan first', async () => {
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

  it('are reported in the order of the plan, whichever ends first', async () => {
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
    const acquire = async (): Promise<Acquired> => {
      await setTimeout(100);
      return 'fresh';
    };
    const lock = { mark: () => undefined, acquire, release: () => undefined };
    const [a, b] = (await boot(planOf(makes('a'), makes('b')), world({}), { lock })).report.steps;
    expect(a?.began).toBeLessThan(50);
    expect(b?.began).toBeLessThan(50);
    expect(a?.duration).toBeLessThan(50);
    expect(b?.duration).toBeLessThan(50);
  });
});

describe('a step that can stop the boot', () => {
  /** A plan in which a takes a while, and what happened when. */
  function planWith(first: object): { readonly plan: BootPlan; readonly looks: string[] } {
    const looks: string[] = [];
    const plan = withLooks(planOf(first, makes('b')), async ({ step, look }) => {
      looks.push(`${step.id} begins`);
      for (let turn = 0; turn < 5; turn += 1) await setImmediate();
      looks.push(`${step.id} ends`);
      return look();
    });
    return { plan, looks };
  }

  it('and does leaves what comes after it not reached, and without a look', async () => {
    const system = world({ '/a': file('') });
    const { plan, looks } = planWith(makes('a', { 'on-failure': 'stop' }));
    const { report, events } = await boot(plan, system);
    expect(report.steps.map(shown)).toEqual([
      'a failed: /a is a regular file; wanted a directory',
      'b blocked: not reached: a stops the boot',
    ]);
    expect(events).toEqual(['a started', 'a ended', 'b ended']);
    expect(looks).toEqual(['a begins', 'a ends']);
    expect(system.look('/b').type).toBe('missing');
  });

  it('and does not lets what comes after it begin when it has ended', async () => {
    const { plan, looks } = planWith(makes('a', { 'on-failure': 'stop' }));
    const { report, events } = await boot(plan, world({}));
    expect(report.status).toBe('done');
    expect(looks).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
    expect(events.filter((event) => event.includes('made'))).toEqual(['a made /a', 'b made /b']);
  });

  it('runs beside steps before it that cannot', async () => {
    const looked = moment();
    const plan = withLooksOf(planOf(makes('a'), makes('b', { 'on-failure': 'stop' })), {
      a: async ({ look }) => {
        await looked.come;
        return look();
      },
      b: ({ look }) => {
        looked.now();
        return look();
      },
    });
    const { report } = await boot(plan, world({ '/b': file('') }));
    expect(report.steps.map(({ status }) => status)).toEqual(['changes', 'failed']);
    expect(report.stoppedBy?.step.id).toBe('b');
  });
});
