import { Problem } from '../errors/problem.ts';
import type { Mounts } from './mounts.ts';
import type { Tree } from './tree.ts';

/** A tree with nothing but a root directory: what an overlay of a test stands on. */
export function emptyTree(mounts: Mounts = new Map(), locks: readonly string[] = []): Tree {
  return {
    look: (path) =>
      path === '/'
        ? { type: 'directory', stat: { uid: 0, gid: 0, mode: 0o755, nlink: 2, size: 0 } }
        : { type: 'missing' },
    read: (path) => {
      throw new Problem({ found: `${path} is missing`, wanted: 'a regular file' });
    },
    list: () => [],
    mounts: () => mounts,
    permits: () => undefined,
    permitsAs: (_, asked) => asked.map(() => undefined),
    freeBytes: () => undefined,
    listens: () => false,
    abandonedLocks: () => locks,
    scanOwners: () =>
      Promise.resolve({
        entries: 0,
        wrong: 0,
        others: 0,
        sample: [],
        owners: [],
        clears: false,
        hardLinked: { count: 0, sample: [] },
        mounts: [],
        unreadable: [],
      }),
  };
}
