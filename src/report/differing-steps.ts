import { isDeepStrictEqual } from 'node:util';
import type { BootView } from './boot-view.ts';

/** The ids of the steps that two views of a plan tell something else of. */
export function differingSteps(one: BootView, other: BootView): readonly string[] {
  return one.steps.flatMap((step, index) => {
    const twin = other.steps[index];
    const same = isDeepStrictEqual({ ...step, duration: 0 }, { ...twin, duration: 0 });
    return same ? [] : [step.id];
  });
}
