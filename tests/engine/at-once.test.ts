import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/engine/boot.ts';
import type { BootEvent } from '../../src/engine/event.ts';
import type { BootReport, StepReport } from '../../src/engine/report.ts';
import type { Bootable } from '../../src/engine/shared.ts';
import { Problem } from '../../src/errors/problem.ts';
import type { BootPlan } from '../../src/plan/plan.ts';
import { HomeHeld, type Acquired, type HomeLock } from '../../src/system/home-lock.ts';
import { RealSystem } from '../../src/system/real/real.ts';
import { bootPlan } from '../support/boot.ts';
import { aborted, moment, withLooks, withLooksOf } from '../support/looks.ts';
import { ROOT_FACTS } from '../support/plan-step.ts';
import { temporaryDirectory } from '../support/real-root.ts';
import { directory, file, world } from '../support/world.ts';

/** A plan of these steps, whose failures do not stop it unless they say so. */
function planOf(...steps: readonly object[]): BootPlan {
  const some = steps.map((step) => ({ 'on-failure': 'degrade', ...step }));
  return bootPlan(JSON.stringify({ version: 1, name: 'test', steps: some }));
}

const makes = (id: string, more: object = {}): object => ({
  id,
  uses: 'directory',
  with: { path: `/${id}` },
  ...more,
});

const shell = (id: string, creates: string, script: string, more: object = {}): object => ({
  id,
  uses: 'command',
  with: { argv: ['/bin/sh', '-c', script], creates },
  ...more,
});

interface Booted {
  readonly report: BootReport;
  readonly events: readonly string[];
}

/** Boots, and tells what happened: `a started`, `a made /a`, `a ended`. */
async function boot(
  plan: BootPlan,
  system: Bootable,
  more: { signal?: AbortSignal; lock?: HomeLock; events?: string[] } = {},
): Promise<Booted> {
  const { signal = new AbortController().signal, lock, events = [] } = more;
  const report = await run(plan, system, {
    facts: ROOT_FACTS,
    signal,
    listener: (event) => events.push(...textOf(event)),
    ...(lock === undefined ? {} : { lock }),
  });
  return { report, events };
}

function textOf(event: BootEvent): string[] {
  if (event.type === 'step-started') return [`${event.step.id} started`];
  if (event.type === 'change-made') return [`${event.step.id} made ${event.change.path}`];
  return event.type === 'step-finished' ? [`${event.report.step.id} ended`] : [];
}

const shown = ({ step, status, why }: StepReport): string => `${step.id} ${status}: ${why}`;

/** Resolves when something is there. */
async function thereIs(system: Bootable, path: string): Promise<void> {
  while (system.look(path).type === 'missing') await setImmediate();
}

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

describe('a boot of steps at the same time', () => {
  it('ends none of them for the time that another has taken', async () => {
    const timeUp = moment();
    const plan = withLooksOf(planOf(makes('a', { timeout: '50ms' }), makes('b')), {
      a: async ({ context }) => {
        await aborted(context.signal);
        timeUp.now();
        throw new Problem({ code: 'timeout', found: 'a took too long' });
      },
      b: async ({ look }) => {
        await timeUp.come;
        return look();
      },
    });
    const { report } = await boot(plan, world({}));
    expect(report.steps.map(({ status }) => status)).toEqual(['failed', 'changes']);
  });

  it('ends all commands when it is asked to stop, and says which had begun', async () => {
    const base = temporaryDirectory();
    const pids = ['a', 'b'].map((id) => join(base, id));
    const waits = (file: string): string => `echo $$ > ${file}; exec tail -f /dev/null`;
    const plan = planOf(
      ...pids.map((file, index) => shell(`wait-${index}`, `${file}-done`, waits(file))),
      makes('after', { needs: ['wait-0'], with: { path: join(base, 'after') } }),
    );
    const stop = new AbortController();
    const booted = boot(plan, new RealSystem('/'), { signal: stop.signal });
    const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
    while (!pids.every((file) => read(file).endsWith('\n'))) await setImmediate();
    stop.abort(new Problem({ found: 'asked to stop' }));
    const { report } = await booted;
    expect(report.result).toBe('stopped');
    expect(report.steps.map(shown)).toEqual([
      'wait-0 failed: asked to stop',
      'wait-1 failed: asked to stop',
      'after blocked: not reached: wait-0 stops the boot',
    ]);
    for (const file of pids) {
      expect(() => process.kill(Number(read(file)), 0)).toThrow('ESRCH');
    }
  });

  it('starts over with all looks when another boot was there meanwhile, and has changed nothing', async () => {
    const system = world({ '/home': directory() });
    const answers: Acquired[] = ['stale'];
    const looks: string[] = [];
    const looking = moment();
    const plan = withLooksOf(planOf(makes('a'), makes('b')), {
      a: async ({ context, look }) => {
        looks.push('a');
        if (looks.length > 1) return look();
        const end = aborted(context.signal);
        looking.now();
        await end;
        expect(system.look('/b').type).toBe('missing');
        return look();
      },
      b: async ({ look }) => {
        looks.push('b');
        await looking.come;
        return look();
      },
    });
    const lock = lockThat(() => Promise.resolve(answers.shift() ?? 'fresh'));
    const { report, events } = await boot(plan, system, { lock });
    expect(looks).toEqual(['a', 'b', 'a', 'b']);
    expect(report.steps.map(({ made }) => made)).toEqual([1, 1]);
    expect(events.filter((event) => event.includes('made'))).toEqual(['a made /a', 'b made /b']);
  });

  it('asks for the home once, and ends for all when it is held', async () => {
    let asked = 0;
    const lock = lockThat(async () => {
      asked += 1;
      for (let turn = 0; turn < 5; turn += 1) await setImmediate();
      throw new HomeHeld({ found: '/home is held' });
    });
    const system = world({});
    await expect(boot(planOf(makes('a'), makes('b')), system, { lock })).rejects.toThrow('is held');
    expect(asked).toBe(1);
    expect(system.look('/a').type).toBe('missing');
    expect(system.look('/b').type).toBe('missing');
  });

  it('with a bug in a step ends when the others have made the change that they are at', async () => {
    const base = temporaryDirectory();
    const [pipe, begun, done] = [join(base, 'pipe'), join(base, 'begun'), join(base, 'done')];
    execFileSync('mkfifo', [pipe]);
    const system = new RealSystem('/');
    const plan = withLooksOf(
      planOf(makes('a'), shell('b', done, `: > ${begun}; : < ${pipe}; : > ${done}`)),
      {
        a: async () => {
          await thereIs(system, begun);
          // Lets the command go on, but only when this has failed.
          void writeFile(pipe, '');
          throw new TypeError('a bug');
        },
      },
    );
    const events: string[] = [];
    await expect(boot(plan, system, { events })).rejects.toThrow('a bug');
    expect(existsSync(done)).toBe(true);
    expect(events).toContainEqual(expect.stringMatching('^b made '));
  });
});

function lockThat(acquire: HomeLock['acquire']): HomeLock {
  return { mark: () => undefined, acquire, release: () => undefined };
}
