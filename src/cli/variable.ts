import type { Environment } from '../report/paint.ts';
import { readEnvdir } from '../system/container-env.ts';
import type { ReadSystem } from '../system/system.ts';

/**
 * The value of a variable of the container: of this process where it is set and not empty, as
 * `docker exec` gives it; else where s6 keeps it; else `otherwise`.
 */
export function variableOr(
  system: ReadSystem,
  env: Environment,
  name: string,
  otherwise: string,
): string {
  const value = env[name] ?? '';
  return value === '' ? (readEnvdir(system, name) ?? otherwise) : value;
}
