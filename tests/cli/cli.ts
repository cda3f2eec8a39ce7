import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { Io } from '../../src/cli/command-line.ts';
import { main } from '../../src/cli/main.ts';
import type { Environment } from '../../src/report/paint.ts';
import { faultsIn } from '../support/schemas.ts';

/** What a command line did. */
interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Surroundings {
  readonly env?: Environment;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
}

/**
 * Runs a command line in this process, with streams that are strings. Whatever it prints for
 * programs has to be as its schema says.
 */
export async function hermesBoot(
  argv: readonly string[],
  { env = {}, cwd = '/', signal = new AbortController().signal }: Surroundings = {},
): Promise<Outcome> {
  const text = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr'): Io['stdout'] => ({
    isTTY: false,
    write: (more) => {
      text[name] += more;
    },
  });
  const io = { stdout: output('stdout'), stderr: output('stderr'), env, cwd, signal };
  const code = await main(argv, io);
  if (argv.includes('--json')) expect(faultsIn(text.stdout)).toEqual([]);
  return { code, ...text };
}

/** A directory with these files, gone when the test is over. */
export function directoryWith(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'hermes-boot-cli-'));
  onTestFinished(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text, { mode: 0o644 });
  }
  return directory;
}
