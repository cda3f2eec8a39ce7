import type { ReadSystem } from '../system/system.ts';
import { groundOf, meet } from './ground.ts';
import type { Ground } from './ground.ts';
import type { Turn } from './turn.ts';

/** Whether a step may make changes: no step before it can stop the boot any more. */
export function mayChange(turn: Turn, turns: readonly Turn[]): boolean {
  return before(turn, turns).every(
    ({ step }) => step.onFailure !== 'stop' || step.skipped !== undefined,
  );
}

/**
 * Whether a step has to wait for one before it that it does not need, because they meet. Asked
 * again, it looks no further than the one that it waits for.
 */
export function waitsForOther(turn: Turn, turns: readonly Turn[], system: ReadSystem): boolean {
  if (turn.behind !== undefined && turn.behind.state !== 'ended') return true;
  const ground = groundIn(turn, system);
  turn.behind = before(turn, turns).find((other) => meet(groundIn(other, system), ground, system));
  return turn.behind !== undefined;
}

/** The steps before one that have not ended. */
function before({ index }: Turn, turns: readonly Turn[]): Turn[] {
  return turns.slice(0, index).filter(({ state }) => state !== 'ended');
}

function groundIn(turn: Turn, system: ReadSystem): Ground {
  turn.ground ??= groundOf(turn.step, system);
  return turn.ground;
}
