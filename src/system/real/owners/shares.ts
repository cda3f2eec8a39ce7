import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Problem } from '../../../errors/problem.ts';
import type { Progress, Time } from '../../scan.ts';
import { dealt } from './dealt.ts';
import type { Owned, Owning } from './owning.ts';
import { writePlaces, type Place } from './places.ts';
import { ownerRule, progressLine, shareReport, type ShareReport } from './share-report.ts';

/** What processes with a share of a tree work with. */
export interface Sharing {
  readonly tree: Owned;
  /** The open top of the tree. */
  readonly top: number;
  /** The program of such a process; see share-main.ts. */
  readonly program: string;
  /** How many of them there are at most. */
  readonly processes: number;
  /** Ends them at the next directory, and takes how far they are together. */
  readonly time: Time;
}

/**
 * Lets processes give directories of a tree to its owner, with all that lies below them, and puts
 * together what they tell.
 * @returns the directories that are left, since no process could be started
 */
export async function ownInShares(
  sharing: Sharing,
  owning: Owning,
  directories: readonly Place[],
): Promise<readonly Place[]> {
  if (!existsSync(sharing.program)) return directories;
  const shares = dealt(directories, sharing.processes);
  const before = owning.progress;
  const parts = shares.map((): Progress => ({ looked: 0, changed: 0 }));
  const progress = (index: number, done: Progress): void => {
    parts[index] = done;
    sharing.time.progress?.([before, ...parts].reduce(added));
  };
  const ends = await Promise.all(
    shares.map((share, index) =>
      ownShare(sharing, share, (done) => {
        progress(index, done);
      }),
    ),
  );
  const left: Place[] = [];
  for (const [index, end] of ends.entries()) {
    if (end === 'not-started') left.push(...(shares[index] ?? []));
    else if (end instanceof Problem) owning.failures.add(sharing.tree.path, end);
    else {
      owning.tally.add(end.scan);
      owning.failures.join(end.failures);
    }
  }
  return left;
}

async function ownShare(
  sharing: Sharing,
  share: readonly Place[],
  progress: (done: Progress) => void,
): Promise<ShareReport | Problem | 'not-started'> {
  const { signal } = sharing.time;
  const child = start(sharing);
  const lines = new Lines((line) => {
    progress(progressLine.decode(JSON.parse(line), 'progress'));
  });
  const said: Buffer[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    lines.write(text);
  });
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  // Where it ends early, its exit code tells.
  child.stdin.on('error', () => undefined);
  child.stdin.end(writePlaces(share));
  const end = (): void => {
    child.kill('SIGTERM');
  };
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  const how = await new Promise<number | string>((resolve) => {
    child.on('error', () => undefined);
    child.on('close', (code, signal) => {
      resolve(code ?? signal ?? 'nothing');
    });
  });
  signal.removeEventListener('abort', end);
  if (child.pid === undefined) return 'not-started';
  const words = Buffer.concat(said).toString().trim();
  if (how !== 0)
    return brokenOff(sharing.tree.path, typeof how === 'number' ? `exit code ${how}` : how, words);
  return shareReport.decode(JSON.parse(lines.last), 'share');
}

/** Hands on lines as they come, but for the last one, which has no end. */
class Lines {
  readonly #take: (line: string) => void;
  last = '';

  constructor(take: (line: string) => void) {
    this.#take = take;
  }

  write(text: string): void {
    const lines = (this.last + text).split('\n');
    this.last = lines.pop() ?? '';
    for (const line of lines) this.#take(line);
  }
}

function added(a: Progress, b: Progress): Progress {
  return { looked: a.looked + b.looked, changed: a.changed + b.changed };
}

function start({ tree, top, program }: Sharing): ChildProcessWithoutNullStreams {
  const rule = JSON.stringify(ownerRule.encode(tree.rule));
  const args = [program, String(process.pid), tree.path, rule];
  // It goes there before it lets go of the descriptors that it inherits.
  return spawn(process.execPath, args, { cwd: `/proc/self/fd/${top}`, env: {} });
}

function brokenOff(path: string, how: string, words: string): Problem {
  const last = words === '' ? '' : `: ${words.split('\n').at(-1) ?? ''}`;
  return new Problem({
    found: `a process that set owners below ${path} ended with ${how}${last}`,
    wanted: 'nobody to end it',
  });
}
