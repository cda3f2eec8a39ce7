/** The closed union of changes: one effect on the world each, as data. See kinds.ts for what each kind is. */
import type { RecordEdit } from '../system/accounts.ts';
import type { Content } from '../system/content.ts';
import type { Owner, Present } from '../system/entry.ts';
import type { Command } from '../system/system.ts';
import type { HomeIds } from '../system/ids-record.ts';
import type { OwnerRule } from '../system/owner-rule.ts';
import type { NewDirectory, TreeCopy } from '../system/new-directory.ts';

interface Common {
  /** The entry that changes, as the world names it, without the root. */
  readonly path: string;
  /** Why, as a phrase for a person: what was found and what decided. */
  readonly why: string;
}

/** A directory is made. Its parent exists by then; missing ancestors are changes of their own. */
export interface DirectoryChange extends Common {
  readonly kind: 'directory';
  readonly mode: number;
  readonly owner: Owner;
}

/** A regular file is created, or replaced in one step. */
export interface FileChange extends Common {
  readonly kind: 'file';
  readonly content: Content;
  readonly mode: number;
  readonly owner: Owner;
  /** What stands there now. */
  readonly from: 'absent' | 'file';
  /** Set where the next boot makes it again from the image, if a loss of power takes it. */
  readonly again?: true;
  /** Set where it is a mount point, which nothing can replace. Owner and mode stay. */
  readonly inPlace?: true;
  /** Set for what is remembered for later boots: digests may be in it, and no person reads it. */
  readonly record?: true;
  /** What becomes of the content, for a person, without any of it: `copy of /opt/x`. */
  readonly label: string;
}

/** The mode of one entry changes. */
export interface ModeChange extends Common {
  readonly kind: 'mode';
  readonly from: number;
  readonly to: number;
}

/** The owner of one entry changes. */
export interface OwnerChange extends Common {
  readonly kind: 'owner';
  readonly from: Owner;
  readonly to: Owner;
  /** Mode bits that the kernel clears with it: set-uid and set-gid of a file. */
  readonly clears: number;
}

/** Why an entry is given to an owner, by whom it belongs to; each a phrase for a person. */
export interface OwnerReasons {
  readonly byRoot: string;
  readonly byGroup: string;
  readonly byOther: string;
}

/** The owner of everything wrong at and below a path changes. */
export interface TreeOwnerChange extends Common {
  readonly kind: 'tree-owner';
  /** Which of them change, and to whom. */
  readonly rule: OwnerRule;
  /** The owners that were found, the first few. */
  readonly owners: readonly Owner[];
  /** Whether the kernel clears set-uid and set-gid bits with it. */
  readonly clears?: boolean;
  /** How many entries change, and how many there are. */
  readonly wrong: number;
  readonly entries: number;
  /** Set where the look stopped early: the numbers are minimums until it is made; see tree-owner.ts. */
  readonly atLeast?: OwnerReasons;
}

/** One entry that is not a directory is removed. */
export interface RemovalChange extends Common {
  readonly kind: 'removal';
  readonly was: Exclude<Present['type'], 'directory'>;
  /** What it was, for a person: `file, 7 bytes`. */
  readonly from: string;
}

/** A directory with everything in it is removed. */
export interface TreeRemovalChange extends Common {
  readonly kind: 'tree-removal';
  /** What it was, for a person: `service directory`. */
  readonly from: string;
}

/** A directory appears at once as a copy of another one, or takes the place of one. */
export interface TreeCopyChange extends Common {
  readonly kind: 'tree-copy';
  readonly copy: TreeCopy;
  /** How much that is, for a person: `7 files`. */
  readonly label: string;
}

/** A directory gets another name with everything in it. Nothing has that name by then. */
export interface MoveChange extends Common {
  readonly kind: 'move';
  /** The name that it has. */
  readonly from: string;
}

/** A service directory appears at once with everything in it. Nothing stands there by then. */
export interface SlotChange extends Common {
  readonly kind: 'slot';
  readonly slot: NewDirectory;
  /** What it is, for a person: `gateway of coder, down`. */
  readonly label: string;
}

/** A log gets lines, each after the time of writing; it is rotated when it is long. */
export interface LogChange extends Common {
  readonly kind: 'log';
  readonly lines: readonly string[];
  /** Who owns it when it has to be made. */
  readonly owner: Owner;
}

/** Fields of a record of an account database. */
export interface RecordFields {
  /** The user id. */
  readonly uid?: number;
  /** The group id: of a user, that of the primary group. */
  readonly gid?: number;
  /** The names of the accounts in a group. */
  readonly members?: readonly string[];
}

/** A record of an account database changes. */
export interface RecordChange extends Common {
  readonly kind: 'account' | 'group';
  readonly edit: RecordEdit;
  /** Of the fields that change, the values they have; null where there is no record. */
  readonly was: RecordFields | null;
  /** The record's part that changes, before and after; null where there was none. */
  readonly from: string | null;
  readonly to: string;
}

/** A variable of the s6 environment directory is written: seen by every later service. */
export interface EnvdirChange extends Common {
  readonly kind: 'envdir';
  readonly owner: Owner;
  readonly name: string;
  readonly from: string | null;
  readonly to: string;
}

/** A command is run. What it does to the world is known after the run. */
export interface CommandChange extends Common {
  readonly kind: 'command';
  readonly command: Command;
  /** Files that are put back as they were when the command fails. */
  readonly restore: readonly string[];
  /** Directories in which it leaves copies of them; those of a failed run are removed. */
  readonly copies?: readonly string[];
  /** Set for a program of which nobody here knows what else it changes. */
  readonly opaque?: true;
}

/** The fingerprint of some files is written down, so that the next boot can tell a change. */
export interface StampChange extends Common {
  readonly kind: 'stamp';
  readonly of: readonly string[];
  readonly owner: Owner;
}

/** What a home remembers of the ids of its account is written down; see HomeIds. */
export interface IdsChange extends Common {
  readonly kind: 'ids';
  readonly account: string;
  readonly ids: HomeIds;
  /** What it has remembered; null where there was no record. */
  readonly was: HomeIds | null;
}

/** One effect on the world, as data. The union is closed: every switch over it is exhaustive. */
export type Change =
  | DirectoryChange
  | FileChange
  | ModeChange
  | OwnerChange
  | TreeOwnerChange
  | RemovalChange
  | TreeRemovalChange
  | TreeCopyChange
  | MoveChange
  | SlotChange
  | LogChange
  | RecordChange
  | EnvdirChange
  | CommandChange
  | StampChange
  | IdsChange;
