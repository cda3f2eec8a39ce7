import type { Change } from '../changes/change.ts';
import { Problem } from '../errors/problem.ts';
import { envdirPath, readEnvdir } from '../system/envdir.ts';
import { whatIs } from './phrases.ts';
import { canonical, parentChanges } from './place.ts';
import type { StepContext } from './step.ts';

/**
 * The changes that export a variable to every later service. Not every setup has the directory by
 * then (#34601), so what is missing of it is made.
 * @throws Problem when something else stands where the variable is to be written
 */
export function exportChanges(
  context: StepContext<unknown>,
  name: string,
  value: string,
  why: string,
): Change[] {
  const path = canonical(context.system, envdirPath(name));
  const entry = context.system.look(path);
  if (entry.type !== 'file' && entry.type !== 'missing') {
    throw new Problem({ found: `${path} is ${whatIs(entry)}`, wanted: 'a regular file' });
  }
  const from = readEnvdir(context.system, name) ?? null;
  if (from === value) return [];
  const { uid, gid } = context.facts;
  const owner = { uid, gid };
  const change: Change = { kind: 'envdir', path, name, from, to: value, owner, why };
  return [...parentChanges(context, path), change];
}
