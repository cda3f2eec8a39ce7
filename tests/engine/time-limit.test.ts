import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { TimeLimit } from '../../src/engine/time-limit.ts';
import { aborted } from '../support/looks.ts';

const never = new AbortController().signal;

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('there is no gc');
  Reflect.apply(collect, undefined, []);
}

it('a time limit ends in time, also where garbage is collected meanwhile', async () => {
  const limit = new TimeLimit(100, never);
  const end = aborted(limit.signal);
  // What has been made or used in a turn of the event loop is not collected in it.
  await setImmediate();
  collectGarbage();
  await end;
  // Timers count whole milliseconds: one may ring within the last.
  expect(limit.left).toBeLessThan(1);
});

it('a time limit ends at once when one of the signals around it aborts', () => {
  const stop = new AbortController();
  const { signal } = new TimeLimit(60_000, never, stop.signal);
  stop.abort();
  expect(signal.aborted).toBe(true);
});
