import type { Content } from './content.ts';
import type { Owner } from './entry.ts';

interface CommonPart {
  /** Its path in the directory, such as `log/run`. */
  readonly name: string;
  readonly mode: number;
}

/** Something in a directory that is published with it. */
export type Part =
  | (CommonPart & { readonly type: 'directory' })
  | (CommonPart & { readonly type: 'fifo' })
  | (CommonPart & { readonly type: 'file'; readonly content: Content });

/** A directory with all that is in it, everything of one owner. */
export interface Publication {
  readonly owner: Owner;
  readonly mode: number;
  /** What is in it, each after the directory that holds it. */
  readonly parts: readonly Part[];
}

/**
 * The name beside `name` under which a directory is built. s6-svscan passes over names that start
 * with a dot; one without was taken for a service, half-made as it was (#60774).
 */
export function unpublishedName(name: string): string {
  return `.${name.slice(0, 250)}.tmp`;
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
