import { DEFAULT_PROFILE } from './names.ts';

/** What the scripts of a gateway slot depend on. */
export interface ScriptOptions {
  readonly profile: string;
  /** The account that it runs as when s6 runs as root. */
  readonly account: string;
  /** The home, where the container's environment names none. */
  readonly home: string;
  /** Variables on top of the container's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The first line of a script that needs the container's environment. */
  readonly shebang: string;
  /** The paths of the programs of s6. */
  readonly setuidgid: string;
  readonly log: string;
}

/** A text as one word of sh, whatever is in it. */
export function quote(text: string): string {
  if (/^[\w./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The script that s6-supervise starts a gateway with. */
export function runScript({ profile, env, ...options }: ScriptOptions): string {
  const variables = Object.entries(env)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `export ${name}=${quote(value)}`);
  const which = profile === DEFAULT_PROFILE ? '' : ` -p ${quote(profile)}`;
  return script(options.shebang, [
    `# The gateway of the profile ${profile}. Written by hermes-boot, which writes it anew at boot.`,
    ...homeLines(options.home),
    'cd "$HOME"',
    // What was installed into the home or the agent's environment is found as in every shell of it.
    'venv="${HERMES_INSTALL:-/opt/hermes}/.venv"',
    // Where no variable below can reach it, be it called uid.
    'uid=$(id -u)',
    'set -- "$uid"',
    'if [ -d "$venv" ]; then',
    '  export VIRTUAL_ENV="$venv"',
    '  export PATH="$HOME/.local/bin:$venv/bin:$PATH"',
    'fi',
    ...variables,
    '# `gateway run` would hand itself over to this very service again.',
    'export HERMES_S6_SUPERVISED_CHILD=1',
    'export HERMES_SUPERVISED_CHILD=1',
    ...drop(options, '$1', `hermes${which} gateway run --replace`),
  ]);
}

/** The script that s6-supervise runs after a gateway: 125 tells it to leave the service down. */
export function finishScript(): string {
  return script('#!/bin/sh', [
    '# 125: stay down. 78: it refused its settings, and would again (#51228). 0: it was done, and a',
    '# restart would only connect it anew (#76435). After anything else it is started again.',
    'case $1 in',
    '  0 | 78) exit 125 ;;',
    'esac',
  ]);
}

/** The script that s6-supervise starts the logger of a gateway with. */
export function logScript({ profile, ...options }: ScriptOptions): string {
  return script(options.shebang, [
    `# The log of the gateway of the profile ${profile}.`,
    ...homeLines(options.home),
    `logs="$HERMES_HOME"/logs/gateways/${quote(profile)}`,
    'uid=$(id -u)',
    'as_account() {',
    ...drop(options, '$uid', '"$@"').map((line) => `  ${line}`),
    '}',
    // Not as root: others can write to these directories.
    '(as_account mkdir -p "$logs")',
    '(as_account rm -f "$logs/lock")',
    '# The standard output of a container belongs to its main program.',
    'exec >&2',
    '# Forwarded first, before T puts the time in front of each line.',
    `as_account ${quote(options.log)} 1 n10 s1000000 T "$logs"`,
  ]);
}

function homeLines(home: string): string[] {
  return [
    `home=${quote(home)}`,
    'export HERMES_HOME="${HERMES_HOME:-$home}"',
    'export HOME="$HERMES_HOME"',
  ];
}

function drop(
  { account, setuidgid }: Pick<ScriptOptions, 'account' | 'setuidgid'>,
  uid: string,
  command: string,
): string[] {
  return [
    `if [ "${uid}" -eq 0 ]; then`,
    `  exec ${quote(setuidgid)} ${quote(account)} ${command}`,
    'fi',
    `exec ${command}`,
  ];
}

/** A script whose first lines may be comments, which say what it is for. */
function script(shebang: string, lines: readonly string[]): string {
  const start = lines.findIndex((line) => !line.startsWith('#'));
  const body = lines.toSpliced(start, 0, 'set -e');
  return [shebang, '# shellcheck shell=sh', ...body, ''].join('\n');
}
