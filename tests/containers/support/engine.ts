import { join } from 'node:path';
import { execa } from 'execa';
import { faultsIn } from '../../support/schemas.ts';

/** The program that builds and runs containers: podman, or docker. */
export const ENGINE = process.env.CONTAINER_ENGINE ?? 'podman';

const ENVIRONMENT = { CONTAINERS_CONF: join(import.meta.dirname, 'containers.conf') };

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command of the engine to its end, whatever that is. What hermes-boot prints for programs has
 * to be as its schemas say.
 */
export async function engine(...words: readonly string[]): Promise<Ended> {
  const { exitCode, stdout, stderr } = await execa(ENGINE, words, {
    env: ENVIRONMENT,
    reject: false,
    stdin: 'ignore',
    timeout: 300_000,
  });
  const isForPrograms = words.includes('hermes-boot') && words.includes('--json');
  const faults = isForPrograms ? faultsIn(stdout) : [];
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return { code: exitCode ?? -1, stdout, stderr };
}

/**
 * Runs a command of the engine that has to succeed.
 * @returns what it printed
 */
export async function mustDo(...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await engine(...words);
  if (code !== 0) throw new Error(`${ENGINE} ${words.join(' ')} ended with ${code}:\n${stderr}`);
  return stdout.trim();
}

/** A command of the engine on a real terminal, which script(1) lends. */
export function onTerminal(...words: readonly string[]): ReturnType<typeof typescript> {
  const quoted = [ENGINE, ...words].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  return typescript(quoted.join(' '));
}

function typescript(line: string) {
  return execa('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
    env: ENVIRONMENT,
    reject: false,
    stdin: 'pipe',
    timeout: 60_000,
  });
}
