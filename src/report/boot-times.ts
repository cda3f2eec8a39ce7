/** Reads from a receipt, as a status or a history holds it, how long its steps took. */
import { fits, list, nullable, number, object, text, type TypeOf } from '../text/codec.ts';

const stepTime = object({
  id: text,
  /** In milliseconds since the boot began; null for a step that was not reached. */
  began: nullable(number),
  /** In milliseconds, without waiting for other boots. */
  duration: number,
});

const withSteps = object({ steps: list(stepTime) });

/** When a step began and how long it took. */
export type StepTime = TypeOf<typeof stepTime>;

/** The steps that a boot reached; none where its receipt has none, as that of a boot that did nothing. */
export function stepTimesOf(receipt: object): readonly StepTime[] {
  return fits(withSteps, receipt) ? receipt.steps.filter(({ began }) => began !== null) : [];
}
