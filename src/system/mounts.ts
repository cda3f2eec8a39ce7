import { isWithin, parentOf } from './path.ts';

/** A file system of its own inside a tree. */
export interface Mount {
  /** Whether nothing on it can be changed. */
  readonly readOnly: boolean;
  /** Whether nothing on it can be executed. */
  readonly noExec: boolean;
  /** What the kernel calls its type: `ext4`, `nfs4`. */
  readonly type: string;
}

/** The mounts of a tree by their canonical paths, that of the root included where known. */
export type Mounts = ReadonlyMap<string, Mount>;

/** A mount with the path at which it is mounted. */
export interface MountPoint extends Mount {
  readonly point: string;
}

/** What a canonical path lies on; undefined where the kernel does not tell. */
export function mountOf(mounts: Mounts, path: string): MountPoint | undefined {
  for (let at = path; ; at = parentOf(at)) {
    const mount = mounts.get(at);
    if (mount !== undefined) return { ...mount, point: at };
    if (at === '/') return undefined;
  }
}

/** The mount points in a tree, that of its top left out. */
export function mountsBelow(mounts: Mounts, top: string): ReadonlySet<string> {
  return new Set([...mounts.keys()].filter((point) => point !== top && isWithin(point, top)));
}

/** Whether a file system keeps no owners: all it holds has the one of its mount options. */
export function isOwnerless({ type }: Mount): boolean {
  return /^(?:cifs|smb3|vfat|msdos|exfat|ntfs|ntfs3|fuseblk)$/.test(type);
}

/**
 * Whether somebody else than this kernel decides what root may do on a mount: a server of the
 * network, or of the host of a virtual machine.
 */
export function isServed({ type }: Mount): boolean {
  return /^(?:nfs4?|cifs|smb3|9p|virtiofs|ceph|fuse(?:\..*)?)$/.test(type);
}
