/** What a record of a world has, and how it is written: all that was asked of it, with the answers. */
import { Problem, type ProblemParts } from '../../errors/problem.ts';
import {
  parseMode,
  showMode,
  showOwner,
  type Owner,
  type SpecialType,
  type Stat,
} from '../entry.ts';
import type { Mount } from '../mounts.ts';
import { ruleKey, type OwnerRule } from '../owner-rule.ts';
import { QUESTION_KINDS, type QuestionKind } from '../question.ts';
import type { Misowned, OwnerScan, RawEntry } from '../tree.ts';
import {
  as,
  count,
  flag,
  list,
  matching,
  number,
  object,
  optional,
  table,
  text,
  variant,
  word,
  type Codec,
  type TypeOf,
} from '../../text/codec.ts';

/** The answers to one kind of question, by item. */
type Items = ReadonlyMap<string, unknown>;

/** The key of a look that got no answer. */
export function unknownKey(look: Look, about: string): string {
  return `${look} ${about}`;
}

/** How a world can be looked at. */
export type Look = 'look' | 'read' | 'list' | 'scan' | QuestionKind;

/** What was read of a file. */
export interface ContentRecord {
  /** In bytes; absent when it could not be read. */
  readonly size?: number | undefined;
  readonly problem?: ProblemParts | undefined;
  /** Stands for its digest: equal for equal contents of one document. */
  readonly digest?: string | undefined;
  /** What readers have made of it, by their names, as their codecs write it. */
  readonly answers?: ReadonlyMap<string, Answer> | undefined;
}

/** What a reader has made of a file, as far as it may leave. */
export interface Answer {
  readonly read?: unknown;
  readonly problem?: ProblemParts | undefined;
}

/** What a walk over a tree has found. */
export interface ScanRecord {
  readonly found?: OwnerScan | undefined;
  readonly problem?: ProblemParts | undefined;
}

/** The key of a scan. */
export function scanKey(path: string, rule: OwnerRule): string {
  return `${path} ${ruleKey(rule)}`;
}

/** The parts that make the same Problem again. */
export function partsOf({ code, found, wanted, mend }: Problem): ProblemParts {
  return { code, found, ...(wanted === undefined ? {} : { wanted }), mend };
}

const anything: Codec<unknown> = { encode: (value) => value, decode: (json) => json };

/** How a problem is written: its parts for a person. */
export const problem: Codec<ProblemParts> = as(
  object({
    code: word('failed', 'not-permitted', 'timeout', 'transient', 'io', 'invalid', 'unanswered'),
    found: text,
    wanted: optional(text),
    mend: list(text),
  }),
  (parts: ProblemParts) => {
    const { code, found, wanted, mend } = partsOf(new Problem(parts));
    return { code: code ?? 'failed', found, wanted, mend: [mend ?? []].flat() };
  },
  ({ code, found, wanted, mend }) => ({
    code,
    found,
    ...(wanted === undefined ? {} : { wanted }),
    mend,
  }),
);

const owner: Codec<Owner> = as(matching(/^-?\d+:-?\d+$/, 'owner'), showOwner, (written) => {
  const [uid = -1, gid = -1] = written.split(':').map(Number);
  return { uid, gid };
});

/** A new property of a stat is a line here, one in `write` and one in `read`. */
const STAT = {
  owner,
  mode: as(matching(/^0[0-7]{3,4}$/, 'mode'), showMode, parseMode),
  links: count,
  size: count,
  changedAt: optional(number),
};

interface Written {
  readonly owner: Owner;
  readonly mode: number;
  readonly links: number;
  readonly size: number;
  readonly changedAt?: number | undefined;
}

const write = ({ uid, gid, mode, nlink, size, changedAt }: Stat): Written => ({
  owner: { uid, gid },
  mode,
  links: nlink,
  size,
  ...(changedAt === undefined ? {} : { changedAt }),
});

const read = ({ owner: { uid, gid }, mode, links, size, changedAt }: Written): Stat => ({
  uid,
  gid,
  mode,
  nlink: links,
  size,
  ...(changedAt === undefined ? {} : { changedAt }),
});

