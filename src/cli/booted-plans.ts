/** Which plans an image boots, and in which order: what its scripts in /etc/cont-init.d run. */
import { observeFacts } from '../engine/observe-facts.ts';
import { unlessProblem } from '../errors/look-failed.ts';
import type { Environment } from '../report/paint.ts';
import { join } from '../system/path.ts';
import type { ReadSystem } from '../system/system.ts';
import { variableOr } from './locations.ts';

/** The plan of a world without those scripts, when nobody names one. */
export const DEFAULT_PLAN = 'stage2';

/** s6-overlay runs these at each start, in the order of their names. */
const SCRIPTS = '/etc/cont-init.d';

/** In bytes; those of hermes-boot have a tenth of it. */
const LARGEST_SCRIPT = 64 * 1024;

/** The line that boots a plan: `boot supervise-perms`, or the one that prepares the home. */
const BOOT = /^boot (?:([a-z][a-z0-9-]*)|"\$\(home_plan\)")$/m;

/**
 * The plans that the image of a world boots, in their order. In a world without an image, such as
 * a volume, the one that HERMES_BOOT_PLAN names, or stage2.
 */
export function bootedPlans(system: ReadSystem, env: Environment): readonly string[] {
  const booted = plansOfScripts(system, env);
  return booted.length === 0 ? [firstPlan(system, env)] : booted;
}

/** The plans that the scripts of a world boot; none where it has no such script. */
export function plansOfScripts(system: ReadSystem, env: Environment): readonly string[] {
  const first = firstPlan(system, env);
  const booted = system.list(SCRIPTS).flatMap((name) => {
    const path = join(SCRIPTS, name);
    if (system.look(path).type !== 'file') return [];
    // A script of somebody else may be a program, which no line of ours is in.
    const script = unlessProblem(() => system.readText(path, LARGEST_SCRIPT)) ?? '';
    const line = BOOT.exec(script);
    return line === null ? [] : (line[1] ?? first);
  });
  return [...new Set(booted)];
}

/** The plan that prepares the home; see home_plan in docker/lib/boot.sh. */
function firstPlan(system: ReadSystem, env: Environment): string {
  const chosen = variableOr(system, env, 'HERMES_BOOT_PLAN', '');
  if (chosen !== '') return chosen;
  const { users } = observeFacts('/').ids;
  return users.length === 1 && users[0]?.count === 1 ? 'unprivileged' : DEFAULT_PLAN;
}
