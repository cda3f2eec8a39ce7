import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../support/real-root.ts';
import { shell } from './commands.ts';
import { bestToBest, compare, runOnce, spreadOf } from './measure.ts';

test('a spread has the median and the quartiles of values in any order', () => {
  expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ min: 1, lower: 2, median: 3, upper: 4, max: 5 });
});

test('two peers are timed in turn, the first pair uncounted and each as often the first', () => {
  const order: string[] = [];
  const peer = (name: string) => shell(name, ':', { before: () => void order.push(name) });
  const { rounds } = compare(peer('a'), peer('b'), { rounds: 2, cache: 'warm' });
  expect(rounds).toBe(2);
  expect(order).toEqual(['b', 'a', 'a', 'b', 'b', 'a']);
});

test('a ratio is that of the pairs, and a longer process has a larger one', () => {
  const slow = shell('slow', 'sleep 0.1');
  const comparison = compare(slow, shell('quick', ':'), { rounds: 3, cache: 'warm' });
  expect(comparison.time.min).toBeGreaterThan(100);
  expect(comparison.ratio.median).toBeGreaterThan(1);
  expect(bestToBest(comparison)).toBeGreaterThan(1);
});

test('a peer that fails is no measurement, and what it said is told', () => {
  const broken = shell('broken', 'echo why >&2; exit 3');
  expect(() => compare(broken, broken, { rounds: 1, cache: 'warm' })).toThrow(
    'broken ended with 3',
  );
  expect(() => {
    runOnce(broken);
  }).toThrow('broken ended with 3\nwhy');
});

test('a peer finds nothing of the environment of the benchmark', () => {
  const seen = join(temporaryDirectory(), 'seen');
  runOnce(
    shell('curious', `[ "$(env | grep -cvE '^(PATH|PWD|OLDPWD|SHLVL|_)=')" = 0 ] && : > '${seen}'`),
  );
  expect(existsSync(seen)).toBe(true);
});
