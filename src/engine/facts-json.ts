/** The JSON of a facts document, for who reads one by a schema; facts-document.ts writes it. */
import type { ProblemCode } from '../errors/problem.ts';
import type { InputSource } from '../plan/plan.ts';

/** Everything that a plan depends on besides its text. No secret is in it. */
export interface FactsJson {
  /** What the document is. */
  readonly about: 'hermes-boot facts';
  /** The version of the document. */
  readonly version: 1;
  /** The release of hermes-boot that has written it. */
  readonly by: string;
  /** When, in UTC. @format date-time */
  readonly taken: string;
  /** The plan that the facts were taken for. */
  readonly plan: FactsPlan;
  /** Steps that plan otherwise from this document than they did where it was taken. */
  readonly differs: readonly string[];
  /** What the boot knows of its process and container. */
  readonly facts: ProcessFacts;
  /** The inputs by their names, a secret one with a stand-in. */
  readonly inputs: Readonly<Record<string, FactsInput>>;
  /** Which links are followed. */
  readonly links: FactsLinks;
  /** What was asked of the file system, with the answers. */
  readonly world: FactsWorld;
}

interface FactsPlan {
  /** Its name. */
  readonly name: string;
  /** Its digest. */
  readonly digest: string;
  /** What this machine adds to it. */
  readonly fragments: readonly FactsFragment[];
}

interface FactsFragment {
  /** Its file. */
  readonly file: string;
  /** Its text. */
  readonly text: string;
}

interface ProcessFacts {
  /** The user id of the process. */
  readonly uid: number;
  /** Its group id. */
  readonly gid: number;
  /** Its supplementary groups. */
  readonly groups: readonly number[];
  /** Its effective capabilities, without `CAP_`. */
  readonly capabilities: readonly string[];
  /** What capabilities a program that it starts can have. */
  readonly bounding: readonly string[];
  /** The ids that exist in its user namespace. */
  readonly ids: KnownIdsJson;
  /** Whether the privileges are assumed, by `--assume-root`. */
  readonly assumed: boolean;
  /** Whether the root file system is read-only. */
  readonly readOnlyRoot: boolean;
  /** Whether nothing in /run can be executed. */
  readonly runNoexec: boolean;
  /** Whether s6 runs here. */
  readonly s6: boolean;
  /** What the container was started for; words that no step looks at are `***`. */
  readonly mainProgram: readonly string[];
}

interface KnownIdsJson {
  /** The user ids. */
  readonly users: readonly IdRangeJson[];
  /** The group ids. */
  readonly groups: readonly IdRangeJson[];
}

interface IdRangeJson {
  /** The first. */
  readonly first: number;
  /** How many. */
  readonly count: number;
}

interface FactsInput {
  /** Its value; missing where it is unset. */
  readonly value?: string | number | boolean;
  /** Where the value comes from. */
  readonly source: InputSource;
  /** Why a value was not used. */
  readonly refused?: FactsRefusal;
}

interface FactsRefusal {
  /** The environment variable. */
  readonly variable: string;
  /** What it held. */
  readonly found: string;
  /** What it should hold. */
  readonly wanted: string;
}

interface FactsLinks {
  /** Directories below which no link is followed. */
  readonly guarded: readonly string[];
  /** The user whose links are followed elsewhere, besides root's. */
  readonly self: number;
}

interface FactsProblem {
  /** What the caller can do about it. */
  readonly code: ProblemCode;
  /** What was found. */
  readonly found: string;
  /** What was wanted instead. */
  readonly wanted?: string;
  /** What the operator can do, one line each. */
  readonly mend: readonly string[];
}

