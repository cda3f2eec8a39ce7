/** What stands at a path: entries with their owner and mode, and how both are shown. */

/** A user id and a group id, as the kernel stores them. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** What lstat(2) says of an entry. `mode` holds the permission bits only (07777). */
export interface Stat extends Owner {
  readonly mode: number;
  /** Number of hard links. */
  readonly nlink: number;
  /** Size in bytes. */
  readonly size: number;
  /**
   * When content, owner or mode last changed, in milliseconds: the kernel's own time (st_ctime),
   * which nobody can set back. Absent of what lives in memory.
   */
  readonly changedAt?: number | undefined;
}

/** The kinds of entry that are neither a directory, a regular file nor a link. */
export type SpecialType = 'fifo' | 'socket' | 'device';

/** An entry that exists and has been looked at without following it. */
export type Present =
  | { readonly type: 'file' | 'directory' | SpecialType; readonly stat: Stat }
  | { readonly type: 'link'; readonly target: string; readonly stat: Stat };

/**
 * What a look at a path finds, itself never followed.
 *
 * - `behind-link`: a directory on the way is a link that must not be followed, because somebody
 *   other than root could have put it there; `link` is that directory and `target` its text.
 *
 * A look that got no answer is none of them: LookFailed is thrown.
 */
export type Entry =
  | Present
  | { readonly type: 'missing' }
  | { readonly type: 'behind-link'; readonly link: string; readonly target: string };

/**
 * Whether others than its owner may write an entry, by its mode. The group of root is root, as for
 * sudoers(5): a umask of 002 leaves 0664 root:root behind.
 */
export function othersMayWrite({ mode, gid }: Stat): boolean {
  return (mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && gid !== 0);
}

/** Whether a link stands at a path or on the way to it: nothing is done through one (#52781). */
export function isLinked(
  entry: Entry,
): entry is Extract<Entry, { readonly type: 'link' | 'behind-link' }> {
  return entry.type === 'link' || entry.type === 'behind-link';
}

/** Whether two owners are the same user and the same group. */
export function sameOwner(a: Owner, b: Owner): boolean {
  return a.uid === b.uid && a.gid === b.gid;
}

/** An owner as people write it: `1000:100`. */
export function showOwner(owner: Owner): string {
  return `${owner.uid}:${owner.gid}`;
}

/** A mode as people write it, in octal with a leading zero: `0640`. */
export function showMode(mode: number): string {
  return `0${mode.toString(8).padStart(3, '0')}`;
}

/** Reads a quoted octal mode such as "0640". The schema has already checked its form. */
export function parseMode(text: string): number {
  return Number.parseInt(text, 8);
}
