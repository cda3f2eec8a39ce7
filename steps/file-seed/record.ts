import type { Change } from '../../src/changes/change.ts';
import { Problem } from '../../src/errors/problem.ts';
import { ownerOf } from '../../src/step/owner.ts';
import { warning, whatIs } from '../../src/step/phrases.ts';
import { canonical, parentChanges } from '../../src/step/place.ts';
import type { Note, StepContext } from '../../src/step/step.ts';
import { Content, type Reader } from '../../src/system/content.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { nullable, text } from '../../src/text/codec.ts';
import { modeOf } from './source.ts';
import type { Options } from './schema.ts';

/** A digest and the end of its line. */
const RECORD = /^([0-9a-f]{64})\n$/;
const RECORD_SIZE = 65;

const digest: Reader<string | null> = {
  name: 'the digest of what was seeded',
  codec: nullable(text),
  read: (content) => RECORD.exec(content)?.[1] ?? null,
  leaves: (seeded, cover) => (seeded === null ? null : cover.digest(seeded)),
};

/** The digest of what was seeded; undefined where nothing is remembered, or nothing legible. */
export function remembered(system: ReadSystem, at: string): string | undefined {
  const entry = system.look(at);
  if (entry.type !== 'file' || entry.stat.size !== RECORD_SIZE) return undefined;
  return system.readAs(at, digest, RECORD_SIZE) ?? undefined;
}

/**
 * The changes that remember what was seeded, after it was: a boot that is killed between the two
 * finds a file that is as its source and remembers it then.
 *
 * The record belongs to the owner of the file and is as readable. Whoever owns the file can do
 * nothing by a forged record that could not be done to the file itself, and a boot that does not
 * run as root can keep its records up.
 */
export function remember(
  context: StepContext<Options>,
  at: string,
  seeded: string,
  why: string,
): { readonly changes: readonly Change[]; readonly notes: readonly Note[] } {
  const { system, with: options } = context;
  const entry = system.look(at);
  try {
    if (remembered(system, at) === seeded) return { changes: [], notes: [] };
    if (entry.type !== 'missing' && entry.type !== 'file') {
      throw new Problem({ found: `${at} is ${whatIs(entry)}` });
    }
    const path = canonical(system, at);
    const owner = ownerOf(context, options.owner);
    const record: Change = {
      kind: 'file',
      path,
      content: Content.ofText(`${seeded}\n`),
      mode: modeOf(options) & 0o666,
      owner,
      from: entry.type === 'file' ? 'file' : 'absent',
      label: `digest of ${options.path} as it was seeded`,
      why,
    };
    const parents = parentChanges(context, path).map((parent) => ({ ...parent, owner }));
    return { changes: [...parents, record], notes: [] };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const found = `${error.found}: nothing remembers how ${options.path} was seeded, and it will not follow the image`;
    return { changes: [], notes: [warning(found)] };
  }
}
