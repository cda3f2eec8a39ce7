import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { lackingForDebianRoot } from './debian-root.ts';
import { isRoot } from './real-root.ts';

/** Where boots of this machine leave their status: no test may, whoever runs it. */
const STATUS = '/run/hermes-boot';

let before: string;

/** Builds the program once, before the tests that run it as a whole. */
export function setup(): void {
  before = statusOf();
  for (const line of leftOut()) process.stdout.write(`${line}\n`);
  execFileSync('npm', ['run', '--silent', 'build'], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** @throws Error when a test has written what belongs to the boots of this machine */
export function teardown(): void {
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
