/**
 * Changes owners with chown(1), several at once, in the parts of a tree where that is as safe as
 * our own walk: those in which all is root's and nobody else can change a name.
 *
 * A chown -hR follows no link, but somebody who can change names may put a hard link to a file from
 * elsewhere in the place of an entry just before it is changed. The kernel forbids that for most
 * files only (fs.protected_hardlinks: not for one that he may write to), and --from compares a
 * moment too early. So find first looks at all that chown will change. Where each directory is
 * root's alone, what it has seen stays as it is: the names of the first directories because they
 * lie in a directory that is root's alone and is held open, those below because theirs do.
 */
import { spawn } from 'node:child_process';
import { sameOwner } from '../../entry.ts';
import { ownerBy, type OwnerRule } from '../../owner-rule.ts';
import { OwnerTally } from '../../scan.ts';
import { SAMPLE_SIZE, type OwnerScan } from '../../tree.ts';
import { namesIn, presentOf, statOf } from '../open.ts';
import { batchesOf, dotted, ENVIRONMENT, roundRobin } from './find-owners.ts';
import type { Limits } from './limits.ts';
import { joined, worldPath } from './tree-paths.ts';

/** How many lists of directories each process gets, one after the other: progress is known between. */
const LISTS_PER_PROCESS = 4;

const ROOT = { uid: 0, gid: 0 };

/** What find(1) prints for an entry that chown may change, and for the first one that it may not. */
const [SAFE, UNSAFE] = ['s', 'u'];

/**
 * The expression with which find says whether chown may change entries: root's directories to which
 * nobody else can write, files with no other name, and whatever else; none that loses mode bits.
 */
const SAFETY = [
  ...['-uid', '0', '-gid', '0', '('],
  ...['-type', 'd', '!', '-perm', '/022', '-o'],
  ...[
    '-type',
    'f',
    '-links',
    '1',
    '!',
    '-perm',
    '/6000',
    '-o',
    '!',
    '-type',
    'd',
    '!',
    '-type',
    'f',
  ],
  ...[')', '-printf', SAFE, '-o', '-printf', UNSAFE, '-quit'],
];

/** What chown is to do in one directory. */
export interface ChownJob {
  /** The directory, open. Nobody but root can change names in it meanwhile. */
  readonly holder: number;
  /** What the world calls it. */
  readonly path: string;
  readonly rule: OwnerRule;
  /** Ends all processes. */
  readonly signal: AbortSignal;
}

/** What became of some directories, with all that is below them. */
export type Outcome =
  /** Nothing was changed: our own walk has to. */
  | { readonly type: 'refused' }
  /** All was changed; or something could not be, and our own walk has to find out what. */
  | { readonly type: 'changed' | 'failed'; readonly scan: OwnerScan };

/** Whether chown can keep a rule; only GNU chown changes a directory after what is in it. */
export async function canChown(
  rule: OwnerRule,
  { chown }: Limits,
  signal: AbortSignal,
): Promise<boolean> {
  if (!sameOwner(ownerBy(rule, { ...ROOT, changedAt: 0 }), rule.to)) return false;
  const { output } = await run(chown, ['--version'], '/', signal);
  return output.startsWith('chown (GNU coreutils)');
}

/**
 * Gives directories of one directory, with all that is below them, to the owner of a rule where
 * chown may do it.
 * @param done takes what became of some of the directories, until all are through or time is up
 */
export async function chownByProgram(
  job: ChownJob,
  names: readonly string[],
  limits: Limits,
  done: (names: readonly string[], outcome: Outcome) => void,
): Promise<void> {
  const processes = limits.processes();
  const lists = roundRobin(names, processes * LISTS_PER_PROCESS).flatMap((list) => [
    ...batchesOf(list),
  ]);
  const work = async (): Promise<void> => {
    for (let list = lists.pop(); list !== undefined; list = lists.pop()) {
      if (job.signal.aborted) return;
      done(list, await chownList(job, list, limits));
    }
  };
  await Promise.all(Array.from({ length: processes }, work));
}

async function chownList(
  { holder, path, rule, signal }: ChownJob,
  names: readonly string[],
  { find, chown }: Limits,
): Promise<Outcome> {
  // A process goes there before it lets go of the descriptors that it inherits.
  const cwd = `/proc/self/fd/${holder}`;
  const paths = names.map(dotted);
  const found = await run(find, ['-P', ...paths, ...SAFETY], cwd, signal);
  if (found.code !== 0 || found.output.replaceAll(SAFE, '') !== '') return { type: 'refused' };
  const entries = found.output.length;
  const { sample, owners } = firstOf(cwd, names, path, rule);
  const owner = `+${rule.to.uid}:+${rule.to.gid}`;
  const { code } = await run(chown, ['-hR', '--', owner, ...paths], cwd, signal);
  const scan = { ...new OwnerTally(rule).scan(), entries, wrong: entries, sample, owners };
  return { type: code === 0 ? 'changed' : 'failed', scan };
}

/** Scans the first entries of directories, sorted by path, of a tree that nobody else changes. */
function firstOf(host: string, names: readonly string[], path: string, rule: OwnerRule): OwnerScan {
  const tally = new OwnerTally(rule);
  const pending = [...names];
  // What is in a directory comes after it.
  while (pending.length > 0 && tally.entries < SAMPLE_SIZE) {
    const first = pending.reduce((a, b) => (b < a ? b : a));
    pending.splice(pending.indexOf(first), 1);
    const stats = statOf(`${host}/${first}`);
    if (stats === undefined) continue;
    tally.entry(worldPath(path, first), presentOf(stats));
    if (!stats.isDirectory()) continue;
    for (const name of namesIn(`${host}/${first}`)) {
      const below = joined(first, name);
      if (typeof below === 'string') pending.push(below);
    }
  }
  return tally.scan();
}

/** Runs a program to its end; the code is undefined where it has none. */
async function run(
  program: string,
  words: readonly string[],
  cwd: string,
  signal: AbortSignal,
): Promise<{ readonly code: number | undefined; readonly output: string }> {
  const child = spawn(program, words, {
    cwd,
    env: ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'ignore'],
    signal,
    killSignal: 'SIGKILL',
  });
  let output = '';
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    output += text;
  });
  child.on('error', () => undefined);
  const code = await new Promise<number | undefined>((resolve) => {
    child.on('close', (code) => {
      resolve(child.pid === undefined ? undefined : (code ?? undefined));
    });
  });
  return { code, output };
}
