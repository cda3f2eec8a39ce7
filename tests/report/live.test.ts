import { describe, expect, test } from 'vitest';
import type { EventView } from '../../src/report/event-view.ts';
import { liveLog, type Clock } from '../../src/report/live.ts';
import { plainPaint } from '../../src/report/paint.ts';
import type { StepSummary } from '../../src/report/step-view.ts';
import { screenOf } from '../support/terminal.ts';
import { AT, HEAD } from './sample.ts';

/** A clock that a test moves on; what is due acts on the way. */
class Hands implements Clock {
  #now = 0;
  #acts: { readonly interval: number; readonly act: () => void; due: number }[] = [];

  now = (): number => this.#now;

  every = (interval: number, act: () => void): (() => void) => {
    const entry = { interval, act, due: this.#now + interval };
    this.#acts.push(entry);
    return () => {
      this.#acts = this.#acts.filter((other) => other !== entry);
    };
  };

  pass(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const next = this.#acts.toSorted((a, b) => a.due - b.due).find(({ due }) => due <= end);
      if (next === undefined) break;
      this.#now = next.due;
      next.due += next.interval;
      next.act();
    }
    this.#now = end;
  }

  get isIdle(): boolean {
    return this.#acts.length === 0;
  }
}

const BOOT: EventView = {
  ...HEAD,
  type: 'boot-started',
  plan: 'stage2',
  dry: false,
  steps: ['home', 'ownership'],
  inputs: [],
};

function started(step: string): EventView {
  return { ...HEAD, type: 'step-started', step, at: AT, uses: 'directory' };
}

function walking(step: string, looked: number, changed: number, elapsed: number): EventView {
  const rate = Math.round((looked * 1000) / elapsed);
  const walk = { looked, changed, total: 90_000, estimated: false, rate, doing: null, elapsed };
  return { ...HEAD, type: 'progress', step, at: AT, ...walk };
}

function ended(step: string, more: Partial<StepSummary> = {}): EventView {
  const summary = { uses: 'directory', status: 'converged', made: 0, changes: 0, problem: null };
  return {
    ...HEAD,
    type: 'step-finished',
    step,
    at: AT,
    why: 'it is as it should be',
    onFailure: 'stop',
    ...summary,
    status: 'converged',
    duration: 12,
    ...more,
  };
}

function finished(changes: number): EventView {
  return {
    ...HEAD,
    type: 'boot-finished',
    plan: 'stage2',
    result: 'done',
    converged: changes === 0,
    stoppedBy: null,
    degradedBy: [],
    slowest: null,
    duration: 45_000,
    steps: 2,
    changes,
    unreached: 0,
  };
}

/** A boot that a test goes through, on a terminal of so many columns. */
function boot(columns = 80) {
  const clock = new Hands();
  let written = '';
  const screen = {
    columns,
    write: (text: string) => {
      written += text;
    },
  };
  const live = liveLog(screen, { least: 'info', paint: plainPaint, clock });
  return {
    clock,
    show: (...events: readonly EventView[]) => {
      for (const event of events) live.show(event);
    },
    written: () => written,
    screen: () => screenOf(written).filter((line) => line !== ''),
  };
}

describe('on a terminal', () => {
  test('a boot with nothing to do is one line, and nothing is drawn for what ends within 300 ms', () => {
    const { clock, show, written } = boot();
    show(BOOT, started('home'));
    clock.pass(290);
    show(ended('home'), started('ownership'));
    clock.pass(290);
    show(ended('ownership'), finished(0));
    expect(written()).toBe('hermes-boot: info: stage2: nothing to do (2 steps, 45.0 s)\n');
    expect(clock.isIdle).toBe(true);
  });

  test('a step that lasts says how far it is, and how long it takes by now', () => {
    const { clock, show, screen } = boot();
    show(BOOT, started('ownership'));
    clock.pass(400);
    expect(screen()).toEqual(['running  ownership  0 s']);
    clock.pass(37_600);
    show(walking('ownership', 41_200, 12_310, 38_000));
    expect(screen()).toEqual([
      'running  ownership  41,200 of 90,000 looked at, 12,310 changed, 38 s (1,084/s)',
    ]);
    clock.pass(2000);
    expect(screen()[0]).toContain('changed, 40 s');
  });

  test.each([
    [60, 'running  ownership  41,200 of 90,000 looked at, 38 s'],
    [40, 'running  ownership  41,200, 38 s'],
  ])('a terminal of %d columns gets what fits on a line', (columns, line) => {
    const { clock, show, screen } = boot(columns);
    show(BOOT, started('ownership'));
    clock.pass(38_000);
    show(walking('ownership', 41_200, 12_310, 38_000));
    expect(screen()).toEqual([line]);
  });

  test('what has ended is written once, above what runs', () => {
    const { clock, show, screen, written } = boot();
    show(BOOT, started('home'), ended('home', { status: 'changes', made: 3, changes: 3 }));
    show(started('ownership'));
    clock.pass(60_000);
    expect(screen()).toEqual([
      'hermes-boot: info: stage2: 2 steps',
      'hermes-boot: info: home: 3 changes in 12 ms',
      'running  ownership  1 min 0 s',
    ]);
    show(ended('ownership', { status: 'changes', made: 1, changes: 1, duration: 60_000 }));
    show(finished(4));
    expect(screen()).toEqual([
      'hermes-boot: info: stage2: 2 steps',
      'hermes-boot: info: home: 3 changes in 12 ms',
      'hermes-boot: info: ownership: 1 change in 1 min 0 s',
      'hermes-boot: info: stage2: done, 4 changes in 45.0 s',
    ]);
    expect(written().split('home: 3 changes')).toHaveLength(2);
    // Once a second at most.
    expect(written().split('running').length).toBeLessThanOrEqual(62);
  });

  test('a change that has ended is not shown as going on', () => {
    const { clock, show, screen } = boot();
    const change = {
      kind: 'mode',
      path: '/opt/data/a',
      before: { mode: '0644' },
      after: { mode: '0600' },
      why: '',
      from: '0644',
      to: '0600',
      recursive: false,
      subject: '/opt/data/a',
      effect: 'mode 0644 -> 0600',
    } as const;
    show(BOOT, started('home'), {
      ...HEAD,
      type: 'change-made',
      step: 'home',
      at: AT,
      change,
    });
    clock.pass(5000);
    expect(screen()).toEqual(['running  home  5 s']);
  });
});