type Plain = 'file' | 'directory' | SpecialType;

function plain(type: Plain): Codec<RawEntry> {
  return as(
    object<Written & { type: Plain }>({ type: word(type), ...STAT }),
    (entry: Extract<RawEntry, { type: Plain }>) => ({ type, ...write(entry.stat) }),
    (written) => ({ type, stat: read(written) }),
  );
}

const link: Codec<RawEntry> = as(
  object<Written & { type: 'link'; target: string }>({ type: word('link'), target: text, ...STAT }),
  ({ target, stat }: Extract<RawEntry, { type: 'link' }>) => ({
    type: 'link' as const,
    target,
    ...write(stat),
  }),
  ({ target, ...written }) => ({ type: 'link', target, stat: read(written) }),
);

const entry: Codec<RawEntry> = variant<RawEntry>('type', {
  file: plain('file'),
  directory: plain('directory'),
  fifo: plain('fifo'),
  socket: plain('socket'),
  device: plain('device'),
  link,
  missing: object({ type: word('missing') }),
});

/** How a scan is written. */
export const ownerScan: Codec<OwnerScan> = object<OwnerScan>({
  entries: count,
  wrong: count,
  others: count,
  sample: list(object<Misowned>({ path: text, owner, to: owner, clears: count })),
  owners: list(owner),
  clears: flag,
  hardLinked: object({ count, sample: list(text) }),
  mounts: list(text),
  unreadable: list(text),
});

/** A new property of a mount is a line here. */
const mount: Codec<Mount> = object<Mount>({
  readOnly: flag,
  noExec: flag,
  type: text,
  identity: optional(text),
  options: optional(list(text)),
});

/** A look that got no answer; see LookFailed. */
const unknownLook = object({ path: text, call: text, errno: text });

export type UnknownRecord = TypeOf<typeof unknownLook>;

const looks = object({
  mounts: table(mount),
  entries: table(entry),
  lists: table(list(text)),
  contents: table(
    object<ContentRecord>({
      size: optional(count),
      problem: optional(problem),
      digest: optional(text),
      answers: optional(
        table(object<Answer>({ read: optional(anything), problem: optional(problem) })),
      ),
    }),
  ),
  /** By path and rule: `/opt/data/cron 1000:1000 from 0,10000:0,10000`. */
  scans: table(object<ScanRecord>({ found: optional(ownerScan), problem: optional(problem) })),
  /** By what was asked: `look /opt/data`. Absent when every look got an answer. */
  unknown: optional(table(unknownLook)),
});

/** What was asked of a world, each with its answer; a Problem where that was none. */
export interface WorldRecord extends TypeOf<typeof looks> {
  /** By kind of question and item, as JSON: `permits`, `/opt/data 2`. See question.ts. */
  readonly answers: Readonly<Record<string, Items | undefined>>;
}

/** A record has these also where nobody asked: the first release demands them. */
const ALWAYS: ReadonlySet<string> = new Set(['permits', 'freeBytes', 'listens', 'holding']);

/** The answers to one kind of question; what is asked of the whole world has no name of its own. */
function answersTo(kind: string): Codec<Items | undefined> {
  return {
    encode(items = new Map()) {
      if (items.size === 0 && !ALWAYS.has(kind)) return undefined;
      return items.has('') ? items.get('') : Object.fromEntries(items);
    },
    decode(json, at) {
      if (json === undefined) return undefined;
      return Array.isArray(json) ? new Map([['', json]]) : table(anything).decode(json, at);
    },
  };
}

const answers = object<WorldRecord['answers']>(
  Object.fromEntries(QUESTION_KINDS.map((kind) => [kind, answersTo(kind)])),
);

/** How a record is written. */
export const worldRecord: Codec<WorldRecord> = {
  encode: (record) => Object.assign({}, looks.encode(record), answers.encode(record.answers)),
  decode: (json, at) => ({ ...looks.decode(json, at), answers: answers.decode(json, at) }),
};
