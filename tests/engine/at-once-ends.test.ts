import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../src/errors/problem.ts';
import { HomeHeld, type Acquired, type HomeLock } from '../../src/system/home-lock.ts';
import { RealSystem } from '../../src/system/real/real.ts';
import { boot, makes, planOf, shell, shown, thereIs } from '../support/at-once.ts';
import { aborted, moment, withLooksOf } from '../support/looks.ts';
import { temporaryDirectory } from '../support/real-root.ts';
import { directory, world } from '../support/world.ts';

describe('a boot of steps at the same time', () => {
  it('ends none of them for the timeout of another, which names its limit', async () => {
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
    // The limit, and the key that raises it.
    const problem = report.steps[0]?.problem;
    expect(problem?.found).toBe('a took too long: step a may take 50 ms');
    expect(problem?.mend).toEqual([
      expect.stringMatching(/^a longer timeout: on step a \(\S+:\d+\), there or in a fragment/),
    ]);
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
    expect(report.status).toBe('interrupted');
    expect(report.steps.map(shown)).toEqual([
      'wait-0 failed: asked to stop',
      'wait-1 failed: asked to stop',
      'after blocked: not reached: wait-0 stops the boot',
    ]);
    for (const file of pids) {
      expect(() => process.kill(Number(read(file)), 0)).toThrow('ESRCH');
    }
  });

  it('starts over with all looks when another boot ran meanwhile, and has changed nothing', async () => {
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

  it('with a bug in a step ends when the others have made their current change', async () => {
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
