import type { Change } from '../../src/changes/change.ts';
import { isAnswer } from '../../src/errors/look-failed.ts';
import { Problem } from '../../src/errors/problem.ts';
import { ownerOf } from '../../src/step/owner.ts';
import { warning, whatIs } from '../../src/step/phrases.ts';
import { canonical, parentChanges } from '../../src/step/place.ts';
import type { Note, StepContext } from '../../src/step/step.ts';
import { Content, type Reader } from '../../src/system/content.ts';
import { isHardLinked } from '../../src/system/scan.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { list, text } from '../../src/text/codec.ts';
import { modeOf } from './source.ts';
import type { Options } from './schema.ts';

/** The digest of what was seeded last and, where that took the place of something, of that. */
const RECORD = /^(?:[0-9a-f]{64}\n){1,2}$/;
const SIZES: readonly number[] = [65, 130];

const digests: Reader<readonly string[]> = {
  name: 'the digests of what was seeded',
  codec: list(text),
  read: (content) => (RECORD.test(content) ? content.trimEnd().split('\n') : []),
  leaves: (seeded, cover) => seeded.map((digest) => cover.digest(digest)),
};

/** The digests of what was seeded; none where nothing is remembered, or nothing legible. */
export function remembered(system: ReadSystem, at: string): readonly string[] {
  const entry = system.look(at);
  if (entry.type !== 'file' || !SIZES.includes(entry.stat.size)) return [];
  return system.readAs(at, digests, Math.max(...SIZES));
}

/**
 * The changes that remember what is seeded, before it is: a boot that is killed between the two
 * finds what it was about to replace in the record, too. So a file that is as its source takes no
 * digest in each boot: whatever its record is, it is one of it.
 *
 * The record belongs to the owner of the file and is as readable. Whoever owns the file can do
 * nothing by a forged record that could not be done to the file itself, and a boot that does not
 * run as root can keep its records up.
 */
export function remember(
  context: StepContext<Options>,
  at: string,
  seeded: readonly string[],
  why: string,
): { readonly changes: readonly Change[]; readonly notes: readonly Note[] } {
  const { system, with: options } = context;
  const entry = system.look(at);
  try {
    const lines = seeded.map((digest) => `${digest}\n`).join('');
    const known = remembered(system, at).map((digest) => `${digest}\n`);
    if (known.join('') === lines) return { changes: [], notes: [] };
    if (entry.type !== 'missing' && entry.type !== 'file') {
      throw new Problem({ found: `${at} is ${whatIs(entry)}` });
    }
    if (entry.type === 'file' && isHardLinked(entry)) {
      throw new Problem({ found: `${at} has other names as well` });
    }
    const path = canonical(system, at);
    const owner = ownerOf(context, options.owner);
    const record: Change = {
      kind: 'file',
      path,
      content: Content.ofText(lines),
      mode: modeOf(options) & 0o666,
      owner,
      from: entry.type === 'file' ? 'file' : 'absent',
      label: `digest of ${options.path} as it is seeded`,
      why,
    };
    const parents = parentChanges(context, path).map((parent) => ({ ...parent, owner }));
    return { changes: [...parents, record], notes: [] };
  } catch (error) {
    if (!isAnswer(error)) throw error;
    const found = `${error.found}: nothing remembers how ${options.path} was seeded, and it will not follow the image`;
    return { changes: [], notes: [warning(found)] };
  }
}
