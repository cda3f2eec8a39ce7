import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import { CLI, type CliResult } from './cli.ts';
import { fill, isRoot, temporaryDirectory } from './real-root.ts';
import { faultsIn } from './schemas.ts';
import { ACCOUNT_FILES, directory, file } from './world.ts';

/** Who runs s6-svscan: root, as in a container, or whoever gateways run as. */
export type Supervisor = 'root' | 'account';

/** What is missing on this machine to supervise anything; undefined when nothing is. */
export function lackingForS6(supervisor: Supervisor): string | undefined {
  if (spawnSync('s6-svscan', ['-h']).error !== undefined) return 's6';
  if (supervisor === 'account') return undefined;
  if (!isRoot) return 'root';
  // Gateways run as an account, which this machine may not have.
  return spawnSync('unshare', ['-m', 'true']).status === 0 ? undefined : 'the right to unshare -m';
}

interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** Who gateways run as: the account hermes where s6 is root's, and otherwise who s6 is. */
export const HERMES: Identity = isRoot
  ? { uid: 10000, gid: 10000 }
  : { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };

/** Stands in for the agent: tells how it was started, and why it ends. */
const STAND_IN = `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs');
const tell = (line) => appendFileSync(process.env.HOME + '/told', line + '\\n');
process.on('SIGTERM', () => {
  let marker = {};
  try { marker = JSON.parse(readFileSync('.gateway-planned-stop.json')); } catch {}
  tell(marker.target_pid === process.pid ? 'stopped on purpose' : 'stopped by accident');
  process.exit(0);
});
process.on('SIGUSR1', () => process.exit(1));
process.on('SIGUSR2', () => process.exit(78));
setInterval(() => {}, 60_000);
console.log('a line for the log');
tell(process.getuid() + ': ' + process.argv.slice(2).join(' '));
`;

/** Runs a program on a machine that has other accounts, and a /run of its own. */
const WITH_ACCOUNTS = `
  mount --bind "$1/run" /run
  for file in passwd group; do mount --bind "$1/etc/$file" "/etc/$file"; done
  shift
  exec "$@"
`;

/** How long to wait for what s6 does, in milliseconds. */
const PATIENCE = { timeout: 10_000, interval: 20 };

/** A home and a scan directory, on which an s6-svscan runs. */
export interface Supervision {
  readonly home: string;
  readonly scandir: string;
  /** Runs the built program as the supervisor, or as the account. */
  readonly hermesBoot: (args: readonly string[], as?: Identity) => CliResult;
  /** The lines that gateways have told, once there are as many. */
  readonly told: (count: number) => Promise<string[]>;
  /** The names of all processes in the home and in the scan directory. */
  readonly processes: () => string[];
}

/** Starts an s6-svscan that ends with the test, and everything that it supervises with it. */
export async function supervision(
  supervisor: Supervisor,
  entries: Readonly<Record<string, MemoryNode>> = {},
): Promise<Supervision> {
  const base = temporaryDirectory();
  const [home, scandir] = [join(base, 'home'), join(base, 'service')];
  fill(base, { ...ACCOUNT_FILES, '/home': directory(), '/run': directory(), ...entries });
  spawnSync('chown', ['-R', `${HERMES.uid}:${HERMES.gid}`, home]);
  const own = directory({ owner: HERMES });
  fill(base, { '/service': own, '/service/.s6-svscan': own });
  fill(base, { '/install/.venv/bin/hermes': file(STAND_IN, { mode: 0o755 }) });
  const env = {
    PATH: process.env.PATH ?? '',
    HERMES_HOME: home,
    HERMES_INSTALL: join(base, 'install'),
    S6_PROFILE_GATEWAY_SCANDIR: scandir,
  };
  const prefix =
    supervisor === 'root' ? ['unshare', '-m', 'sh', '-ec', WITH_ACCOUNTS, 'sh', base] : [];
  const self = supervisor === 'root' ? {} : HERMES;
  const svscan = spawn('env', [...prefix, 's6-svscan', '-d', '3', scandir], {
    env,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    ...self,
  });
  onTestFinished(() => endAll(svscan, base));
  await once(svscan.stdio[3] ?? svscan, 'data');
  return {
    home,
    scandir,
    hermesBoot: (words, user) => {
      const program = [...(user === undefined ? prefix : []), process.execPath, CLI];
      const options = { env, encoding: 'utf8', ...(user ?? self) } as const;
      const { status, stdout, stderr } = spawnSync('env', [...program, ...words], options);
      if (words.includes('--json')) expect(faultsIn(stdout)).toEqual([]);
      return { code: status, stdout, stderr };
    },
    told: (count) =>
      vi.waitFor(() => {
        const lines = readFileSync(join(home, 'told'), 'utf8').split('\n').slice(0, -1);
        if (lines.length < count) throw new Error(`told so far: ${lines.join(', ')}`);
        return lines;
      }, PATIENCE),
    processes: () =>
      processesIn(base)
        .map(({ name }) => name)
        .sort(),
  };
}

/** Waits until something is as expected. */
export function eventually(expectation: () => void): Promise<void> {
  return vi.waitFor(expectation, PATIENCE);
}

async function endAll(svscan: ChildProcess, base: string): Promise<void> {
  if (svscan.exitCode === null && svscan.signalCode === null) {
    svscan.kill('SIGTERM');
    await once(svscan, 'close', { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
  }
  for (const { pid } of processesIn(base)) process.kill(pid, 'SIGKILL');
}

/** The processes that work in a directory or below. */
function processesIn(base: string): { pid: number; name: string }[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      if (!readlinkSync(`/proc/${name}/cwd`).startsWith(`${base}/`)) return [];
      return [{ pid: Number(name), name: readFileSync(`/proc/${name}/comm`, 'utf8').trim() }];
    } catch {
      // It has ended, or is somebody else's.
      return [];
    }
  });
}
