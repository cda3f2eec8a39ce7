/**
 * Which container runs the gateways of a home: who holds the lock of a record on the volume, or has
 * touched it lately. Two containers that run them would answer each message twice.
 */
import { isAnswer } from '../errors/look-failed.ts';
import { lookBelow } from '../step/paths.ts';
import type { NewDirectory, Part } from '../system/new-directory.ts';
import { Content } from '../system/content.ts';
import { recordReader } from '../system/home-record.ts';
import { join } from '../system/path.ts';
import type { Holding } from '../system/question.ts';
import type { ReadSystem } from '../system/system.ts';
import { printable } from '../text/printable.ts';
import { object, text } from '../text/codec.ts';
import { becomeLines, quote, superviseParts, type SlotAccess } from './slot-layout.ts';

/** The record, in the home. It is the account's: who forges it keeps its own gateways down. */
export const HOLDER_FILE = '.hermes-boot.gateways';

/** The service that holds the lock; its name is not that of a gateway slot. */
export const HOLDER_SLOT = 'hold-gateways';

/** How often a holder touches the record, in seconds. */
const BEAT = 20;

/** After so many seconds without a touch the container of another machine counts as gone. */
export const STALE_AFTER = 90;

/** In bytes. */
const LARGEST_RECORD = 4096;

/** What a container says of itself in the record. */
interface Holder {
  /** What the container is called, as far as it knows. */
  readonly host: string;
  /** Tells starts of machines apart. */
  readonly boot: string;
  /** Tells containers of one machine apart. */
  readonly start: string;
  /** When it took over, as ISO 8601. */
  readonly since: string;
}

const reader = recordReader(
  'who runs the gateways',
  object<Holder>({ host: text, boot: text, start: text, since: text }),
);

/** Another container that runs the gateways of a home. */
export interface OtherHolder {
  /** For people: its name, and since when. */
  readonly shown: string;
}

/**
 * Whether another container runs the gateways of a home.
 * @returns undefined where none does; `unknown` where nobody can tell one container from another
 */
export function otherHolder(system: ReadSystem, home: string): OtherHolder | 'unknown' | undefined {
  const path = join(home, HOLDER_FILE);
  const holding = system.ask({ kind: 'holding', path });
  if (holding === undefined) return 'unknown';
  return judgeHolder(readHolder(system, home), holding);
}

/** Judges what the record says by who locks it, and by when it was touched. */
export function judgeHolder(
  holder: Holder | undefined,
  { host, boot, start, locked, age }: Holding,
): OtherHolder | undefined {
  const isOurs = holder?.boot === boot && holder.start === start;
  if (isOurs) return undefined;
  if (locked === true) return { shown: showHolder(holder) };
  if (holder === undefined) return undefined;
  // A container of this machine would hold the lock; of the same name, it is a former one of ours.
  if (holder.boot === boot && locked === false) return undefined;
  if (holder.boot !== boot && holder.host === host) return undefined;
  return age !== undefined && age < STALE_AFTER ? { shown: showHolder(holder) } : undefined;
}

function showHolder(holder: Holder | undefined): string {
  if (holder === undefined) return 'another container';
  return printable(`the container ${holder.host} since ${holder.since}`).slice(0, 200);
}

function readHolder(system: ReadSystem, home: string): Holder | undefined {
  if (lookBelow(system, home, HOLDER_FILE).type !== 'file') return undefined;
  try {
    return system.readAs(join(home, HOLDER_FILE), reader, LARGEST_RECORD);
  } catch (error) {
    if (isAnswer(error)) return undefined;
    throw error;
  }
}

/** What the service of a holder depends on. */
interface HolderOptions {
  /** See ScriptOptions. */
  readonly account: string | undefined;
  readonly home: string;
  readonly scandir: string;
  readonly access: SlotAccess;
  /** Whether s6 starts it as soon as it sees it. */
  readonly starts: boolean;
  /** The paths of the programs of s6. */
  readonly setuidgid: string;
  readonly svc: string;
}

/** The service directory of a holder. */
export function holderLayout(options: HolderOptions): NewDirectory {
  const { access, starts } = options;
  const file = (name: string, content: string, mode: number): Part => {
    return { type: 'file', name, mode, content: Content.ofText(content) };
  };
  return {
    owner: access.kind === 'open' ? access.owner : { uid: 0, gid: 0 },
    mode: 0o755,
    parts: [
      file('type', 'longrun\n', 0o644),
      file('run', holderScript(options), 0o755),
      ...(starts ? [] : [file('down', '', 0o644)]),
      ...superviseParts('', access),
    ],
  };
}

/**
 * The script of a holder. It is the account before it comes near the home. Its children do not
 * inherit the lock, so that it goes with the script; at an orderly end the record counts as stale at
 * once, for machines that do not see the lock.
 */
export function holderScript({
  account,
  home,
  scandir,
  setuidgid,
  svc,
}: Omit<HolderOptions, 'access' | 'starts'>): string {
  return [
    '#!/bin/sh',
    '# shellcheck shell=sh',
    '# Says on the volume that this container runs its gateways. Written by hermes-boot.',
    'set -e',
    ...becomeLines(account, setuidgid),
    'PATH=/usr/bin:/bin',
    `record=${quote(join(home, HOLDER_FILE))}`,
    'umask 022',
    'exec >&2',
    'if ! (: 9<> "$record"); then',
    "  echo 'hermes-boot: other containers of this home do not see that this one runs its gateways'",
    `  exec ${quote(svc)} -d ${quote(join(scandir, HOLDER_SLOT))}`,
    'fi',
    'exec 9<> "$record"',
    '# Where there are no locks, the touched record has to do.',
    'flock --exclusive --timeout 5 --conflict-exit-code 75 9 || code=$?',
    'if [ "${code-0}" -eq 75 ]; then',
    "  echo 'hermes-boot: another container has just taken the gateways of this home:' \\",
    "    'those of this one go down'",
    `  for slot in ${quote(scandir)}/gateway-*; do`,
    `    [ ! -d "$slot" ] || ${quote(svc)} -d "$slot" || :`,
    '  done',
    `  exec ${quote(svc)} -d ${quote(join(scandir, HOLDER_SLOT))}`,
    'fi',
    'read -r host < /proc/sys/kernel/hostname',
    'read -r boot < /proc/sys/kernel/random/boot_id',
    'start=$(sed "s/.*) //" /proc/1/stat | cut -d " " -f 20)',
    String.raw`printf '{"host":"%s","boot":"%s","start":"%s","since":"%s"}\n' \ `.trimEnd(),
    '  "$host" "$boot" "$start" "$(date -u +%FT%TZ)" > "$record"',
    'trap \'touch -c -d @0 -- "$record"; exit 0\' TERM',
    'while :; do',
    '  touch -c -- "$record"',
    `  sleep ${BEAT} 9<&- &`,
    '  wait "$!"',
    'done',
    '',
  ].join('\n');
}
