import type { BootStep } from '../plan/plan.ts';
import type { ReadSystem } from '../system/system.ts';
import { componentsOf, isWithin, join } from '../system/path.ts';

/** What a step may change or relies on in this boot. */
export interface Ground {
  /** Where that lies, as far as it can be told. */
  readonly places: readonly string[];
  /** The accounts that it relies on. */
  readonly reads: readonly string[];
  /** Whether it changes any account: all of them are lines of the same files. */
  readonly edits: boolean;
}

/** The ground of a step. One that is left out of this boot has none. */
export function groundOf(step: BootStep, system: ReadSystem): Ground {
  const touches = step.skipped === undefined ? step.type.touches(step.with) : [];
  const accounts = touches.flatMap((touch) => (touch.kind === 'account' ? [touch] : []));
  return {
    places: touches.flatMap((touch) =>
      touch.kind === 'path' ? [resolved(system, touch.path)] : [],
    ),
    reads: [
      ...accounts.flatMap(({ access, name }) => (access === 'reads' ? [name] : [])),
      ...(step.as === undefined ? [] : [step.as]),
    ],
    edits: accounts.some(({ access }) => access === 'changes'),
  };
}

/**
 * Whether two steps meet: one could see, or make, what is the other's to change. Those that do are
 * done in the order of the plan, whether or not its author has thought of a `needs`.
 */
export function meet(one: Ground, other: Ground, system: ReadSystem): boolean {
  if (one.edits && (other.edits || other.reads.length > 0)) return true;
  if (other.edits && one.reads.length > 0) return true;
  return one.places.some((a) => other.places.some((b) => touch(a, b, system)));
}

/** A directory decides about all that lies in it: who may write there, who gets it with its tree. */
function touch(a: string, b: string, system: ReadSystem): boolean {
  if (isWithin(a, b) || isWithin(b, a)) return true;
  // Whichever comes first makes the directory that leads to both.
  const shared = sharedPath(a, b);
  return shared !== '/' && system.look(shared).type === 'missing';
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
  const resolution = system.resolve(path);
  return resolution.kind === 'path' ? resolution.path : path;
}
