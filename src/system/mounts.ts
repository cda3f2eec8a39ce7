/** What is known of the mounts of a world, and which of them keep owners and modes. */
import { isWithin, parentOf } from './path.ts';

/** A file system of its own inside a tree. */
export interface Mount {
  /** Whether nothing on it can be changed. */
  readonly readOnly: boolean;
  /** Whether nothing on it can be executed. */
  readonly noExec: boolean;
  /** What the kernel calls its type: `ext4`, `nfs4`. */
  readonly type: string;
  /**
   * What distinguishes it from another one, in any container: type, source, the directory of it that is
   * mounted, and options. Absent where the kernel does not tell.
   */
  readonly identity?: string | undefined;
  /** The options of its file system, such as `file_mode=0755`. */
  readonly options?: readonly string[] | undefined;
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
 * Whether a file system is one of those that keep any owner and mode: where one of them refuses a
 * change, it is about this process or this entry.
 */
export function keepsRights({ type }: Mount): boolean {
  return /^(?:ext[234]|xfs|btrfs|zfs|bcachefs|f2fs|jfs|nilfs2|reiserfs|overlay|tmpfs|ramfs|rootfs)$/.test(
    type,
  );
}

/** Whether what is written to a mount outlives the machine's next start; so does what is not known. */
export function outlives(mount: Mount | undefined): boolean {
  return mount === undefined || !/^(?:tmpfs|ramfs)$/.test(mount.type);
}

/**
 * Whether the kernel itself says that no owner and no mode is kept: all that a mount holds has
 * those of its options. FAT has no place for them; CIFS says `file_mode=` where the server has none.
 */
export function keepsNothing({ type, options = [] }: Mount): boolean {
  if (/^(?:vfat|msdos|exfat|ntfs)$/.test(type)) return true;
  if (!/^(?:cifs|smb3)$/.test(type)) return false;
  const has = (option: RegExp): boolean => options.some((one) => option.test(one));
  return has(/^file_mode=/) && !has(/^(?:unix|posix|cifsacl|modefromsid|idsfromsid|dynperm)$/);
}

/**
 * Whether somebody else than this kernel decides what root may do on a mount: a server of the
 * network, or of the host of a virtual machine.
 */
export function isServed({ type }: Mount): boolean {
  return /^(?:nfs4?|cifs|smb3|9p|virtiofs|ceph|fuse(?:\..*)?)$/.test(type);
}
