/** env-file.variables: variables of the container stand in .env files as long as they are set. */
import type { Change } from '../src/changes/change.ts';
import { LookFailed } from '../src/errors/look-failed.ts';
import { Problem } from '../src/errors/problem.ts';
import { requireVariableNames } from '../src/step/env-variables.ts';
import { absolutePaths, environment, owner, path } from '../src/step/fields.ts';
import { leftAlone, warning } from '../src/step/notes.ts';
import { filesOfEach } from '../src/step/paths.ts';
import { changesOr, defineStep, type Note } from '../src/step/step.ts';
import { mayChange, reliesOn, reliesOnOwner, withTrees } from '../src/step/touch.ts';
import { rightsChanges } from '../src/step/rights.ts';
import { type Entry, isLinked } from '../src/system/entry.ts';
import { parentOf } from '../src/system/path.ts';
import { isHardLinked } from '../src/system/scan.ts';
import type { ReadSystem } from '../src/system/system.ts';
import { listed } from '../src/text/phrases.ts';
import {
  appendLine,
  isOurs,
  joinPieces,
  MODE,
  ownLine,
  parseEnvFile,
  readEnvFile,
  rewrite,
} from './env-file/dotenv.ts';

export const envFileVariables = defineStep({
  uses: 'env-file.variables',
  summary: 'Keep variables of the container in .env files; take them out when they are unset.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['files', 'variables'],
    properties: {
      files: absolutePaths('The .env files. They are made, with mode 0600, where that is needed.'),
      from: path('The .env file of the image: what a missing one of these files starts with.'),
      each: absolutePaths(
        'Directories of which each directory in them has a .env file, too. It is kept at 0600.',
      ),
      variables: environment('Their values; one that is unset is taken out where this put it.'),
      owner: owner('Who owns a file once it is written. Without this it keeps its owner.'),
    },
  },
  plan(context) {
    const { system, with: options } = context;
    const wanted = new Map(Object.entries(options.variables).filter(([, value]) => value !== ''));
    requireVariableNames('variables', [...wanted.keys()]);
    for (const [name, value] of wanted) requireOneLine(name, value);
    const changes: Change[] = [];
    const notes: Note[] = [];
    for (const path of [...options.files, ...filesOfEach(system, options.each ?? [], '.env')]) {
      const entry = system.look(path);
      if (isLinked(entry)) {
        notes.push(leftAlone(path, entry));
        continue;
      }
      if (system.look(parentOf(path)).type !== 'directory') continue;
      const closing = options.files.includes(path) ? [] : closingChanges(system, path, entry);
      try {
        const seed = options.files.includes(path) ? options.from : undefined;
        const file = readEnvFile(system, path, seed);
        const { text, changed } = rewritten(file.text, wanted);
        if (changed.length === 0) {
          changes.push(...closing);
          continue;
        }
        const label = `with ${listed(changed)}`;
        const why = 'the container decides where the agent connects to';
        changes.push(rewrite(context, file, text, { label, why }));
      } catch (error) {
        // One file that cannot be read keeps no other one as it was.
        if (!(error instanceof Problem)) throw error;
        changes.push(...closing);
        const { sharedCause: cause } = error;
        const unread = error instanceof LookFailed ? { unread: error.path } : {};
        const note = { ...warning(`${path} is left as it is: ${error.message}`), ...unread };
        notes.push(cause === undefined ? note : { ...note, cause });
      }
    }
    const names = listed([...wanted.keys()]);
    const converged = names === '' ? 'the container sets none of them' : `${names} stands there`;
    return changesOr(changes, converged, notes);
  },
  touches: (options) => [
    ...reliesOn(options.from),
    ...mayChange(options.files),
    ...withTrees(mayChange(options.each)),
    ...reliesOnOwner(options.owner),
  ],
});

/** The changes that close a .env file to all but its owner; a mount is the operator's. */
function closingChanges(system: ReadSystem, path: string, entry: Entry): Change[] {
  if (entry.type !== 'file' || isHardLinked(entry) || system.isMountedFile(path)) return [];
  return rightsChanges(path, entry, { mode: MODE }, { mode: 'it holds secrets', owner: '' });
}

function requireOneLine(name: string, value: string): void {
  if (/\p{Cc}/u.test(value)) {
    throw new Problem({ found: `${name} has a control character`, wanted: 'one line' });
  }
}

/** A text in which every wanted variable stands once, and none of those that were ours before. */
function rewritten(
  text: string,
  wanted: ReadonlyMap<string, string>,
): { readonly text: string; readonly changed: readonly string[] } {
  const changed = new Set<string>();
  const kept = new Set<string>();
  const pieces = parseEnvFile(text).filter((piece) => {
    if (piece.kind !== 'assignment') return true;
    const value = wanted.get(piece.name);
    if (value === undefined) {
      if (isOurs(piece)) changed.add(`no ${piece.name}`);
      return !isOurs(piece);
    }
    if (kept.has(piece.name) || piece.text.trimEnd() !== ownLine(piece.name, value)) {
      changed.add(piece.name);
      return false;
    }
    kept.add(piece.name);
    return true;
  });
  let after = joinPieces(pieces);
  for (const [name, value] of wanted) {
    if (kept.has(name)) continue;
    changed.add(name);
    after = appendLine(after, ownLine(name, value));
  }
  return { text: after, changed: [...changed] };
}
