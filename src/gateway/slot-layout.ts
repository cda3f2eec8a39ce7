/** The service directory of a gateway: its scripts, its files, and the programs of s6 it needs. */

import { DEFAULT_PROFILE } from './profiles.ts';
import { isPresent } from '../step/program.ts';
import { Content } from '../system/content.ts';
import type { Owner } from '../system/entry.ts';
import type { NewDirectory, Part } from '../system/new-directory.ts';
import type { ReadSystem } from '../system/system.ts';

/** Where s6-overlay has its programs, and where Debian has its own s6. */
const DIRECTORIES = ['/command', '/usr/bin', '/bin'];

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

/** What a slot depends on. */
interface SlotOptions extends ScriptOptions {
  readonly owner: Owner;
  /** Whether s6 starts it as soon as it sees it. */
  readonly starts: boolean;
}

/** Adds what the machine has: the programs of s6-overlay, or those of Debian's s6. */
export function slotOptions(
  system: ReadSystem,
  options: Omit<SlotOptions, 'shebang' | 'setuidgid' | 'log'>,
): SlotOptions {
  // Without s6-overlay there is no environment directory: the supervisor's own is passed on.
  const hasContenv = isPresent(system, '/command/with-contenv');
  return {
    ...options,
    shebang: hasContenv ? '#!/command/with-contenv sh' : '#!/bin/sh',
    setuidgid: s6Program(system, 's6-setuidgid'),
    log: s6Program(system, 's6-log'),
  };
}

/**
 * The absolute path of a program of s6: docker exec has no /command on its PATH. The plain name
 * where there is none, for PATH to find.
 */
export function s6Program(system: ReadSystem, name: string): string {
  const paths = DIRECTORIES.map((directory) => `${directory}/${name}`);
  return paths.find((path) => isPresent(system, path)) ?? name;
}

/**
 * The service directory of a gateway: its scripts, and what s6-supervise would otherwise make for
 * root alone. It uses what exists and leaves mode and owner alone, so that the account can control
 * its own gateways; see trymkdir in s6-supervise.c.
 */
export function slotLayout(options: SlotOptions): NewDirectory {
  const { owner, starts } = options;
  return {
    owner,
    mode: 0o755,
    parts: [
      file('type', 'longrun\n', 0o644),
      file('run', runScript(options), 0o755),
      file('finish', finishScript(), 0o755),
      ...(starts ? [] : [file('down', '', 0o644)]),
      ...skeleton(''),
      { type: 'directory', name: 'log', mode: 0o755 },
      file('log/run', logScript(options), 0o755),
      ...skeleton('log/'),
    ],
  };
}

function file(name: string, text: string, mode: number): Part {
  return { type: 'file', name, mode, content: Content.ofText(text) };
}

function skeleton(below: '' | 'log/'): Part[] {
  return [
    { type: 'directory', name: `${below}event`, mode: 0o3730 },
    { type: 'directory', name: `${below}supervise`, mode: 0o755 },
    { type: 'directory', name: `${below}supervise/event`, mode: 0o3730 },
    { type: 'fifo', name: `${below}supervise/control`, mode: 0o660 },
  ];
}