/** What was asked of a file system, by path; a path that is not here was not asked for. */
interface FactsWorld {
  /** The mounts that paths lie on, by mount point. */
  readonly mounts: Readonly<Record<string, FactsMount>>;
  /** What stands at a path. */
  readonly entries: Readonly<Record<string, FactsEntry>>;
  /** The names in a directory. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  /** What was read of a file, as far as it may leave the machine. */
  readonly contents: Readonly<Record<string, FactsContent>>;
  /** What a walk over a tree has found, by path and rule. */
  readonly scans: Readonly<Record<string, FactsScan>>;
  /** Looks that got no answer, by what was asked. */
  readonly unknown?: Readonly<Record<string, FactsUnknown>>;
  /** Whether the process may read, write or enter paths. */
  readonly permits?: AnswersJson;
  /** Whether an account may read, write or enter paths. */
  readonly permitsAs?: AnswersJson;
  /** How much room is left. */
  readonly freeBytes?: AnswersJson;
  /** Whether somebody listens at a fifo. */
  readonly listens?: AnswersJson;
  /** Who holds a home. */
  readonly holding?: AnswersJson;
  /** In which layers of an image a directory lies. */
  readonly layerDirectories?: AnswersJson;
  /** Locks of the accounts whose owners are gone. */
  readonly abandonedLocks?: AnswersJson;
}

/** Answers to one kind of question: a list, or a list for each item that was asked about. */
type AnswersJson = readonly unknown[] | Readonly<Record<string, unknown>>;

interface FactsMount {
  /** Whether it is read-only. */
  readonly readOnly: boolean;
  /** Whether nothing on it can be executed. */
  readonly noExec: boolean;
  /** The type of its file system. */
  readonly type: string;
  /** What tells it apart from others. */
  readonly identity?: string;
  /** Its options, as far as they matter. */
  readonly options?: readonly string[];
}

/** What stands at a path. */
type FactsEntry = FactsMissing | FactsPresent;

interface FactsMissing {
  /** That nothing stands there. */
  readonly type: 'missing';
}

interface FactsPresent {
  /** What it is. */
  readonly type: 'file' | 'directory' | 'fifo' | 'socket' | 'device' | 'link';
  /** Where a link points. */
  readonly target?: string;
  /** Its owner, as `uid:gid`. @pattern ^-?\d+:-?\d+$ */
  readonly owner: string;
  /** Its permission bits in octal. @pattern ^0[0-7]{3,4}$ */
  readonly mode: string;
  /** How many names it has. */
  readonly links: number;
  /** Its size in bytes. */
  readonly size: number;
  /** When content, owner or mode last changed, in milliseconds since the epoch. */
  readonly changedAt?: number;
}

interface FactsContent {
  /** Its size in bytes; missing where it could not be read. */
  readonly size?: number;
  /** Why it could not be read. */
  readonly problem?: FactsProblem;
  /** Stands for its digest: equal for equal contents of one document. */
  readonly digest?: string;
  /** What steps have read of it, by the name of the reader. */
  readonly answers?: Readonly<Record<string, FactsAnswer>>;
}

interface FactsAnswer {
  /** What was read. */
  readonly read?: unknown;
  /** Why it could not be read. */
  readonly problem?: FactsProblem;
}

interface FactsScan {
  /** What was found. */
  readonly found?: FactsFound;
  /** Why the walk has failed. */
  readonly problem?: FactsProblem;
}

interface FactsFound {
  /** How many entries there are. */
  readonly entries: number;
  /** How many have a wrong owner. */
  readonly wrong: number;
  /** How many belong to somebody else. */
  readonly others: number;
  /** The first of those with a wrong owner. */
  readonly sample: readonly FactsMisowned[];
  /** The first of their owners, as `uid:gid`. */
  readonly owners: readonly string[];
  /** Whether a change of their owner clears set-uid or set-gid bits. */
  readonly clears: boolean;
  /** Files with several names, which are left alone. */
  readonly hardLinked: FactsSample;
  /** Mounts in the tree, which are left alone. */
  readonly mounts: readonly string[];
  /** Directories that cannot be read. */
  readonly unreadable: readonly string[];
}

interface FactsMisowned {
  /** Its path. */
  readonly path: string;
  /** Its owner, as `uid:gid`. */
  readonly owner: string;
  /** Whom it should belong to, as `uid:gid`. */
  readonly to: string;
  /** The mode bits that a change of the owner clears. */
  readonly clears: number;
}

interface FactsSample {
  /** How many there are. */
  readonly count: number;
  /** The first of them. */
  readonly sample: readonly string[];
}

interface FactsUnknown {
  /** The path. */
  readonly path: string;
  /** The system call that failed. */
  readonly call: string;
  /** Its error, such as EIO. */
  readonly errno: string;
}
