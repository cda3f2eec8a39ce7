import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { lackingForDebianRoot } from './debian-root.ts';
import { isRoot } from './real-root.ts';

/** Builds the program once, before the tests that run it as a whole. */
export function setup(): void {
  for (const line of leftOut()) process.stdout.write(`${line}\n`);
  execFileSync('npm', ['run', '--silent', 'build'], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** What the tests on this machine cannot show, and what it would take. */
function leftOut(): string[] {
  if (!isRoot) return ['Not root: tests that change real owners and accounts are skipped.'];
  const lacking = lackingForDebianRoot();
  return lacking === undefined ? [] : [`No ${lacking}: tests on a Debian root are skipped.`];
}
