/** Observes the facts of a boot: what this process may do, and what its container is like. */
import { statSync } from 'node:fs';
import { mainProgram, parseIdMap } from './proc.ts';
import { readOr } from '../system/real/proc-files.ts';
import { ALL_IDS, type Facts, type KnownIds } from '../step/facts.ts';
import { mountOf } from '../system/mounts.ts';
import { isAbsence, lookProblem } from '../system/real/errno.ts';
import { readMounts } from '../system/real/mountinfo.ts';

/** The names of capabilities by their number; see linux/capability.h. */
const CAPABILITIES = [
  'CHOWN',
  'DAC_OVERRIDE',
  'DAC_READ_SEARCH',
  'FOWNER',
  'FSETID',
  'KILL',
  'SETGID',
  'SETUID',
  'SETPCAP',
  'LINUX_IMMUTABLE',
  'NET_BIND_SERVICE',
  'NET_BROADCAST',
  'NET_ADMIN',
  'NET_RAW',
  'IPC_LOCK',
  'IPC_OWNER',
  'SYS_MODULE',
  'SYS_RAWIO',
  'SYS_CHROOT',
  'SYS_PTRACE',
  'SYS_PACCT',
  'SYS_ADMIN',
] as const;

/**
 * Observes this process and its container. What most boots never ask for is looked at on first use.
 * @param root the root directory of the world; in any but `/` no s6 runs
 */
export function observeFacts(root: string): Facts {
  const s6 = root === '/' && runsUnderS6();
  const status = readOr('/proc/self/status', '');
  const ids = once(observeIds);
  const mounts = once(() => readMounts(root));
  return {
    uid: process.geteuid?.() ?? 0,
    gid: process.getegid?.() ?? 0,
    groups: process.getgroups?.() ?? [],
    capabilities: parseCapabilities(status, 'CapEff'),
    bounding: parseCapabilities(status, 'CapBnd'),
    get ids() {
      return ids();
    },
    assumed: false,
    get readOnlyRoot() {
      return mountOf(mounts(), '/')?.readOnly ?? false;
    },
    get runNoexec() {
      return mountOf(mounts(), '/run')?.noExec ?? false;
    },
    s6,
    mainProgram: root === '/' ? mainProgram(s6) : [],
  };
}

/** The ids of this user namespace; all of them where the kernel knows of no such thing. */
function observeIds(): KnownIds {
  const [users, groups] = ['/proc/self/uid_map', '/proc/self/gid_map'].map((path) =>
    parseIdMap(readOr(path, '')),
  );
  return {
    users: users === undefined || users.length === 0 ? ALL_IDS.users : users,
    groups: groups === undefined || groups.length === 0 ? ALL_IDS.groups : groups,
  };
}

function once<T>(find: () => T): () => T {
  let found: { readonly value: T } | undefined;
  return () => (found ??= { value: find() }).value;
}

const BASEDIR = '/run/s6/basedir';

/** Whether s6-overlay supervises this container. Any user may ask, which /proc/1/exe does not let. */
function runsUnderS6(): boolean {
  if (readOr('/proc/1/comm', '').trim() !== 's6-svscan') return false;
  try {
    return statSync(BASEDIR).isDirectory();
  } catch (error) {
    if (isAbsence(error)) return false;
    throw lookProblem(error, BASEDIR);
  }
}

/** The facts of the same boot as root with every capability, as in a plain container. */
export function assumeRoot(facts: Facts): Facts {
  const every = new Set(CAPABILITIES);
  return {
    ...facts,
    uid: 0,
    gid: 0,
    groups: [],
    capabilities: every,
    bounding: every,
    ids: ALL_IDS,
    assumed: true,
  };
}

/** Reads a set of capabilities from the text of /proc/PID/status; see proc_pid_status(5). */
function parseCapabilities(status: string, set: 'CapEff' | 'CapBnd'): ReadonlySet<string> {
  const bits = BigInt(`0x${new RegExp(`^${set}:\\s*([0-9a-f]+)$`, 'm').exec(status)?.[1] ?? '0'}`);
  return new Set(CAPABILITIES.filter((_, number) => ((bits >> BigInt(number)) & 1n) === 1n));
}
