import { spawnSync } from 'node:child_process';

/** What a short command printed and how it ended. */
export interface Captured {
  /** The exit code; null when a signal ended it, or it could not be started. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** In milliseconds; a client of s6 answers at once. */
const PATIENCE = 15_000;

/** Runs a short command of this machine to its end and keeps what it prints. */
export function capture(program: string, args: readonly string[]): Captured {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    timeout: PATIENCE,
  });
  return { code: status, stdout, stderr: error === undefined ? stderr.trim() : error.message };
}
