import { as, count, list, Malformed, object, optional, text, word } from '../text/codec.ts';
import type { Codec } from '../text/codec.ts';
import { Content, type Reader } from './content.ts';
import type { EntryKind, How } from './unkept.ts';

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

const ABOUT = 'hermes-boot mounts';
const VERSION = 1;

interface Written {
  readonly about: typeof ABOUT;
  readonly version: number;
  readonly mounts: readonly MountMemory[];
}

const how = word('ignored', 'refused');
const version: Codec<number> = as(
  count,
  (value: number) => value,
  (value) => {
    if (value !== VERSION) throw new Malformed('version', `version ${VERSION}`);
    return value;
  },
);
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

const written: Codec<readonly MountMemory[]> = as(
  object<Written>({ about: word(ABOUT), version, mounts: list(mount) }),
  (mounts) => ({ about: ABOUT, version: VERSION, mounts }),
  ({ mounts }) => mounts.slice(0, MOST_MOUNTS),
);

/** How a memory is read. What is not one counts as none: its place is in a home. */
export const mountMemory: Reader<readonly MountMemory[]> = {
  name: 'what mounts do not keep',
  codec: written,
  read(record) {
    try {
      return written.decode(JSON.parse(record), '');
    } catch (error) {
      if (error instanceof Malformed || error instanceof SyntaxError) return [];
      throw error;
    }
  },
};

/** The content of a memory. */
export function memoryContent(mounts: readonly MountMemory[]): Content {
  const bounded = mounts
    .slice(-MOST_MOUNTS)
    .map((one) => ({ ...one, modes: one.modes.slice(-MOST_MODES) }));
  return Content.ofText(`${JSON.stringify(written.encode(bounded))}\n`);
}
