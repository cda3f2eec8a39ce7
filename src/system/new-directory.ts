/** Directories that appear whole: made of parts, or as a copy of another one. */
import type { Content } from './content.ts';
import type { Owner } from './entry.ts';

interface CommonPart {
  /** Its path in the directory, such as `log/run`. */
  readonly name: string;
  readonly mode: number;
  /** Where it is another one than that of the directory. */
  readonly owner?: Owner;
}

/** Something in a directory that is published with it. */
export type Part =
  | (CommonPart & { readonly type: 'directory' })
  | (CommonPart & { readonly type: 'fifo' })
  | (CommonPart & { readonly type: 'file'; readonly content: Content });

/** A directory with all that is in it. */
export interface NewDirectory {
  readonly owner: Owner;
  readonly mode: number;
  /** What is in it, each after the directory that holds it. */
  readonly parts: readonly Part[];
}

/** Something in a directory that is copied. */
export interface CopiedEntry {
  /** Its path in the directory, such as `scripts/run.py`: the same in the copy. */
  readonly name: string;
  readonly type: 'directory' | 'file';
  /** The mode of the copy. */
  readonly mode: number;
}

/** A directory made as a copy of another one, everything of one owner. */
export interface TreeCopy {
  /** The directory that is copied, in a tree that nobody but root writes to. */
  readonly from: string;
  readonly owner: Owner;
  readonly mode: number;
  /** What is copied of it, each after the directory that holds it. */
  readonly entries: readonly CopiedEntry[];
  /** Whether it takes the place of a directory; otherwise nothing stands there by then. */
  readonly replaces: boolean;
}

/** A copy that is whole beside its name, and gets that when it is settled. */
export interface MadeCopy extends Pick<TreeCopy, 'replaces'> {
  readonly path: string;
}
