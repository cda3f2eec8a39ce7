import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Builds the program once, before the tests that run it as a whole. */
export function setup(): void {
  execFileSync('npm', ['run', '--silent', 'build'], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
