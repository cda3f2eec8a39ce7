/*
 * What a file system did not keep of the owner or the mode that it was told to give to an entry:
 * CIFS, exFAT, 9p and many FUSE file systems say yes and keep nothing, others refuse.
 */

/** How a file system fails to keep: it says yes and does nothing or something else; or says no. */
export type How = 'ignored' | 'refused';

/** The kinds of entry that file systems treat differently. */
export type EntryKind = 'file' | 'directory';

/** One part of the rights of an entry that is not as it was asked for. */
export interface Unkept {
  /** What the change was about, as a canonical path. */
  readonly path: string;
  readonly kind: EntryKind;
  readonly part: 'mode' | 'user' | 'group';
  /** The mode or id that was asked for, and the one that is seen after it. */
  readonly asked: number;
  readonly shown: number;
  readonly how: How;
}

/** What the kernel answers where a file system refuses an owner or a mode; see chown(2), chmod(2). */
export const REFUSALS: ReadonlySet<string> = new Set([
  'EPERM',
  'EACCES',
  'EOPNOTSUPP',
  'ENOSYS',
  'EINVAL',
]);
