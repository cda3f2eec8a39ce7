import { spawnSync } from 'node:child_process';
import { CLI, type CliResult } from './cli.ts';
import { isRoot } from './real-root.ts';

/** What is missing on this machine to run programs with other rights; undefined when nothing is. */
export function lackingFor(...programs: readonly string[]): string | undefined {
  if (!isRoot) return 'root';
  const missing = programs.find((program) => spawnSync(program, ['--version']).error !== undefined);
  if (missing !== undefined) return missing;
  if (!programs.includes('unshare')) return undefined;
  return spawnSync('unshare', ['--mount', '--user', 'true']).status === 0
    ? undefined
    : 'unshare(2)';
}

/** The end of the title of a test that is left out where something is missing. */
export function needs(lacking: string | undefined): string {
  return lacking === undefined ? '' : ` (needs ${lacking})`;
}

/** A program that starts another one with other rights: `setpriv --reuid 1000`. */
export type Before = readonly [string, ...string[]];

/** Runs the built program behind another one, with a clean environment. */
export function behind(
  before: Before,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): CliResult {
  const [program, ...rest] = before;
  const { status, stdout, stderr } = spawnSync(program, [...rest, process.execPath, CLI, ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

/**
 * Starts a program in mounts of its own, which are gone with it.
 * @param script commands of sh that mount; `$ROOT` is the root
 */
export function mounted(root: string, script: string): Before {
  return ['unshare', '--mount', 'sh', '-ec', `ROOT='${root}'; ${script}; exec "$@"`, 'sh'];
}

/** Starts a program as a user without any right. */
export function asUser(uid: number, gid: number): Before {
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
}

/** Starts a program as root without some capabilities, as --cap-drop does. */
export function withoutCapabilities(...names: readonly string[]): Before {
  const drop = names.map((name) => `-${name.toLowerCase()}`).join(',');
  return ['setpriv', `--bounding-set=${drop}`, `--inh-caps=${drop}`];
}
