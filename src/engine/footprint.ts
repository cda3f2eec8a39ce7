/** What a step touches in this boot, and whether two steps may run at the same time. */
import { LookFailed, unlessUnknown } from '../errors/look-failed.ts';
import type { BootStep } from '../plan/plan.ts';
import type { ReadSystem } from '../system/system.ts';
import { componentsOf, isWithin, join } from '../system/path.ts';

/** A path where it lies, as far as that is known. */
interface Place {
  readonly path: string;
  readonly changes: boolean;
}

/** What a step may change or relies on in this boot. */
export interface Footprint {
  readonly places: readonly Place[];
  /** What it does with accounts: all of them are lines of the same files. */
  readonly accounts: 'changes' | 'reads' | 'none';
}

/** What a step touches. One that is left out of this boot touches nothing. */
export function footprintOf(step: BootStep, system: ReadSystem): Footprint {
  const touches = step.skipped === undefined ? step.type.touches(step.with) : [];
  const places: Place[] = [];
  let accounts: Footprint['accounts'] = step.as === undefined ? 'none' : 'reads';
  for (const touch of touches) {
    if (touch.kind === 'path') {
      places.push({ path: resolved(system, touch.path), changes: !touch.reads });
    } else if (accounts !== 'changes') {
      accounts = touch.reads ? 'reads' : 'changes';
    }
  }
  return { places, accounts };
}

/**
 * Whether one of two steps could see, or make, what the other one changes. Such steps run in the
 * order of the plan, whether or not its author has thought of a `needs`.
 */
export function overlap(one: Footprint, other: Footprint, system: ReadSystem): boolean {
  const accounts = [one.accounts, other.accounts];
  if (accounts.includes('changes') && !accounts.includes('none')) return true;
  return one.places.some((a) =>
    other.places.some((b) => (a.changes || b.changes) && touch(a.path, b.path, system)),
  );
}

/** A directory decides about all that lies in it: who may write there, who gets its tree. */
function touch(a: string, b: string, system: ReadSystem): boolean {
  if (isWithin(a, b) || isWithin(b, a)) return true;
  // Whichever comes first makes the directory that leads to both.
  const shared = sharedPath(a, b);
  if (shared === '/') return false;
  const entry = unlessUnknown(() => system.look(shared));
  return entry instanceof LookFailed || entry.type === 'missing';
}

/** The longest path that both lie at or below. */
function sharedPath(a: string, b: string): string {
  const others = componentsOf(b);
  let path = '/';
  for (const [index, name] of componentsOf(a).entries()) {
    if (others[index] !== name) break;
    path = join(path, name);
  }
  return path;
}

function resolved(system: ReadSystem, path: string): string {
  const resolution = unlessUnknown(() => system.resolve(path));
  // Where it leads is unknown: it may lead anywhere.
  if (resolution instanceof LookFailed) return '/';
  return resolution.kind === 'path' ? resolution.path : path;
}
