/** A whole life of a container, so that root does in it what it ever does. */
import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import { eventually } from '../container.ts';
import { engine, mustDo } from '../engine.ts';
import { registered, running, started, stopped, told } from '../gateways.ts';
import { TracedContainer, type JudgedAct } from './traced-container.ts';

/** What an image or an operator may have set, all of it where the account can write. */
const HOSTILE = {
  PATH: '/opt/data/.local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LD_LIBRARY_PATH: '/opt/data/lib',
  NODE_PATH: '/opt/data/node',
  NODE_OPTIONS: '--no-deprecation',
  PYTHONPATH: '/opt/data/python',
  PYTHONSTARTUP: '/opt/data/python/startup.py',
  BASH_ENV: '/opt/data/bash-env',
  ENV: '/opt/data/env',
  GIT_EXEC_PATH: '/opt/data/git',
  STAND_IN_GATEWAY: 'talks',
};

const VARIABLES = Object.entries(HOSTILE).flatMap(([name, value]) => ['-e', `${name}=${value}`]);

/** Whether system calls of a container can be watched here. */
export const canTrace = spawnSync('strace', ['--version']).status === 0 && process.getuid?.() === 0;

/**
 * Boots, registers, starts, lets a gateway crash and its log grow, comes in with `docker exec`,
 * stops, restarts, and boots the same home with other ids.
 */
export async function wholeLife(): Promise<JudgedAct[]> {
  const volume = await mustDo('volume', 'create');
  const home = ['-v', `${volume}:/opt/data`, '-e', 'HERMES_DASHBOARD=1', ...VARIABLES];
  const container = new TracedContainer();
  const moved = new TracedContainer();
  try {
    await container.run(home);
    await registered(container, 'coder');
    container.look();
    await started(container, 'coder');
    container.look();
    await crashed(container);
    await rotated(container);
    await comesIn(container, 'hermes', '--version');
    await comesIn(container, 'hermes-boot', 'status');
    await comesIn(container, 'hermes-boot', 'gateway', 'restart', 'coder');
    await running(container, 'coder');
    container.look();
    await stopped(container, 'coder');
    await registered(container, 'writer');
    await told(container, 'unregister', 'writer');
    await container.restart();
    await container.stop();
    await moved.run([...home, '-e', 'PUID=1000', '-e', 'PGID=1000']);
    await started(moved, 'coder');
    await moved.stop();
    return [...container.acts(), ...moved.acts()];
  } finally {
    await container.remove();
    await moved.remove();
    await engine('volume', 'rm', '-f', volume);
  }
}

/** As `docker exec` does it: as root, with the environment of the container. */
async function comesIn(
  container: TracedContainer,
  name: string,
  ...words: string[]
): Promise<void> {
  const { code, stderr } = await container.traced(`/usr/local/bin/${name}`, ...words);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}

async function crashed(container: TracedContainer): Promise<void> {
  const pid = await running(container, 'coder');
  await container.execAs('hermes', 'kill', '-9', pid);
  await eventually(async () => {
    expect(await running(container, 'coder')).not.toBe(pid);
  });
}

async function rotated(container: TracedContainer): Promise<void> {
  const logger = '/run/service/gateway-coder/log';
  const pid = await container.ask('/command/s6-svstat', '-o', 'pid', logger);
  expect(await container.execAs('hermes', 'kill', '-ALRM', pid)).toMatchObject({ code: 0 });
  await eventually(async () => {
    expect(await container.ask('ls', '/opt/data/logs/gateways/coder')).toMatch(/^@/m);
  });
}

/** Boots with a scan directory that is the account's, and starts a gateway that the account made. */
export async function openLife(): Promise<JudgedAct[]> {
  const container = new TracedContainer();
  try {
    await container.run(['-e', 'HERMES_GATEWAY_REGISTRATION=open']);
    await registered(container, 'coder');
    await started(container, 'coder');
    await container.stop();
    return container.acts();
  } finally {
    await container.remove();
  }
}
