import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLI } from './cli.ts';
import { isRoot, NEEDS_ROOT, temporaryDirectory } from './real-root.ts';

const hasStrace = spawnSync('strace', ['--version']).status === 0;
const lacking = [isRoot ? '' : NEEDS_ROOT, hasStrace ? '' : 'needs strace'].filter(Boolean);

/** Whether system calls of a boot cannot be watched here. */
export const cannotTrace = lacking.length > 0;

/** Appended to the title of a test that is left out for that: what is lacking. */
export const TRACE_NEEDS = cannotTrace ? ` (${lacking.join(', ')})` : '';

/**
 * The system calls of a run of the built program, a line each.
 * @param calls which ones, as strace(1) names them
 */
export function traceOf(args: readonly string[], calls: string): string[] {
  const trace = join(temporaryDirectory(), 'trace');
  const watched = ['-f', '-o', trace, '-e', `trace=${calls}`, process.execPath, CLI];
  execFileSync('strace', [...watched, ...args], {
    env: { PATH: process.env.PATH ?? '' },
    stdio: 'ignore',
  });
  return readFileSync(trace, 'utf8').split('\n');
}

/** The calls that start a program or a process. Threads of Node are clones, too, and none of them. */
export function startsIn(lines: readonly string[]): {
  readonly programs: readonly string[];
  readonly forks: readonly string[];
} {
  const forks = lines.filter((line) => /fork\(|clone3?\(/.test(line));
  return {
    programs: lines.filter((line) => line.includes('execve(')),
    forks: forks.filter((line) => !line.includes('CLONE_THREAD')),
  };
}
