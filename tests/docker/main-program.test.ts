import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../support/real-root.ts';

const SCRIPT = join(import.meta.dirname, '../../docker/lib/main-program.sh');
const WRAPPER = '/opt/hermes/docker/main-wrapper.sh';
const SVSCAN = ['s6-svscan', '-d4', '--', '/run/service'];
const RC_INIT = ['/bin/sh', '-e', '/run/s6/basedir/scripts/rc.init', 'top', WRAPPER];

/** A /proc with these processes, each given by its argument list. */
function processes(lists: Readonly<Record<number, readonly string[]>>): string {
  const proc = temporaryDirectory();
  for (const [pid, words] of Object.entries(lists)) {
    mkdirSync(join(proc, pid));
    writeFileSync(join(proc, pid, 'cmdline'), words.map((word) => `${word}\0`).join(''));
  }
  return proc;
}

/** Whether the boot scripts would leave everything to hermes-boot. */
function onlyHermesBoot(proc: string): boolean {
  const script = `. '${SCRIPT}'; only_hermes_boot '${proc}'`;
  const { status, stderr } = spawnSync('sh', ['-euc', script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return status === 0;
}

describe('hermes-boot as the main program is noticed', () => {
  it.each([
    ['under s6', { 1: SVSCAN, 17: [...RC_INIT, 'hermes-boot', 'plan', '--explain'] }],
    ['without arguments', { 1: SVSCAN, 17: [...RC_INIT, 'hermes-boot'] }],
    ['by its path', { 1: SVSCAN, 17: [...RC_INIT, '/usr/local/bin/hermes-boot', 'verify'] }],
    ['as process 1', { 1: ['/bin/sh', WRAPPER, 'hermes-boot', 'plan'] }],
    ['beside other processes', { 1: SVSCAN, 2: [], 17: [...RC_INIT, 'hermes-boot'], 18: ['sh'] }],
  ])('%s', (_, lists) => {
    expect(onlyHermesBoot(processes(lists))).toBe(true);
  });
});

describe('another main program is none of hermes-boot', () => {
  it.each([
    ['without words', { 1: SVSCAN, 17: RC_INIT }],
    ['with a subcommand of hermes', { 1: SVSCAN, 17: [...RC_INIT, 'chat', '-q', 'hermes-boot'] }],
    ['with a name that ends in the same way', { 1: SVSCAN, 17: [...RC_INIT, 'my-hermes-boot'] }],
    ['with a program of that name elsewhere', { 1: SVSCAN, 17: [...RC_INIT, '/tmp/hermes-boot'] }],
    [
      'with lines that look like another call',
      { 1: SVSCAN, 17: [...RC_INIT, 'bash', '-c', `x\n${WRAPPER}\nhermes-boot\nplan`] },
    ],
    ['where nothing mentions the wrapper', { 1: SVSCAN, 17: ['hermes-boot', 'plan'] }],
    ['where there are no processes to see', {}],
  ])('%s', (_, lists) => {
    expect(onlyHermesBoot(processes(lists))).toBe(false);
  });
});
