/** Says whether an account could change what a path of a running container leads to. */
import { lstatSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { posix } from 'node:path';

/** The rights of an account, and how to look into its container. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gids: readonly number[];
  /** The root directory of the container as this machine sees it. */
  readonly root: string;
}

/** The account of this name in the container of a process. */
export function accountIn(pid: string, name: string): Account {
  const root = `/proc/${pid}/root`;
  const records = (file: string): string[][] =>
    readFileSync(`${root}/etc/${file}`, 'utf8')
      .split('\n')
      .map((line) => line.split(':'));
  const record = records('passwd').find(([user]) => user === name);
  if (record === undefined) throw new Error(`no account ${name}`);
  const groups = records('group').filter(([, , , users = '']) => users.split(',').includes(name));
  const gids = [record[3], ...groups.map(([, , gid]) => gid)].map(Number);
  return { name, uid: Number(record[2]), gids, root };
}

/** More links than this on the way are a circle. */
const MOST_LINKS = 40;

/**
 * Why the account can write what a path leads to: it can write the entry, or a directory on the way
 * to it in which it could put another one. Undefined where only root can.
 * @param follows whether a link as the last part is followed
 */
export function whyWritable(account: Account, path: string, follows: boolean): string | undefined {
  // It is another process for whoever looks; what it shows is the kernel's.
  if (path.startsWith('/proc/self/')) return undefined;
  const rest = path.split('/').filter(Boolean);
  let directory = '/';
  for (let links = 0; ;) {
    const name = rest.shift();
    const held = lookAt(account, directory);
    if (held === undefined) return undefined;
    if (name === undefined) return entryWritable(account, directory, held);
    const place = posix.join(directory, name);
    const entry = lookAt(account, place);
    // Nobody can change what the kernel shows of processes but by being one.
    const why = name === '..' ? undefined : directoryWritable(account, directory, held, entry);
    if (why !== undefined) return why;
    if (!may(account, held, 0o1)) return undefined;
    if (entry === undefined) return undefined;
    if (entry.isSymbolicLink()) {
      if (rest.length === 0 && !follows) return undefined;
      if (++links > MOST_LINKS) return undefined;
      const target = readlinkSync(account.root + place);
      rest.unshift(...target.split('/').filter(Boolean));
      if (target.startsWith('/')) directory = '/';
    } else if (rest.length === 0) {
      return entryWritable(account, place, entry);
    } else {
      directory = place;
    }
  }
}

function lookAt({ root }: Account, path: string): Stats | undefined {
  return lstatSync(root + path, { throwIfNoEntry: false });
}

function directoryWritable(
  account: Account,
  path: string,
  stats: Stats,
  entry: Stats | undefined,
): string | undefined {
  if (stats.uid === account.uid) return `owns ${path}`;
  if (!may(account, stats, 0o3)) return undefined;
  const isSticky = (stats.mode & 0o1000) !== 0;
  if (isSticky && entry !== undefined && entry.uid !== account.uid) return undefined;
  return `can write in ${path}`;
}

function entryWritable(account: Account, path: string, stats: Stats): string | undefined {
  if (stats.uid === account.uid) return `owns ${path}`;
  return may(account, stats, 0o2) ? `can write ${path}` : undefined;
}

/** Whether the mode gives the account these bits, which an octal digit holds. */
function may({ uid, gids }: Account, { mode, ...stats }: Stats, bits: number): boolean {
  const shift = stats.uid === uid ? 6 : gids.includes(stats.gid) ? 3 : 0;
  return ((mode >> shift) & bits) === bits;
}
