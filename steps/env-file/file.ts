import type { FileChange } from '../../src/changes/change.ts';
import { Problem } from '../../src/errors/problem.ts';
import { ownerOf } from '../../src/step/owner.ts';
import { notAFile } from '../../src/step/phrases.ts';
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
 * Reads a .env file. A missing one is as the image has it, where the options name that: whoever
 * makes it in the place of a seed that has failed leaves nothing out that no later boot would add.
 * @param from the .env file of the image
 * @throws Problem when something else stands in its place, or it is not text
 */
export function readEnvFile(system: ReadSystem, path: string, from?: string): EnvFile {
  const entry = system.look(path);
  if (entry.type === 'missing') {
    const seed = from === undefined ? undefined : system.look(from);
    if (from === undefined || seed?.type !== 'file') return { path, text: '', owner: undefined };
    return { path, text: textOf(system, from), owner: undefined };
  }
  if (entry.type !== 'file') {
    throw notAFile(path, entry, 'a regular file, or nothing');
  }
  return { path, text: textOf(system, path), owner: entry.stat };
}

/** @throws Problem for what cannot be written back as it was, so that it is not written at all */
function textOf(system: ReadSystem, path: string): string {
  const text = system.readAs(path, envText);
  if (text !== null) return text;
  throw new Problem({ found: `${path} is no UTF-8 text`, wanted: 'lines of NAME=value' });
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
