/** Whether a seeded file follows a new source: not once a person has edited it. */
import type { Change } from '../../src/changes/change.ts';
import { isAnswer } from '../../src/errors/look-failed.ts';
import { Problem, unreachable } from '../../src/errors/problem.ts';
import { ownerOf } from '../../src/step/owner.ts';
import { warning, whatIs } from '../../src/step/notes.ts';
import { canonical, parentChanges } from '../../src/step/paths.ts';
import { changesOr, type Note, type Outcome, type StepContext } from '../../src/step/step.ts';
import { Content, type Reader } from '../../src/system/content.ts';
import type { Stat } from '../../src/system/entry.ts';
import { isHardLinked } from '../../src/system/scan.ts';
import { READ_LIMIT, type ReadSystem } from '../../src/system/system.ts';
import { list, text } from '../../src/text/codec.ts';
import { modeOf, type Options, putInPlace, type Source, sourceOf } from './source.ts';

/**
 * How a file stands to its source.
 *
 * - `equal`: it holds the same, whoever put it there.
 * - `foreign`: it differs, and nothing remembers that it was seeded.
 * - `pristine`: nobody has edited it since it was seeded, but the image has a new source.
 * - `edited`: it was edited, and the source is as it was then.
 * - `passed-over`: it was edited, and the image has a new source.
 */
type Standing = 'equal' | 'foreign' | 'pristine' | 'edited' | 'passed-over';

/**
 * What becomes of a file that is there and may follow its source, as dpkg does with conffiles: the
 * hand of a person outweighs the image, the image an untouched default.
 */
export function followSource(context: StepContext<Options>, stat: Stat, record: string): Outcome {
  const { system, with: options } = context;
  const { path } = options;
  const stays = (converged: string): Outcome => ({ converged });
  const source = sourceOf(context);
  if (source === undefined || typeof source === 'string') {
    return stays(`${path} is there and stays as it is`);
  }
  const standing = standingOf(system, path, stat, source, record);
  if (standing instanceof Problem) {
    const notes = [warning(`${standing.found}: ${path} stays as it is`)];
    return { converged: `${path} cannot be compared`, notes };
  }
  switch (standing) {
    case 'equal': {
      const converged = `${path} is as the image has it`;
      if (remembered(system, record).length === 1) return stays(converged);
      const why = 'it is as the image has it; the next image can tell whether anybody edited it';
      const { changes, notes } = remember(context, record, [source.content().digest()], why);
      return changesOr(changes, converged, notes);
    }
    case 'pristine': {
      const why = 'nobody has edited it, and the image has a new one';
      const change = putInPlace(context, source, { from: 'file', why });
      const [old, now] = [system.read(path).digest(), source.content().digest()];
      const { changes, notes } = remember(context, record, [old, now], why);
      // Alone: who puts the old one back has edited it.
      const after = notes.length > 0 ? { changes } : remember(context, record, [now], why);
      // A mode that somebody has tightened stays tight.
      const mode = stat.mode & change.mode;
      return { changes: [...changes, { ...change, mode }, ...after.changes], notes };
    }
    case 'foreign':
      return stays(`${path} is there, was not seeded by this image, and stays as it is`);
    case 'edited':
      return stays(`${path} was edited here and stays as it is`);
    case 'passed-over':
      return stays(`${path} was edited here: the image's new default is not taken`);
    default:
      return unreachable(standing);
  }
}

/** Reads no more than it takes to tell; a Problem where it cannot. */
function standingOf(
  system: ReadSystem,
  path: string,
  stat: Stat,
  source: Source,
  record: string,
): Standing | Problem {
  try {
    if (stat.size === source.size && source.equals(system.read(path))) {
      return 'equal';
    }
    const seeded = remembered(system, record);
    if (seeded.length === 0) return 'foreign';
    // Nothing larger is ever seeded.
    const own = stat.size <= READ_LIMIT ? system.read(path).digest() : undefined;
    if (own !== undefined && seeded.includes(own)) return 'pristine';
    return seeded.includes(source.content().digest()) ? 'edited' : 'passed-over';
  } catch (error) {
    if (isAnswer(error)) return error;
    throw error;
  }
}

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
      again: true,
      record: true,
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
