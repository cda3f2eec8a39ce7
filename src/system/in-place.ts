/**
 * Keeps a copy while a mounted file is written in place, since rename(2) cannot replace a mount point.
 * After a boot that was killed in the middle the next one finishes the write from the copy, if what is
 * there now can only come from that write.
 */
import { as, list, Malformed, object, text, word, type Codec } from '../text/codec.ts';
import { Content, type Reader } from './content.ts';
import type { Stat } from './entry.ts';
import { recordReader } from './home-record.ts';
import { isWithin, join, parentOf } from './path.ts';
import { READ_LIMIT, type ReadSystem } from './system.ts';
import type { LinkPolicy } from './world.ts';

/** The copy lies directly in the home, beside the other records: one, since writes do not overlap. */
export const COPY_FILE = '.hermes-boot.write';

/** It may hold secrets. */
export const COPY_MODE = 0o600;

/** In bytes: both contents in base64, and what is around them. */
export const COPY_LIMIT = 4 * READ_LIMIT;

/** A write in place: what the file held before, and what it should hold after. */
export interface InPlaceWrite {
  readonly path: string;
  readonly from: Content;
  readonly to: Content;
}

const ABOUT = 'hermes-boot write 1';

interface Written {
  readonly about: typeof ABOUT;
  readonly path: string;
  /** Before and after, in base64. */
  readonly contents: readonly string[];
}

const written: Codec<InPlaceWrite> = as(
  object<Written>({ about: word(ABOUT), path: text, contents: list(text) }),
  ({ path, from, to }: InPlaceWrite): Written => ({
    about: ABOUT,
    path,
    contents: [from, to].map((content) => Buffer.from(content.reveal()).toString('base64')),
  }),
  ({ path, contents }) => {
    const [from, to] = contents.map((one) => Content.ofBytes(Buffer.from(one, 'base64')));
    if (from === undefined || to === undefined) throw new Malformed('contents', 'two contents');
    return { path, from, to };
  },
);

/** How a copy is read. What is not one counts as none. */
export const inPlaceWrite: Reader<InPlaceWrite | undefined> = {
  ...recordReader('the copy of a write in place', written),
  // Nothing of two contents that may hold secrets.
  leaves: () => undefined,
};

/** The content of the copy of a write. */
export function copyOf(write: InPlaceWrite): Content {
  return Content.ofText(JSON.stringify(written.encode(write)));
}

/** Whether nobody but this process's own user (root, in most boots) can have written a copy. */
export function isOwnCopy({ uid, nlink, mode }: Stat, self: number): boolean {
  return uid === self && nlink === 1 && (mode & 0o077) === 0;
}

/**
 * Where the copy for a file lies: directly in the tree of the plan, such as the home, that holds it.
 * @param target a canonical path
 * @returns undefined where the plan names no tree around it
 */
export function copyFor(target: string, system: Guarding): string | undefined {
  const around = system.policy.guarded
    .flatMap((tree) => copyIn(tree, system) ?? [])
    .filter((copy) => isWithin(target, parentOf(copy)));
  return around.sort((a, b) => b.length - a.length)[0];
}

/** Where a copy may lie in a tree of the plan; undefined behind a link that is not to be trusted. */
export function copyIn(tree: string, system: Guarding): string | undefined {
  const resolution = system.resolve(join(tree, COPY_FILE));
  return resolution.kind === 'path' ? resolution.path : undefined;
}

/** A world that knows the trees of a plan. */
type Guarding = Pick<ReadSystem, 'resolve'> & { readonly policy: LinkPolicy };

/**
 * How a file stands to a write of it: `before` and `after` hold the one or the other content whole,
 * `half` can only come from the write itself, and anything else was made by somebody since.
 */
export function standing(
  now: Content,
  { from, to }: InPlaceWrite,
): 'before' | 'half' | 'after' | 'other' {
  if (now.equals(to)) return 'after';
  if (now.equals(from)) return 'before';
  const [is, old, wanted] = [now.reveal(), from.reveal(), to.reveal()];
  if (is.length > Math.max(old.length, wanted.length)) return 'other';
  // What had not reached the disk when the power went reads as zeros.
  const own = is.every((byte, at) => byte === wanted[at] || byte === old[at] || byte === 0);
  return own ? 'half' : 'other';
}
