import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { lackingForDebianRoot } from './debian-root.ts';
import { isRoot } from './real-root.ts';

/*
 * The set-up of all tests: builds the program once, puts a copy of it where every user of this
 * machine can run it, and checks in the end that no test has written what belongs to this machine.
 */

const PROJECT = join(import.meta.dirname, '../..');

/** Where boots of this machine leave their status: no test may, whoever runs it. */
const STATUS = '/run/hermes-boot';

let before: string;
let installed: string;

/** Builds the program, and installs it for the tests that run it as a whole. */
export function setup(project: TestProject): void {
  before = statusOf();
  for (const line of leftOut()) process.stdout.write(`${line}\n`);
  execFileSync('npm', ['run', '--silent', 'build'], {
    cwd: PROJECT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  installed = mkdtempSync(join(tmpdir(), 'hermes-boot-installed-'));
  install(installed);
  project.provide('installed', installed);
}

/**
 * Copies what a package holds. Tests run it as other users, too, who may be unable to enter this
 * checkout: one below /root, or with mode 0700.
 */
function install(target: string): void {
  for (const name of ['dist', 'plans', 'package.json'])
    cpSync(join(PROJECT, name), join(target, name), { recursive: true, preserveTimestamps: true });
  execFileSync('chmod', ['-R', 'a+rX', target]);
  chmodSync(target, 0o755);
}

/** @throws Error when a test has written what belongs to the boots of this machine */
export function teardown(): void {
  rmSync(installed, { recursive: true, force: true });
  if (statusOf() !== before) throw new Error(`the tests have written ${STATUS} of this machine`);
}

function statusOf(): string {
  if (!existsSync(STATUS)) return 'missing';
  const times = [STATUS, ...readdirSync(STATUS).map((name) => join(STATUS, name))].map((path) => [
    path,
    lstatSync(path).ctimeMs,
  ]);
  return JSON.stringify(times);
}

/** What the tests on this machine cannot show, and what it would take. */
function leftOut(): string[] {
  if (!isRoot) return ['Not root: tests that change real owners and accounts are skipped.'];
  const lacking = lackingForDebianRoot();
  return lacking === undefined ? [] : [`No ${lacking}: tests on a Debian root are skipped.`];
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** The directory with the copy of the built program that every user can run. */
    installed: string;
  }
}
