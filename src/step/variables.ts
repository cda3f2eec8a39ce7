import { Problem } from '../errors/problem.ts';
import { VARIABLE } from './fields.ts';

/**
 * Refuses what is no name of a variable: a shell would take it for something else.
 * @param option the option that has them
 * @throws Problem when one of the names is none
 */
export function requireVariableNames(option: string, names: readonly string[]): void {
  const odd = names.find((name) => !new RegExp(VARIABLE).test(name));
  if (odd === undefined) return;
  throw new Problem({
    found: `${option} has ${JSON.stringify(odd)}`,
    wanted: 'names of variables',
  });
}
