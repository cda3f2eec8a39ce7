import type { ErrorObject } from 'ajv';
import type { AnyStepType } from '../step/step.ts';

/** What a plan may use. */
export interface Registry {
  readonly types: readonly AnyStepType[];
  /** The check of the plan schema, as `validateShape` makes it. */
  readonly validate: (value: unknown) => readonly ErrorObject[];
}
