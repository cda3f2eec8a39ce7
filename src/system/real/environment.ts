/**
 * The container's environment as data, and the environment of what root starts. A PATH, a library or
 * an option of an interpreter may name what the account wrote: nothing of it reaches a process of root.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { errnoOf, Problem } from '../../errors/problem.ts';
import { ENVDIR } from '../container-env.ts';

/** The directories of root's own programs. */
export const ROOT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What a process of root gets of the environment: how to speak, and nothing that names a file. */
const HARMLESS = /^(?:LANG|LC_[A-Z]+|TZ|TERM|COLUMNS|NO_COLOR)$/;

/**
 * The absolute path of one of root's programs, for one that gets the container's PATH as well.
 * @throws Problem when there is none
 */
export function rootProgram(name: string): string {
  const paths = ROOT_PATH.split(':').map((directory) => `${directory}/${name}`);
  const found = paths.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Problem({ found: `${name} is missing`, wanted: `it in one of ${ROOT_PATH}` });
}

/** The environment of a program that root runs for itself. */
export function rootEnvironment(): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (HARMLESS.test(name) && value?.includes('/') === false) kept[name] = value;
  }
  return { ...kept, PATH: ROOT_PATH };
}

/**
 * What makes a program load or run something else, and works before it has given up being root: of
 * the loader, of shells, of interpreters, of git and of OpenSSL.
 */
const LOADING =
  /^(?:LD_.*|DYLD_.*|GLIBC_TUNABLES|GCONV_PATH|NODE_.*|PYTHON(?:PATH|STARTUP|HOME)|PERL.*|RUBY(?:OPT|LIB)|GIT_.*|OPENSSL_.*|BASH_ENV|BASH_FUNC_.*|BASHOPTS|SHELLOPTS|ENV|IFS|PS4)$/;

/**
 * The environment of a program that root starts and that becomes the account: the container's, as
 * that of this process and of s6 say it, without what would load code into it while it is root's.
 */
export function accountEnvironment(): Readonly<Record<string, string | undefined>> {
  const all = { ...containerEnvironment(), ...process.env };
  return Object.fromEntries(Object.entries(all).filter(([name]) => !LOADING.test(name)));
}

/**
 * What s6-overlay keeps of the environment that the container was started with; empty where there is
 * no such directory, or this user may not look into it. One newline at the end of a value is not
 * part of it, see readEnvdir.
 */
function containerEnvironment(): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of namesIn(ENVDIR)) {
    try {
      found[name] = readFileSync(`${ENVDIR}/${name}`, 'utf8').replace(/\n$/, '');
    } catch (error) {
      // Who needs it will look by itself, and say why it cannot.
      if (errnoOf(error) === undefined) throw error;
    }
  }
  return found;
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return [];
  }
}
