/** Reads the environment that s6-overlay keeps for all services, a file for each variable. */
import { LookFailed, unlessProblem, unlessUnknown } from '../errors/look-failed.ts';
import type { Reader } from './content.ts';
import { join } from './path.ts';
import type { ReadSystem } from './system.ts';
import { flag, text } from '../text/codec.ts';

/**
 * Where s6-overlay keeps the container's environment, a file a variable; with-contenv(1) reads it
 * for every service and script that asks.
 */
export const ENVDIR = '/run/s6/container_environment';

/** The path of a variable in the environment directory. */
export function envdirPath(name: string): string {
  return join(ENVDIR, name);
}

/** The value of a variable. A plan shows it where it changes it, and so may facts. */
const variable: Reader<string> = {
  name: 'the variable',
  codec: text,
  read: (content) => content.replace(/\n$/, ''),
};

/**
 * The value of a variable in the environment directory, or undefined when it is not there. One
 * newline at the end is not part of it: s6-linux-init 1.2 writes one, 1.1 does not.
 */
export function readEnvdir(system: ReadSystem, name: string): string | undefined {
  return readVariable(system, name, variable);
}

/** The values of those of some variables that are in the environment directory. */
export function readAllEnvdir(
  system: ReadSystem,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const there = unlessUnknown(() => new Set(system.list(ENVDIR)));
  // It may be that this user can look into the directory and not list it.
  const asked = there instanceof LookFailed ? names : names.filter((name) => there.has(name));
  return Object.fromEntries(
    asked.flatMap((name) => {
      const value = readEnvdir(system, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/**
 * Whether a variable in the environment directory has a value, for one that is secret; undefined
 * when the variable is not there.
 */
export function envdirHolds(system: ReadSystem, name: string, value: string): boolean | undefined {
  return readVariable(system, name, {
    name: `whether it is ${value}`,
    codec: flag,
    read: (content) => variable.read(content, true) === value,
  });
}

function readVariable<T>(system: ReadSystem, name: string, reader: Reader<T>): T | undefined {
  if (system.look(envdirPath(name)).type !== 'file') return undefined;
  return unlessProblem(() => system.readAs(envdirPath(name), reader));
}
