import type { Stats } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { Owner, Present } from '../entry.ts';
import { checkTime, OwnerTally } from '../scan.ts';
import type { Mounts } from '../mounts.ts';
import type { OwnerScan } from '../tree.ts';
import { namesIn, statOf, toStat, typeOf, type Name } from './open.ts';

/** After how many entries a walk lets timers and signals in. */
const ENTRIES_AT_A_STRETCH = 4096;

/** A directory still to be read: where it is on the machine, and what the world calls it. */
interface Waiting {
  readonly host: string | Buffer;
  readonly path: string;
}

/**
 * Compares the owners of a real tree with `owner`. Looking is plain and fast: it goes by path, and
 * a tree changed under it can at worst be misreported. What is then changed is changed safely.
 */
export async function scanRealOwners(
  top: Waiting,
  owner: Owner,
  mounts: Mounts,
  signal: AbortSignal,
): Promise<OwnerScan> {
  const tally = new OwnerTally(owner);
  const waiting: Waiting[] = [];
  const stats = statOf(top.host);
  if (stats === undefined) return tally.scan();
  count(tally, top, stats, owner);
  if (stats.isDirectory()) waiting.push(top);
  let stretch = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const name of listed(next, tally)) {
      const child = childOf(next, name);
      const stats = safeStat(child, tally);
      if (stats === undefined) continue;
      if (stats.isDirectory() && mounts.has(child.path)) {
        tally.mount(child.path);
        continue;
      }
      count(tally, child, stats, owner, typeof name !== 'string');
      if (stats.isDirectory()) waiting.push(child);
      stretch += 1;
    }
    if (stretch >= ENTRIES_AT_A_STRETCH) {
      stretch = 0;
      await setImmediate();
      checkTime(signal, `looking at the owners below ${top.path}`);
    }
  }
  return tally.scan();
}

function count(tally: OwnerTally, at: Waiting, stats: Stats, owner: Owner, unnamed = false): void {
  if (stats.uid === owner.uid && stats.gid === owner.gid) tally.right();
  else tally.entry(at.path, presentOf(stats), unnamed);
}

/** The target of a link plays no part in who owns it, so it is not read. */
function presentOf(stats: Stats): Present {
  const type = typeOf(stats);
  const stat = toStat(stats);
  return type === 'link' ? { type, stat, target: '' } : { type, stat };
}

function listed(directory: Waiting, tally: OwnerTally): Name[] {
  try {
    return namesIn(directory.host);
  } catch {
    tally.unreadable(directory.path);
    return [];
  }
}

/** What has vanished meanwhile is nothing; what cannot be looked at (a path too long) is told. */
function safeStat(at: Waiting, tally: OwnerTally): Stats | undefined {
  try {
    return statOf(at.host);
  } catch {
    tally.unreadable(at.path);
    return undefined;
  }
}

function childOf(directory: Waiting, name: Name): Waiting {
  const path = `${directory.path === '/' ? '' : directory.path}/${String(name)}`;
  if (typeof name === 'string' && typeof directory.host === 'string') {
    return { host: `${directory.host}/${name}`, path };
  }
  const host = Buffer.concat([Buffer.from(directory.host), Buffer.from('/'), Buffer.from(name)]);
  return { host, path };
}
