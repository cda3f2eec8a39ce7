/** What a home remembers of the ids that its account has had, and the file that root keeps it in. */
import { as, count, list, Malformed, number, object, optional, type Codec } from '../text/codec.ts';
import type { Content, Reader } from './content.ts';
import type { Owner } from './entry.ts';
import { marked, recordContent, recordReader } from './home-record.ts';

/** An id that the account of a home has had. */
export interface RememberedId {
  readonly id: number;
  /**
   * From when on what belongs to it is the account's, in milliseconds by the clock of the file
   * system; `now` until it is written down. Without it there is no limit.
   */
  readonly since?: number | 'now' | undefined;
}

/** What a home remembers of the ids of its account. */
export interface HomeIds {
  readonly users: readonly RememberedId[];
  readonly groups: readonly RememberedId[];
  /** To whom everything of the account has been given; absent until it has been once. */
  readonly settled?: Owner | undefined;
}

/** The file in a home that root keeps it in, beside the lock. */
export const IDS_FILE = '.hermes-boot.ids';

/** Root's, and read by everybody: ids are no secret. */
export const IDS_MODE = 0o644;

/** The last 32-bit number is not an id; see chown(2). */
const LARGEST_ID = 2 ** 32 - 2;

type Written = Omit<HomeIds, 'users' | 'groups'> & {
  readonly users: readonly WrittenId[];
  readonly groups: readonly WrittenId[];
};

interface WrittenId {
  readonly id: number;
  readonly since?: number | undefined;
}

/** An id that an account may have: never root's. */
const id: Codec<number> = {
  encode: (value) => value,
  decode(json, at) {
    const value = count.decode(json, at);
    if (value < 1 || value > LARGEST_ID) throw new Malformed(at, 'id of an account');
    return value;
  },
};

const ids = list(object<WrittenId>({ id, since: optional(number) }));

const written = marked(
  'hermes-boot ids',
  1,
  object<Written>({
    users: ids,
    groups: ids,
    settled: optional(object<Owner>({ uid: id, gid: id })),
  }),
);

/** How a record is read. What is not one counts as none: its place is in a home. */
export const homeIds: Reader<HomeIds | undefined> = recordReader(
  'the ids of a home',
  as(
    written,
    (record: HomeIds) => dated(record, 0),
    (record) => record,
  ),
);

/**
 * The content of a record that is written at a moment.
 * @param now by the clock of the file system, in milliseconds
 */
export function homeIdsContent(record: HomeIds, now: number): Content {
  return recordContent(written, dated(record, now));
}

function dated({ users, groups, settled }: HomeIds, now: number): Written {
  const each = (all: readonly RememberedId[]): WrittenId[] =>
    all.map(({ id: one, since }) => {
      if (since === undefined) return { id: one };
      return { id: one, since: since === 'now' ? Math.floor(now) : since };
    });
  return { users: each(users), groups: each(groups), ...(settled && { settled }) };
}
