import { readFileSync, statSync } from 'node:fs';
import type { Facts } from '../step/facts.ts';
import { argumentLists, mainProgramOf } from './main-program.ts';

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
 * Observes this process and its surroundings.
 * @param root the directory of the world on this machine; in any but `/` no s6 runs
 */
export function observeFacts(root: string): Facts {
  const s6 = root === '/' && runsUnderS6();
  return {
    uid: process.geteuid?.() ?? 0,
    gid: process.getegid?.() ?? 0,
    groups: process.getgroups?.() ?? [],
    capabilities: parseCapabilities(readOr('/proc/self/status', '')),
    s6,
    mainProgram: root === '/' ? mainProgramOf(argumentLists(s6)) : [],
  };
}

/** Whether s6-overlay supervises this container. Any user may ask, which /proc/1/exe does not let. */
function runsUnderS6(): boolean {
  if (readOr('/proc/1/comm', '').trim() !== 's6-svscan') return false;
  return statSync('/run/s6/basedir', { throwIfNoEntry: false })?.isDirectory() === true;
}

/** The facts of the same boot as root with every right: what it would be in a plain container. */
export function assumeRoot(facts: Facts): Facts {
  return { ...facts, uid: 0, gid: 0, groups: [], capabilities: new Set(CAPABILITIES) };
}

/** Reads the effective capabilities from the text of /proc/PID/status; see proc_pid_status(5). */
function parseCapabilities(status: string): ReadonlySet<string> {
  const bits = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return new Set(CAPABILITIES.filter((_, number) => ((bits >> BigInt(number)) & 1n) === 1n));
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}
