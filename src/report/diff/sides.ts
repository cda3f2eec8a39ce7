/** Reads the content of a changed file on both sides, as far as it can be shown. */
import { Problem } from '../../errors/problem.ts';
import type { Content } from '../../system/content.ts';
import { READ_LIMIT } from '../../system/system.ts';
import type { RawEntry } from '../../system/tree.ts';
import { textOf } from './public-texts.ts';
import type { ChangedPath, Unknown, WorldDifference } from './world-difference.ts';

/** The content of a file on one side; undefined where no file is there. */
export type Side =
  | { readonly kind: 'text'; readonly text: string; readonly isClosed: boolean }
  /** Not text, or more than is read; size in bytes. */
  | { readonly kind: 'binary' | 'large'; readonly size: number }
  | { readonly kind: 'unknown'; readonly found: string };

/** Before and after. */
export type Sides = readonly [before: Side | undefined, after: Side | undefined];

/** Others than the owner and the group may read it. */
const OPEN = 0o004;

/** The contents of a changed path; none where its content stays. */
export function sidesOf({ path, before, after }: ChangedPath, worlds: WorldDifference): Sides {
  if (before instanceof Problem) return [{ kind: 'unknown', found: before.found }, undefined];
  if (before.type === 'file' && after.type === 'file' && !worlds.isWritten(path)) {
    return [undefined, undefined];
  }
  const contents = worlds.contents(path);
  return [sideOf(before, contents.before), sideOf(after, contents.after)];
}

function sideOf(entry: RawEntry, read: () => Content | Unknown): Side | undefined {
  if (entry.type !== 'file') return undefined;
  const { size, mode } = entry.stat;
  if (size > READ_LIMIT) return { kind: 'large', size };
  const content = read();
  const text = content instanceof Problem ? content : textOf(content);
  if (text instanceof Problem) return { kind: 'unknown', found: text.found };
  if (text === null) return { kind: 'binary', size };
  return { kind: 'text', text, isClosed: (mode & OPEN) === 0 };
}
