/**
 * What attacks inside a container need: victims that are root's, programs that show that root has run
 * them, and the look whether any harm was done.
 */
import { expect } from 'vitest';
import { booted, shared, type Container } from './container.ts';
import type { Ended } from './engine.ts';
import { profileFiles, running, told } from './gateways.ts';
import { bindMount } from './volumes.ts';

/** A directory of root's, with a file in it that the account may not even read. */
export const VICTIM = '/srv/victim';

/** The file in it. */
export const SECRET = `${VICTIM}/secret`;

/** Only root can make it: a line in it names what root has run. */
const OWNED = '/root/owned';

/** Old times, so that each write shows; the time of the change is that of the last reset. */
const RESET = [
  `/bin/rm -rf ${VICTIM} ${OWNED}`,
  `/bin/mkdir -p ${VICTIM}`,
  `umask 077; echo 'for root alone' > ${SECRET}`,
  `/usr/bin/touch -d @1000000000 ${SECRET} ${VICTIM}`,
].join('\n');

const LOOK = [
  `/usr/bin/find ${VICTIM} -printf '%p %y %U:%G %m %s %n %T@\\n' | /usr/bin/sort`,
  `/bin/cat ${SECRET}`,
  `[ ! -e ${OWNED} ] || /usr/bin/sort -u ${OWNED}`,
].join('\n');

/** What the look shows where nothing has happened. */
const UNHARMED = [
  `${VICTIM} d 0:0 755 S 2 1000000000.0000000000`,
  `${SECRET} f 0:0 600 15 1 1000000000.0000000000`,
  'for root alone',
].join('\n');

/** A container with victims in it. */
export interface Target {
  readonly container: Container;
  /** Runs a script of sh as the account; whether it gets anywhere is for the test to say. */
  readonly attack: (script: string, ...args: readonly string[]) => Promise<Ended>;
  /** Runs a script of Python as the account. */
  readonly python: (script: string, ...args: readonly string[]) => Promise<Ended>;
  /** What has been done to the victims; from here on they are as new. */
  readonly harm: () => Promise<string>;
}

/** A container that is about to be attacked. */
export async function target(options: readonly string[] = []): Promise<Target> {
  return targetOf(await booted(options));
}

/** The same for all tests of a suite. */
export function sharedTarget(options: readonly string[] = []): () => Target {
  return shared(async (boot) => targetOf(await boot(options)));
}

/** Puts victims into a container. */
export async function targetOf(container: Container): Promise<Target> {
  const root = (script: string): Promise<string> => container.ask('/bin/sh', '-c', script);
  await root(RESET);
  return {
    container,
    attack: (script, ...args) =>
      container.execAs('hermes', '/bin/sh', '-c', script, 'attack', ...args),
    python: (script, ...args) =>
      container.execAs('hermes', '/usr/bin/python3', '-I', '-c', script, ...args),
    harm: async () => {
      const found = await root(LOOK);
      await root(RESET);
      // The size of a directory is the file system's own matter.
      return found.replace(/^(\S+ d \S+ \S+) \d+/, '$1 S');
    },
  };
}

/** Nothing has happened to what is root's. */
export async function expectNoHarm({ harm }: Target): Promise<void> {
  expect(await harm()).toBe(UNHARMED);
}

/** A program that does as it should, and shows when root has run it. */
export function trap(name: string, then = ''): string {
  const lines = ['#!/bin/sh', `[ "$(/usr/bin/id -u)" != 0 ] || echo ${name} >> ${OWNED}`, then];
  return `${lines.join('\n')}\n`;
}

/** The same as a module of Node.js. */
export const NODE_TRAP = `if (process.getuid() === 0) require('fs').appendFileSync('${OWNED}', 'node\\n');\n`;

/** The same as a module of Python. */
export const PYTHON_TRAP = `import os\nif os.getuid() == 0: open('${OWNED}', 'a').write('python\\n')\n`;

/** A gateway can be restarted, as on any other day. */
export async function expectToRestart(container: Container, profile: string): Promise<void> {
  const before = await running(container, profile);
  expect(await told(container, 'restart', profile)).toBe(`${profile}  restarted`);
  expect(await running(container, profile)).not.toBe(before);
}

/** A container with the gateways of `coder`, whose home is attacked, and of `writer`. */
export async function withTwo(options: readonly string[] = []): Promise<Target> {
  const recorded = '{"desired_state":"running"}';
  const home = bindMount({
    ...profileFiles('coder', recorded),
    ...profileFiles('writer', recorded),
  });
  const here = await target(['-v', `${home}:/opt/data`, ...options]);
  for (const profile of ['coder', 'writer']) await running(here.container, profile);
  return here;
}

/** The files in which a gateway that runs and a boot leave something. */
export const FILES = [
  ...['.config-migration', '.env', '.hermes-boot.ids', 'SOUL.md', 'auth.json', 'config.yaml'],
  ...['gateway_state.json', 'logs/container-boot.log', 'profiles/coder/gateway_state.json'],
  ...['profiles/coder/.gateway-planned-stop.json', 'profiles/coder/.env', 'state.db'],
].join(' ');
