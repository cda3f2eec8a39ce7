import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, inject } from 'vitest';
import { faultsIn } from './schemas.ts';

/** The built program, as it is in an image: where every user can run it. */
export const CLI = join(inject('installed'), 'dist/hermes-boot.cjs');

/** What a run of the program printed and how it ended. */
export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the built program with nothing in its environment but PATH and what is given. What it prints
 * for programs has to be as its schemas say.
 */
export function hermesBoot(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  user?: { uid: number; gid: number },
): CliResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    ...user,
  });
  if (args.includes('--json')) expect(faultsIn(stdout)).toEqual([]);
  return { code: status, stdout, stderr };
}
