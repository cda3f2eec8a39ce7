/**
 * What file systems do not keep of owners and modes, and how a home remembers it: CIFS, exFAT, 9p
 * and many FUSE file systems accept a change and keep nothing, others refuse it.
 */
import { as, count, list, object, optional, text, word } from '../text/codec.ts';
import type { Content, Reader } from './content.ts';
import { marked, recordContent, recordReader } from './home-record.ts';

/** How a file system fails to keep: it says yes and does nothing or something else; or says no. */
export type How = 'ignored' | 'refused';

/** The kinds of entry that file systems treat differently. */
export type EntryKind = 'file' | 'directory';

/** One part of the rights of an entry that is not as it was asked for. */
export interface Unkept {
  /** What the change was about, as a canonical path. */
  readonly path: string;
  readonly kind: EntryKind;
  readonly part: 'mode' | 'user' | 'group';
  /** The mode or id that was asked for, and the one that is seen after it. */
  readonly asked: number;
  readonly shown: number;
  readonly how: How;
}

/** What the kernel answers where a file system refuses an owner or a mode; see chown(2), chmod(2). */
export const REFUSALS: ReadonlySet<string> = new Set([
  'EPERM',
  'EACCES',
  'EOPNOTSUPP',
  'ENOSYS',
  'EINVAL',
]);

/** A mode that a mount does not keep: what was asked for, and what is seen after it. */
export interface UnkeptMode {
  readonly kind: EntryKind;
  readonly asked: number;
  readonly shown: number;
  readonly how: How;
}

/** What a mount is known not to keep; absent is what it keeps, or nobody has tried. */
export interface MountMemory {
  /** Which mount; see Mount.identity. */
  readonly mount: string;
  readonly user?: How | undefined;
  readonly group?: How | undefined;
  /** One by one, since there are masks, and file systems that keep those of files alone. */
  readonly modes: readonly UnkeptMode[];
}

/** The file in a home that remembers what mounts do not keep, beside the lock. */
export const MOUNTS_FILE = '.hermes-boot.mounts';

/** Its mode: it names servers. */
export const MOUNTS_MODE = 0o600;

/** How much is remembered: more would be no rule of a file system. */
const MOST_MOUNTS = 16;
const MOST_MODES = 256;

const how = word('ignored', 'refused');
const mode = object<UnkeptMode>({
  kind: word('file', 'directory'),
  asked: count,
  shown: count,
  how,
});
const mount = object<MountMemory>({
  mount: text,
  user: optional(how),
  group: optional(how),
  modes: list(mode),
});

const written = as(
  marked('hermes-boot mounts', 1, object({ mounts: list(mount) })),
  (mounts: readonly MountMemory[]) => ({
    mounts: mounts
      .slice(-MOST_MOUNTS)
      .map((one) => ({ ...one, modes: one.modes.slice(-MOST_MODES) })),
  }),
  ({ mounts }) => mounts.slice(0, MOST_MOUNTS),
);

/** How a memory is read. What is not one counts as none: its place is in a home. */
export const mountMemory: Reader<readonly MountMemory[] | undefined> = recordReader(
  'what mounts do not keep',
  written,
);

/** The content of a memory. */
export function memoryContent(mounts: readonly MountMemory[]): Content {
  return recordContent(written, mounts);
}
