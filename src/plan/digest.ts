import { createHash } from 'node:crypto';
import type { Plan } from './plan.ts';

/**
 * The SHA-256 of all that a plan says, in hexadecimal, so that two boots can be told to have done
 * the same one. Where it stands, in which file and on which lines, plays no part.
 */
export function digestOf(plan: Omit<Plan, 'digest'>): string {
  const { name, description, home, lockTimeout, inputs, steps } = plan;
  const said = {
    name,
    description,
    home,
    lockTimeout,
    inputs: inputs.map((input) => ({ ...input, at: undefined })),
    steps: steps.map((step) => ({
      ...step,
      at: undefined,
      entries: undefined,
      off: step.off !== undefined,
    })),
  };
  // JSON leaves out what is undefined.
  return createHash('sha256').update(JSON.stringify(said)).digest('hex');
}
