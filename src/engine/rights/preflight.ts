import type { Change } from '../../changes/change.ts';
import { makeChange } from '../../changes/make.ts';
import type { Problem } from '../../errors/problem.ts';
import type { Facts } from '../../step/facts.ts';
import { isServed } from '../../system/mounts.ts';
import { SimulatedSystem } from '../../system/simulated.ts';
import type { ReadSystem } from '../../system/system.ts';
import type { World } from '../../system/world.ts';
import type { TimeLimit } from '../context.ts';
import { forbidden, frozen, mayDoEverything } from './permission.ts';

/** Where changes are to be made, and by whom. */
interface Ground {
  readonly system: ReadSystem & Pick<World, 'tree' | 'policy'>;
  readonly facts: Facts;
}

/**
 * Finds out before anything is tried whether all changes of a step can be made here, and by this
 * process; each judged in the world that those before it leave.
 */
export async function preflight(
  changes: readonly Change[],
  { system, facts }: Ground,
  limit: TimeLimit,
): Promise<Problem | undefined> {
  for (const change of changes) {
    const problem = frozen(change, system);
    if (problem !== undefined) return problem;
  }
  if (changes.length === 0) return undefined;
  if (mayDoEverything(facts) && !changes.some((change) => isRemote(change, system))) {
    return undefined;
  }
  const world = new SimulatedSystem(system);
  for (const change of changes) {
    const problem = forbidden(change, world, facts);
    if (problem !== undefined) return problem;
    await makeChange(change, world, limit);
  }
  return undefined;
}

function isRemote({ path }: Change, system: ReadSystem): boolean {
  const mount = system.mountOf(path);
  return mount !== undefined && isServed(mount);
}
