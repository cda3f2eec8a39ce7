/** The service directory of a gateway: its scripts, its files, and the programs of s6 it needs. */
import { DEFAULT_PROFILE } from './profiles.ts';
import { isPresent } from '../step/program.ts';
import { Content } from '../system/content.ts';
import type { Owner } from '../system/entry.ts';
import type { NewDirectory, Part } from '../system/new-directory.ts';
import type { ReadSystem } from '../system/system.ts';

/** Where s6-overlay has its programs, and where Debian has its own s6. */
const DIRECTORIES = ['/command', '/usr/bin', '/bin'];

/** Runs a program with the environment of the container; see with-contenv of s6-overlay. */
const CONTENV = '/command/with-contenv';

/** What the scripts of a gateway slot depend on. */
export interface ScriptOptions {
  readonly profile: string;
  /** The account that it becomes when s6 runs as root; undefined where there is nobody to become. */
  readonly account: string | undefined;
  /** The home, where the container's environment names none. */
  readonly home: string;
  /** Variables on top of the container's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The program that brings the container's environment; undefined where there is none. */
  readonly contenv: string | undefined;
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
  return script([
    `# The gateway of the profile ${profile}. Written by hermes-boot, which writes it anew at boot.`,
    ...becomeAccount(options),
    ...homeLines(options.home),
    'cd "$HOME"',
    // What was installed into the home or the agent's environment is found as in every shell of it.
    'venv="${HERMES_INSTALL:-/opt/hermes}/.venv"',
    'if [ -d "$venv" ]; then',
    '  export VIRTUAL_ENV="$venv"',
    '  export PATH="$HOME/.local/bin:$venv/bin:$PATH"',
    'fi',
    ...variables,
    '# `gateway run` would hand itself over to this very service again.',
    'export HERMES_S6_SUPERVISED_CHILD=1',
    'export HERMES_SUPERVISED_CHILD=1',
    `exec hermes${which} gateway run --replace < /dev/null`,
  ]);
}

/** The script that s6-supervise runs after a gateway: 125 tells it to leave the service down. */
export function finishScript(): string {
  return script([
    '# 125: stay down. 78: it refused its settings, and would again (#51228). 0: it was done, and a',
    '# restart would only connect it anew (#76435). After anything else it is started again.',
    'case $1 in',
    '  0 | 78) exit 125 ;;',
    'esac',
  ]);
}

/** The script that s6-supervise starts the logger of a gateway with. */
export function logScript({ profile, ...options }: ScriptOptions): string {
  return script([
    `# The log of the gateway of the profile ${profile}.`,
    ...becomeAccount(options),
    ...homeLines(options.home),
    `logs="$HERMES_HOME"/logs/gateways/${quote(profile)}`,
    'mkdir -p "$logs"',
    'rm -f "$logs/lock"',
    '# The standard output of a container belongs to its main program.',
    'exec >&2',
    '# Forwarded first, before T puts the time in front of each line.',
    `exec ${quote(options.log)} 1 n10 s1000000 T "$logs"`,
  ]);
}

/** The lines by which a script becomes an account before it does anything else. */
export function becomeLines(account: string | undefined, setuidgid: string): string[] {
  if (account === undefined) return ['# Runs as s6 does: there is nobody to become here.'];
  return [
    `# Root does nothing here but become ${account}.`,
    'if [ "$(/usr/bin/id -u)" -eq 0 ]; then',
    `  exec ${quote(setuidgid)} ${quote(account)} /bin/sh "$0"`,
    'fi',
  ];
}

/**
 * The lines by which a script becomes the account and then takes the container's environment, in
 * this order: a PATH, a library or an option of an interpreter in it may name what the account wrote.
 */
function becomeAccount({
  account,
  setuidgid,
  contenv,
}: Pick<ScriptOptions, 'account' | 'setuidgid' | 'contenv'>): string[] {
  const become = becomeLines(account, setuidgid);
  if (contenv === undefined) return become;
  return [
    ...become,
    'if [ "${1-}" != as-account ]; then',
    `  exec ${quote(contenv)} /bin/sh "$0" as-account`,
    'fi',
  ];
}

function homeLines(home: string): string[] {
  return [
    `home=${quote(home)}`,
    'export HERMES_HOME="${HERMES_HOME:-$home}"',
    'export HOME="$HERMES_HOME"',
  ];
}

