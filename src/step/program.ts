/** Programs that a step runs, and whether files still hold what a step or a stamp remembers. */
import type { Change } from '../changes/change.ts';
import { fingerprint } from '../changes/kinds.ts';
import { Problem } from '../errors/problem.ts';
import { ownerOf } from './owner.ts';
import { targetOf, whatIs } from './notes.ts';
import { canonical, parentChanges } from './paths.ts';
import type { StepContext } from './step.ts';
import type { Identity } from '../system/accounts.ts';
import { Content, type Reader } from '../system/content.ts';
import type { Entry } from '../system/entry.ts';
import type { ReadSystem } from '../system/system.ts';
import { flag, text } from '../text/codec.ts';

/** As many links in a row as a program may hide behind. */
const MAX_HOPS = 8;

/** A file that remembers what some other files were like. */
export interface Fingerprint {
  readonly of: readonly string[];
  readonly stamp: string;
}

/** A fingerprint as a file remembers it: what is neither digest nor type of entry is not ours. */
const remembered: Reader<string> = {
  name: 'the fingerprint',
  codec: text,
  read: (content) => content.trim(),
  leaves: (lines, cover) =>
    lines
      .split('\n')
      .map((line) => {
        const [, digest, rest = ''] = /^([0-9a-f]{64})( {2}\/.*)$/.exec(line) ?? [];
        if (digest !== undefined) return cover.digest(digest) + rest;
        return /^[a-z-]{1,12} {2}\/.*$/.test(line) ? line : cover.value(line);
      })
      .join('\n'),
};

/**
 * Whether something stands at a path, or where the links there lead. A link that must not be
 * followed counts as leading somewhere: only whoever follows it as another user can tell.
 */
export function isPresent(system: ReadSystem, path: string): boolean {
  return endOf(system, path).type !== 'missing';
}

/** What stands at a path, or where the links there lead: for who will follow them to run it. */
export function endOf(system: ReadSystem, path: string): Entry {
  let at = path;
  for (let hops = 0; hops < MAX_HOPS; hops += 1) {
    const entry = system.look(at);
    if (entry.type !== 'link') return entry;
    at = targetOf(at, entry.target);
  }
  return { type: 'missing' };
}

/** As whom the commands of a step run; undefined for the user of this process. */
export function identityOf(context: StepContext<unknown>): Identity | undefined {
  return context.as === undefined ? undefined : context.system.accounts().identity(context.as);
}

/** Whether the files still are what the stamp remembers. */
export function isUnchanged(system: ReadSystem, { of, stamp }: Fingerprint): boolean {
  const entry = system.look(stamp);
  if (entry.type === 'missing') return false;
  if (entry.type !== 'file') {
    throw new Problem({ found: `${stamp} is ${whatIs(entry)}`, wanted: 'a regular file' });
  }
  return system.readAs(stamp, remembered) === fingerprint(system, of);
}

/** The changes that make a stamp remember what files are like by then. */
export function stampChanges(
  context: StepContext<unknown>,
  { of, stamp }: Fingerprint,
  why: string,
): Change[] {
  const path = canonical(context.system, stamp);
  return [
    ...parentChanges(context, path),
    { kind: 'stamp', path, of, owner: ownerOf(context), why },
  ];
}

/**
 * Whether a file holds the very content that a step would give it. For contents of the plan and
 * the image: facts name them by their digest, so that no secret of a file may be in one.
 */
export function contentEquals(content: Content): Reader<boolean> {
  return {
    get name() {
      return `whether it has SHA-256 ${content.digest()}`;
    },
    codec: flag,
    read: (text, exact) => exact && Content.ofText(text).equals(content),
  };
}
