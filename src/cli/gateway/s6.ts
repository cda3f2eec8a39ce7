import { setTimeout } from 'node:timers/promises';
import { Problem } from '../../errors/problem.ts';
import { s6Program } from '../../gateway/programs.ts';
import { isSupervised } from '../../gateway/slot.ts';
import { capture } from '../../system/real/run-command.ts';
import type { Surroundings } from './surroundings.ts';

/** How often to look again, in milliseconds. */
const PAUSE = 20;

/** What the clients of s6 end with when the time for what they wait for is up. */
const TIMED_OUT = 99;

/** What they end with when the kernel refuses. */
const SYSTEM_FAILED = 111;

/**
 * Runs a client of s6 and returns what it prints.
 * @throws Problem with its code and text when it fails
 */
export function s6({ system }: Surroundings, name: string, ...args: readonly string[]): string {
  const program = s6Program(system, name);
  const { code, stdout, stderr } = capture(program, args);
  if (code === 0) return stdout;
  const refused = code === SYSTEM_FAILED && /permission denied/i.test(stderr);
  throw new Problem({
    code: refused ? 'not-permitted' : code === TIMED_OUT ? 'timeout' : 'failed',
    found: `${program} ${args.join(' ')} ended with ${code ?? 'no exit code'}: ${stderr}`,
    ...(refused ? { mend: 'run this as hermes or root' } : {}),
  });
}

/** Waits until something holds; says whether it does in time. */
export async function until(
  { signal }: Surroundings,
  milliseconds: number,
  holds: () => boolean,
): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  while (!holds()) {
    if (performance.now() > deadline) return false;
    await setTimeout(PAUSE, undefined, { signal });
  }
  return true;
}

/** Whether a supervisor runs on a slot or on its logger. */
export function isHeld({ system }: Surroundings, slot: string): boolean {
  return isSupervised(system, slot) || isSupervised(system, `${slot}/log`);
}