/** A script whose first lines may be comments, which say what it is for. */
function script(lines: readonly string[]): string {
  const start = lines.findIndex((line) => !line.startsWith('#'));
  const body = lines.toSpliced(start, 0, 'set -e');
  return ['#!/bin/sh', '# shellcheck shell=sh', ...body, ''].join('\n');
}

/** Who can change a slot, beside root. */
export type SlotAccess =
  /** Nobody: it is root's, and members of a group control it. */
  | { readonly kind: 'closed'; readonly group: number }
  /** Its owner, who can then run anything as whoever runs s6. */
  | { readonly kind: 'open'; readonly owner: Owner };

/** What a slot depends on. */
interface SlotOptions extends ScriptOptions {
  readonly access: SlotAccess;
  /** Whether s6 starts it as soon as it sees it. */
  readonly starts: boolean;
}

/** Adds what the machine has: the programs of s6-overlay, or those of Debian's s6. */
export function slotOptions(
  system: ReadSystem,
  options: Omit<SlotOptions, 'contenv' | 'setuidgid' | 'log'>,
): SlotOptions {
  return {
    ...options,
    // Without s6-overlay there is no environment directory: the supervisor's own is passed on.
    contenv: isPresent(system, CONTENV) ? CONTENV : undefined,
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
 * root alone. It uses what exists and leaves mode and owner alone; see trymkdir in s6-supervise.c.
 */
export function slotLayout(options: SlotOptions): NewDirectory {
  const { access, starts } = options;
  return {
    owner: access.kind === 'open' ? access.owner : ROOT,
    mode: 0o755,
    parts: [
      file('type', 'longrun\n', 0o644),
      file('run', runScript(options), 0o755),
      file('finish', finishScript(), 0o755),
      ...(starts ? [] : [file('down', '', 0o644)]),
      ...superviseParts('', access),
      { type: 'directory', name: 'log', mode: 0o755 },
      file('log/run', logScript(options), 0o755),
      ...superviseParts('log/', access),
    ],
  };
}

const ROOT: Owner = { uid: 0, gid: 0 };

function file(name: string, text: string, mode: number): Part {
  return { type: 'file', name, mode, content: Content.ofText(text) };
}

/** What the supervisor of a slot, or of its logger, works with. */
export function superviseParts(below: '' | 'log/', access: SlotAccess): Part[] {
  return superviseRights(access).map(({ name, type, ...right }): Part => {
    const part = { name: `${below}${name}`, ...right };
    return type === 'file' ? { ...part, type, content: Content.ofText('') } : { ...part, type };
  });
}

/** The rights of one thing in a service directory. */
interface SuperviseRight {
  readonly name: string;
  readonly type: 'directory' | 'fifo' | 'file';
  readonly mode: number;
  readonly owner: Owner;
}

/**
 * What s6-supervise keeps in a service directory, each after the directory that holds it, and the
 * rights of it.
 *
 * Closed: root's supervisor writes to no place that the account could put a link in. It puts a link
 * under a name that ends in `.new` and root writes through it, and a FIFO link in `event` gets a
 * byte. So there is the way to `control`, to `status`, which is made for all to read, and to `lock`,
 * which s6-svstat opens from s6 2.13 on. Who may read that can hold it (fcntl(2)), and so keep its own
 * gateway down until it is registered anew; nobody else's.
 *
 * Open: what the account needs to wait with s6-svwait, and to remove the slot by itself.
 */
export function superviseRights(access: SlotAccess): readonly SuperviseRight[] {
  if (access.kind === 'open') {
    const { owner } = access;
    return [
      { name: 'event', type: 'directory', mode: 0o3730, owner },
      { name: 'supervise', type: 'directory', mode: 0o755, owner },
      { name: 'supervise/event', type: 'directory', mode: 0o3730, owner },
      { name: 'supervise/control', type: 'fifo', mode: 0o660, owner },
    ];
  }
  const shared = { uid: 0, gid: access.group };
  return [
    { name: 'event', type: 'directory', mode: 0o700, owner: ROOT },
    { name: 'supervise', type: 'directory', mode: 0o710, owner: shared },
    { name: 'supervise/lock', type: 'file', mode: 0o640, owner: shared },
    { name: 'supervise/control', type: 'fifo', mode: 0o660, owner: shared },
  ];
}
