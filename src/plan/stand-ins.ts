import { unreachable } from '../errors/problem.ts';
import { SHORTEST_SECRET } from '../step/secret.ts';
import type { Input, InputType, InputValue } from './plan.ts';

/**
 * Inputs in which each secret that the environment sets has a stand-in, by which a plan comes out
 * the same: set, of its type, and as short or long as a step can tell.
 */
export function withStandIns(inputs: readonly Input[]): readonly Input[] {
  return inputs.map((input, index) => {
    const { declaration, source, value } = input;
    const fromOutside = source.kind === 'environment' || source.kind === 'envdir';
    if (!declaration.secret || !fromOutside || value === undefined) return input;
    return { ...input, value: standIn(declaration.type, value, index + 1) };
  });
}

function standIn(type: InputType, value: InputValue, number: number): InputValue {
  switch (type) {
    case 'path':
      return `/stand-in-${number}`;
    case 'string':
      return String(value).length < SHORTEST_SECRET
        ? `stand-in-${number}`
        : `stand-in-${number}-for-a-long-secret`;
    case 'id':
      return 65_534 - number;
    case 'boolean':
      // A yes or a no keeps no secret: which steps a plan leaves out tells it.
      return value;
    default:
      return unreachable(type);
  }
}
