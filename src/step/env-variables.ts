/** Names of environment variables, and the changes that export one to all later services. */
import type { Change } from '../changes/change.ts';
import { Problem } from '../errors/problem.ts';
import { VARIABLE } from './fields.ts';
import { whatIs } from './notes.ts';
import { canonical, parentChanges } from './paths.ts';
import type { StepContext } from './step.ts';
import { envdirHolds, envdirPath, readEnvdir } from '../system/container-env.ts';

/**
 * Refuses what is not a name of a variable: a shell would take it for something else.
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

/**
 * The changes that export a variable to every later service. Not every setup has the directory by
 * then (#34601), so what is missing of it is made.
 * @param secret whether the value that is there must not be shown either
 * @throws Problem when something else stands where the variable is to be written
 */
export function exportChanges(
  context: StepContext<unknown>,
  name: string,
  value: string,
  why: string,
  secret = false,
): Change[] {
  const path = canonical(context.system, envdirPath(name));
  const entry = context.system.look(path);
  if (entry.type !== 'file' && entry.type !== 'missing') {
    throw new Problem({ found: `${path} is ${whatIs(entry)}`, wanted: 'a regular file' });
  }
  const from = secret ? hidden(context, name, value) : readEnvdir(context.system, name);
  if (from === value) return [];
  const { uid, gid } = context.facts;
  const owner = { uid, gid };
  const change: Change = { kind: 'envdir', path, name, from: from ?? null, to: value, owner, why };
  return [...parentChanges(context, path), change];
}

function hidden(context: StepContext<unknown>, name: string, value: string): string | undefined {
  const holds = envdirHolds(context.system, name, value);
  return holds === undefined ? undefined : holds ? value : '***';
}
