import { LookFailed, unlessUnknown } from '../errors/look-failed.ts';
import type { BootStep } from '../plan/plan.ts';
import type { ReadSystem } from '../system/system.ts';
import { componentsOf, isWithin, join } from '../system/path.ts';

/** A path where it lies, as far as that can be told. */
interface Place {
  readonly path: string;
  readonly changes: boolean;
}

/** What a step may change or relies on in this boot. */
export interface Ground {
  readonly places: readonly Place[];
  /** What it does with accounts: all of them are lines of the same files. */
  readonly accounts: 'changes' | 'reads' | 'none';
}

/** The ground of a step. One that is left out of this boot has none. */
export function groundOf(step: BootStep, system: ReadSystem): Ground {
  const touches = step.skipped === undefined ? step.type.touches(step.with) : [];
  const places: Place[] = [];
  let accounts: Ground['accounts'] = step.as === undefined ? 'none' : 'reads';
  for (const touch of touches) {
    if (touch.kind === 'path') {
      places.push({ path: resolved(system, touch.path), changes: touch.reads !== true });
    } else if (accounts !== 'changes') {
      accounts = touch.access;
    }
  }
  return { places, accounts };
}

/**
 * Whether two steps meet: one could see, or make, what is the other's to change. Those that do are
 * done in the order of the plan, whether or not its author has thought of a `needs`.
 */
export function meet(one: Ground, other: Ground, system: ReadSystem): boolean {
  const accounts = [one.accounts, other.accounts];
  if (accounts.includes('changes') && !accounts.includes('none')) return true;
  return one.places.some((a) =>
    other.places.some((b) => (a.changes || b.changes) && touch(a.path, b.path, system)),
  );
}

/** A directory decides about all that lies in it: who may write there, who gets it with its tree. */
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
  // What leads nobody knows where may lead anywhere.
  if (resolution instanceof LookFailed) return '/';
  return resolution.kind === 'path' ? resolution.path : path;
}
