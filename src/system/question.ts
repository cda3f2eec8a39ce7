/**
 * What a world is asked besides its entries, as data: each kind of question, its answer, and how a
 * record has it. A new kind is a row here, and its answer in real/real-tree.ts and in overlay.ts.
 */
import {
  as,
  flag,
  list,
  nullable,
  number,
  object,
  optional,
  text,
  type Codec,
} from '../text/codec.ts';
import type { Identity } from './accounts.ts';

/** What an account may need: to enter a directory, to make and remove entries in one, to read a file. */
export type Right = 'enter' | 'write-in' | 'read';

/** A permission that an account may have. */
export interface Asked {
  /** A canonical path. */
  readonly path: string;
  readonly right: Right;
}

/** This container, and what the kernel knows of a record by which one of several says that it is there. */
export interface Holding {
  /** What this container is called, as far as it knows. */
  readonly host: string;
  /** Tells starts of machines apart. */
  readonly boot: string;
  /** Tells containers of one machine apart. */
  readonly start: string;
  /** Whether a process holds a lock of flock(2) on the file; absent where nobody can tell. */
  readonly locked?: boolean | undefined;
  /** How many seconds ago it was touched; absent where it is missing. */
  readonly age?: number | undefined;
}

interface Kinds {
  /**
   * Whether the kernel grants this process permissions to an entry, with `bits` as in the last octal
   * digit of a mode: it alone knows of access lists, and of servers that do not trust root.
   * Undefined where there is no kernel to ask: the mode has to decide.
   */
  permits: [asked: { readonly path: string; readonly bits: number }, answer: boolean | undefined];
  /**
   * The same for an account, the way there included, with access lists, mount options and servers
   * in mind; nothing is changed, and no process is started. An answer to each question in their
   * order, undefined also for what is neither a directory nor a regular file.
   */
  permitsAs: [
    asked: { readonly account: Identity; readonly asked: readonly Asked[] },
    answer: readonly (boolean | undefined)[],
  ];
  /** How many bytes still fit where a path is; undefined where nobody knows: it is a forecast. */
  freeBytes: [asked: { readonly path: string }, answer: number | undefined];
  /** Whether a process reads from a FIFO, as a supervisor does from its control. */
  listens: [asked: { readonly path: string }, answer: boolean];
  /** Who may hold a file, and who asks; undefined where there is no container to speak of. */
  holding: [asked: { readonly path: string }, answer: Holding | undefined];
  /**
   * The names of the directories in a directory of the layers that a container's image is made of;
   * undefined where it is not one, or something in it is a mount of its own. Where a file in a layer
   * changes, overlayfs makes the directory anew that holds it: the time of its change says that
   * nothing in it has changed, with no look at the files.
   */
  layerDirectories: [asked: { readonly path: string }, answer: readonly string[] | undefined];
  /** Lock files of the account databases whose makers are surely gone, as canonical paths. */
  abandonedLocks: [asked: object, answer: readonly string[]];
}

/** The name of a kind of question. */
export type QuestionKind = keyof Kinds;

/** A question to a world; one with a path is about the entry there. */
export type Question<K extends QuestionKind = QuestionKind> = {
  [P in K]: { readonly kind: P } & Kinds[P][0];
}[K];

/** What is answered to a kind of question. */
export type Answer<K extends QuestionKind> = Kinds[K][1];

/** An answer to each kind: a kind that is not answered does not compile. */
export type Answers = {
  readonly [K in QuestionKind]: (question: Question<K>) => Answer<K>;
};

/** One thing that a question asks for: its name in a record, and what it is for a person. */
interface Item {
  readonly key: string;
  readonly what: string;
}

/** What the worlds need to know of a kind that pass questions on, or write answers down. */
interface Form<K extends QuestionKind> {
  /** The answer where there is no kernel to ask, and no such entry. */
  readonly none: (question: Question<K>) => Answer<K>;
  readonly items: (question: Question<K>) => readonly Item[];
  /** An answer as JSON, a value for each item. */
  readonly write: (answer: Answer<K>) => readonly unknown[];
  /** @throws Malformed when a value is not what `write` gives */
  readonly read: (values: readonly unknown[]) => Answer<K>;
}

/** Written as null where nobody knows. */
const known: Codec<boolean | undefined> = orNull(flag);

const holding = object<Holding>({
  host: text,
  boot: text,
  start: text,
  locked: optional(flag),
  age: optional(number),
});

const FORMS: { readonly [K in QuestionKind]: Form<K> } = {
  permits: {
    none: () => undefined,
    items: ({ path, bits }) => [
      { key: `${path} ${bits}`, what: `what this process may do to ${path}` },
    ],
    ...single(known),
  },
  permitsAs: {
    none: ({ asked }) => asked.map(() => undefined),
    items: ({ account: { name, uid, gid, groups }, asked }) =>
      asked.map(({ path, right }) => ({
        key: `${uid}:${gid} of ${groups.join(',')} ${right} ${path}`,
        what: `what ${name} may do to ${path}`,
      })),
    write: (answers) => answers.map((answer) => known.encode(answer)),
    read: (values) => values.map((value) => known.decode(value, '')),
  },
  freeBytes: {
    none: () => undefined,
    items: ({ path }) => [{ key: path, what: `how much fits at ${path}` }],
    ...single(orNull(number)),
  },
  listens: {
    none: () => false,
    items: ({ path }) => [{ key: path, what: `who reads from ${path}` }],
    ...single(flag),
  },
  holding: {
    none: () => undefined,
    items: ({ path }) => [{ key: path, what: `who holds ${path}` }],
    ...single(orNull(holding)),
  },
  layerDirectories: {
    none: () => undefined,
    items: ({ path }) => [{ key: path, what: `which directories are in ${path}` }],
    ...single(orNull(list(text))),
  },
  abandonedLocks: {
    none: () => [],
    items: () => [{ key: '', what: 'who holds the locks of the accounts' }],
    ...single(list(text)),
  },
};

/** The names of all kinds. */
export const QUESTION_KINDS: readonly string[] = Object.keys(FORMS);

/** How questions of a kind are passed on and written down. */
export function formOf<K extends QuestionKind>({ kind }: { readonly kind: K }): Form<K> {
  return FORMS[kind];
}

function single<T>(codec: Codec<T>): {
  write: (answer: T) => readonly unknown[];
  read: (values: readonly unknown[]) => T;
} {
  return {
    write: (answer) => [codec.encode(answer)],
    read: ([value]) => codec.decode(value, ''),
  };
}

function orNull<T>(codec: Codec<T>): Codec<T | undefined> {
  return as(
    nullable(codec),
    (value) => value ?? null,
    (value) => value ?? undefined,
  );
}
