import type { FileChange } from '../../src/changes/change.ts';
import { Problem } from '../../src/errors/problem.ts';
import { ownerOf } from '../../src/step/owner.ts';
import { whatIs } from '../../src/step/phrases.ts';
import { canonical } from '../../src/step/place.ts';
import type { StepContext } from '../../src/step/step.ts';
import { Content } from '../../src/system/content.ts';
import type { Owner } from '../../src/system/entry.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { envText } from './reader.ts';

/** Nobody but its owner reads a .env file. */
const MODE = 0o600;

/** A .env file as it is, absent or not. */
export interface EnvFile {
  readonly path: string;
  readonly text: string;
  /** Who owns it; undefined where it is missing. */
  readonly owner: Owner | undefined;
}

/**
 * Reads a .env file; a missing one is empty.
 * @throws Problem when something else stands in its place, or it is no text
 */
export function readEnvFile(system: ReadSystem, path: string): EnvFile {
  const entry = system.look(path);
  if (entry.type === 'missing') return { path, text: '', owner: undefined };
  if (entry.type !== 'file') {
    throw new Problem({
      found: `${path} is ${whatIs(entry)}`,
      wanted: 'a regular file, or nothing',
      mend: `move ${path} out of the way`,
    });
  }
  const text = system.readAs(path, envText);
  // What cannot be written back as it was is not written at all.
  if (text === null) {
    throw new Problem({ found: `${path} is no UTF-8 text`, wanted: 'lines of NAME=value' });
  }
  return { path, text, owner: entry.stat };
}

/** The change that gives a .env file a new text, closed to everybody but its owner. */
export function rewrite(
  context: StepContext<{ readonly owner?: string }>,
  { path, owner }: EnvFile,
  text: string,
  about: Pick<FileChange, 'label' | 'why'>,
): FileChange {
  const named = context.with.owner ?? context.as;
  const { uid, gid } = named === undefined && owner !== undefined ? owner : ownerOf(context, named);
  return {
    kind: 'file',
    path: canonical(context.system, path),
    content: Content.ofText(text),
    mode: MODE,
    owner: { uid, gid },
    from: owner === undefined ? 'absent' : 'file',
    ...about,
  };
}
