import { as, count, list, Malformed, number, object, optional, word } from '../text/codec.ts';
import type { Codec } from '../text/codec.ts';
import { Content, type Reader } from './content.ts';
import type { Owner } from './entry.ts';

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

const ABOUT = 'hermes-boot ids';
const VERSION = 1;

/** The last 32-bit number is no id; see chown(2). */
const LARGEST_ID = 2 ** 32 - 2;

interface Written {
  readonly about: typeof ABOUT;
  readonly version: number;
  readonly users: readonly WrittenId[];
  readonly groups: readonly WrittenId[];
  readonly settled?: Owner | undefined;
}

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

const written: Codec<HomeIds> = as(
  object<Written>({
    about: word(ABOUT),
    version: as(
      count,
      (value: number) => value,
      (value) => {
        if (value !== VERSION) throw new Malformed('version', `version ${VERSION}`);
        return value;
      },
    ),
    users: ids,
    groups: ids,
    settled: optional(object<Owner>({ uid: id, gid: id })),
  }),
  (ids) => toWritten(ids, 0),
  ({ users, groups, settled }) => ({ users, groups, ...(settled && { settled }) }),
);

/** How a record is read. What is not one counts as none: its place is in a home. */
export const homeIds: Reader<HomeIds | undefined> = {
  name: 'the ids of a home',
  codec: optional(written),
  read(text) {
    try {
      return written.decode(JSON.parse(text), '');
    } catch (error) {
      if (error instanceof Malformed || error instanceof SyntaxError) return undefined;
      throw error;
    }
  },
};

/**
 * The content of a record that is written at a moment.
 * @param now by the clock of the file system, in milliseconds
 */
export function homeIdsContent(record: HomeIds, now: number): Content {
  return Content.ofText(`${JSON.stringify(toWritten(record, now))}\n`);
}

function toWritten({ users, groups, settled }: HomeIds, now: number): Written {
  const dated = (all: readonly RememberedId[]): WrittenId[] =>
    all.map(({ id: one, since }) => {
      if (since === undefined) return { id: one };
      return { id: one, since: since === 'now' ? Math.floor(now) : since };
    });
  const both = { users: dated(users), groups: dated(groups) };
  return { about: ABOUT, version: VERSION, ...both, ...(settled && { settled }) };
}
