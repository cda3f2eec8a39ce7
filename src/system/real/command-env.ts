/**
 * The environment of a command: root's own gets nothing of the container's, a helper that runs as
 * the account gets it without the variables that change which code is loaded.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { ENVDIR } from '../container-env.ts';
import type { Command } from '../system.ts';

/** The PATH of a command, unless the container's environment has one. */
export const ROOTS_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Variables by which an interpreter or the dynamic linker loads other code, or other files: setpriv
 * starts as root with what the helper gets. A plan can set them for its helper.
 */
const LOADERS = new RegExp(
  '^(?:LD_.*|GCONV_PATH|GETCONF_DIR|GLIBC_TUNABLES|HOSTALIASES|LOCALDOMAIN|LOCPATH|MALLOC_.*|' +
    'NIS_PATH|NLSPATH|RESOLV_HOST_CONF|RES_OPTIONS|TZDIR|NODE_.*|OPENSSL_.*|BASH_ENV|BASH_FUNC_.*|ENV|' +
    'PYTHONHOME|PYTHONINSPECT|PYTHONPATH|PYTHONPLATLIBDIR|PYTHONSTARTUP|PERL5.*|RUBY.*|GIT_.*)$',
);

/** The environment that a command starts with. */
export function commandEnvironment(
  root: string,
  { identity, env }: Command,
): Record<string, string> {
  const isRoots = identity === undefined && process.geteuid?.() === 0;
  const inherited = root === '/' && !isRoots ? containerEnvironment() : {};
  const own = identity === undefined ? {} : { HOME: identity.home, USER: identity.name };
  return { PATH: ROOTS_PATH, ...inherited, ...own, ...env };
}

/** The container's environment, of this process or as s6-overlay keeps it, without loaders. */
function containerEnvironment(): Record<string, string> {
  const all = Object.entries({ ...envdir(), ...process.env }).flatMap(([name, value]) =>
    value === undefined || LOADERS.test(name) ? [] : [[name, value] as const],
  );
  return Object.fromEntries(all);
}

/** What cannot be read is left out: a helper needs none of it to say what it lacks. */
function envdir(): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const name of attempt(() => readdirSync(ENVDIR)) ?? []) {
    if (!/^[A-Za-z_]\w*$/.test(name)) continue;
    const value = attempt(() => readFileSync(`${ENVDIR}/${name}`, 'utf8'));
    if (value !== undefined) variables[name] = value.replace(/\n$/, '');
  }
  return variables;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
