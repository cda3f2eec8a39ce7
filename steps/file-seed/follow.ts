import { isAnswer } from '../../src/errors/look-failed.ts';
import { Problem, unreachable } from '../../src/errors/problem.ts';
import { warning } from '../../src/step/phrases.ts';
import { changesOr, type Outcome, type StepContext } from '../../src/step/step.ts';
import type { Stat } from '../../src/system/entry.ts';
import { READ_LIMIT, type ReadSystem } from '../../src/system/system.ts';
import { remember, remembered } from './record.ts';
import type { Options } from './schema.ts';
import { putInPlace, sourceOf, type Source } from './source.ts';

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
