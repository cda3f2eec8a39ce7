/** Entries that live in memory, of dry runs and tests. */
import type { Content } from './content.ts';
import type { Present, SpecialType, Stat } from './entry.ts';

/** An entry that lives in memory. `stat.size` and `stat.nlink` are as lstat(2) would tell them. */
export type MemoryNode =
  | { readonly type: 'directory' | Exclude<SpecialType, 'fifo'>; readonly stat: Stat }
  /** A FIFO that does not say whether somebody reads from it has the reader of the tree below. */
  | { readonly type: 'fifo'; readonly stat: Stat; readonly listens?: boolean }
  | { readonly type: 'link'; readonly stat: Stat; readonly target: string }
  /** A file without content of its own has that of the tree below it: only its stat changed. */
  | { readonly type: 'file'; readonly stat: Stat; readonly content: Content | undefined };

/** What a look at a node tells. */
export function presentOf(node: MemoryNode): Present {
  switch (node.type) {
    case 'link':
      return { type: 'link', target: node.target, stat: node.stat };
    default:
      return { type: node.type, stat: node.stat };
  }
}

/** A node that stands for an entry of the tree below, with another stat. */
export function nodeOf(entry: Present, stat: Stat): MemoryNode {
  switch (entry.type) {
    case 'link':
      return { type: 'link', stat, target: entry.target };
    case 'file':
      return { type: 'file', stat, content: undefined };
    default:
      return { type: entry.type, stat };
  }
}

/**
 * The set-uid and set-gid bits that Linux clears when the owner of an entry changes, root's own
 * changes included; see chown(2). Directories keep theirs, and so does an entry whose set-gid bit
 * means mandatory locking because its group may not execute it.
 */
export function clearedBits(entry: Present): number {
  if (entry.type === 'directory' || entry.type === 'link') return 0;
  const mode = entry.stat.mode;
  return (mode & 0o4000) | ((mode & 0o010) !== 0 ? mode & 0o2000 : 0);
}
