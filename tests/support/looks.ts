import type { BootPlan, BootStep } from '../../src/plan/plan.ts';
import type { JsonObject, Outcome, StepContext } from '../../src/step/step.ts';

/** A look of a step, and what it looks with. */
export interface Look {
  readonly step: BootStep;
  readonly context: StepContext<JsonObject>;
  /** Looks as the step does. */
  readonly look: () => Promise<Outcome>;
}

/** A plan whose steps look in another way. */
export function withLooks(plan: BootPlan, way: (look: Look) => Promise<Outcome>): BootPlan {
  const steps = plan.steps.map((step): BootStep => {
    const { type } = step;
    const other = (context: StepContext<JsonObject>): Promise<Outcome> =>
      way({ step, context, look: async () => type.plan(context) });
    return { ...step, type: { ...type, plan: other } };
  });
  return { ...plan, steps };
}

/** A plan in which some steps, by their ids, look in another way. */
export function withLooksOf(
  plan: BootPlan,
  ways: Readonly<Record<string, (look: Look) => Promise<Outcome>>>,
): BootPlan {
  return withLooks(plan, (look) => ways[look.step.id]?.(look) ?? look.look());
}

/** Something that happens once. */
export interface Moment {
  readonly come: Promise<void>;
  readonly now: () => void;
}

/** A moment that has yet to come. */
export function moment(): Moment {
  let now = (): void => undefined;
  const come = new Promise<void>((resolve) => (now = resolve));
  return { come, now };
}

/** When a signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  const { come, now } = moment();
  if (signal.aborted) now();
  else signal.addEventListener('abort', now);
  return come;
}
