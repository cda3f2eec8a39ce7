import { expect, test } from 'vitest';
import { type Measured, ProgressMeter } from '../../src/engine/progress-meter.ts';

/** A meter whose time a test sets, and what it has told. */
function meter() {
  const told: (Measured & { readonly elapsed: number })[] = [];
  let now = 0;
  let tick: (() => void) | undefined;
  const made = new ProgressMeter({
    elapsed: () => now,
    tell: (measured, elapsed) => told.push({ ...measured, elapsed }),
    every: (_, act) => {
      tick = act;
      return () => {
        tick = undefined;
      };
    },
  });
  return {
    made,
    told,
    at: (time: number) => {
      now = time;
    },
    tick: (time: number) => {
      now = time;
      tick?.();
    },
    ticks: () => tick !== undefined,
  };
}

const CHANGE = { kind: 'mode', path: '/a', from: 0o644, to: 0o600, why: '' } as const;

test('a walk is reported once a second at most, with its rate', () => {
  const { made, told, at } = meter();
  for (let time = 100; time <= 3000; time += 100) {
    at(time);
    made.walked({ looked: time * 2, changed: 0 });
  }
  expect(told).toEqual([
    { progress: { looked: 2000, changed: 0 }, rate: 2000, elapsed: 1000 },
    { progress: { looked: 4000, changed: 0 }, rate: 2000, elapsed: 2000 },
    { progress: { looked: 6000, changed: 0 }, rate: 2000, elapsed: 3000 },
  ]);
});

test('a change that says nothing itself is reported, until the step ends', () => {
  const { made, told, tick: tickAt, ticks } = meter();
  expect(ticks()).toBe(false);
  made.making(CHANGE);
  for (const time of [500, 1000, 2000]) tickAt(time);
  made.end();
  expect(ticks()).toBe(false);
  const progress = { looked: 0, changed: 0 };
  expect(told).toEqual([
    { progress, change: CHANGE, elapsed: 1000 },
    { progress, change: CHANGE, elapsed: 2000 },
  ]);
});

test('the rate of a second walk counts from its own begin', () => {
  const { made, told, at } = meter();
  at(900);
  made.walked({ looked: 90_000, changed: 0 });
  made.making(CHANGE);
  at(4900);
  made.walked({ looked: 4000, changed: 4000, total: 90_000 });
  expect(told.at(-1)).toMatchObject({ rate: 1000, elapsed: 4900 });
});

test('a step that looks and finds nothing to change starts no timer', () => {
  const { made, told, ticks } = meter();
  made.walked({ looked: 1000, changed: 0 });
  made.end();
  expect(ticks()).toBe(false);
  expect(told).toEqual([]);
});
