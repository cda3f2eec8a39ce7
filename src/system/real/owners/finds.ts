import { spawn } from 'node:child_process';
import type { OwnerRule } from '../../owner-rule.ts';
import { FindOutput, printing, type Finding } from './find-output.ts';

/** How much of a list of paths one process gets, in bytes; see execve(2) for how much it may. */
const MOST_ARGUMENTS = 128 * 1024;

/** Where finds are looked for: users may write where the PATH of a container leads. */
const PATH = '/usr/bin:/bin';

/** What several finds work with. */
export interface Finds {
  /** The program: find(1) of GNU. */
  readonly program: string;
  /** The top of the tree, on the machine. */
  readonly top: string;
  readonly rule: OwnerRule;
  /** Ends them at once. */
  readonly signal: AbortSignal;
}

/**
 * Lets finds look at what lies below directories of a tree, one for each list of paths below its
 * top, all at the same time.
 * @throws Error when one of them cannot be started, fails or has anything to complain of
 */
export async function findOwners(
  finds: Finds,
  lists: readonly (readonly string[])[],
  finding: Finding,
): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([finds.signal, failed.signal]);
  const inTurn = async (paths: readonly string[]): Promise<void> => {
    for (const batch of batchesOf(paths)) await findOnce({ ...finds, signal }, batch, finding);
  };
  const ended = await Promise.allSettled(
    lists.map((paths) =>
      inTurn(paths).catch((error: unknown) => {
        failed.abort();
        throw error;
      }),
    ),
  );
  const failure = ended.find((each) => each.status === 'rejected');
  if (failure !== undefined) throw new Error('a find failed', { cause: failure.reason });
}

async function findOnce(
  { program, top, rule, signal }: Finds,
  paths: readonly string[],
  finding: Finding,
): Promise<void> {
  // What vanishes meanwhile is nothing. The directories themselves have been looked at.
  const options = ['-ignore_readdir_race', '-mindepth', '1'];
  const child = spawn(program, ['-P', ...paths.map(dotted), ...options, ...printing(rule)], {
    cwd: top,
    env: { PATH, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  });
  const output = new FindOutput(finding);
  let problem: Error | undefined;
  const fail = (error: unknown): void => {
    problem ??= error instanceof Error ? error : new Error(String(error));
    child.kill('SIGKILL');
  };
  child.on('error', fail);
  child.stderr.on('data', (chunk: Buffer) => {
    fail(new Error(`find says ${chunk.toString()}`));
  });
  child.stdout.on('data', (chunk: Buffer) => {
    try {
      if (problem === undefined) output.write(chunk);
    } catch (error) {
      fail(error);
    }
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (problem !== undefined) throw problem;
  if (code !== 0) throw new Error(`find ended with ${String(code)}`);
  output.end();
}

/** Anything that starts a path but a dot might be taken for an option. */
function dotted(path: string): string {
  return `./${path}`;
}

function* batchesOf(paths: readonly string[]): Generator<string[]> {
  let batch: string[] = [];
  let size = 0;
  for (const path of paths) {
    const bytes = Buffer.byteLength(path) + 3;
    if (batch.length > 0 && size + bytes > MOST_ARGUMENTS) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(path);
    size += bytes;
  }
  if (batch.length > 0) yield batch;
}
