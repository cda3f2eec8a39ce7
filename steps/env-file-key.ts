/** env-file.key: an installation makes a secret key for itself and keeps it in a .env file. */
import { randomBytes } from 'node:crypto';
import { owner, path, variable } from '../src/step/fields.ts';
import { info, leftAlone, warning } from '../src/step/notes.ts';
import { existingDirectory } from '../src/step/paths.ts';
import { SHORTEST_SECRET } from '../src/step/facts.ts';
import { defineStep, type Note } from '../src/step/step.ts';
import { mayChange, reliesOn, reliesOnOwner } from '../src/step/touch.ts';
import { isLinked } from '../src/system/entry.ts';
import { parentOf } from '../src/system/path.ts';
import {
  readEnvFile,
  rewrite,
  appendLine,
  commentedOut,
  isHidden,
  joinPieces,
  parseEnvFile,
  type Assignment,
  type Piece,
  withoutMark,
} from './env-file/dotenv.ts';

/** Of a new key, in bytes; it is written as twice as many hexadecimal digits. */
const KEY_SIZE = 32;

export const envFileKey = defineStep({
  uses: 'env-file.key',
  summary: 'Give a .env file a random key, once, unless the container brings one.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['path', 'name'],
    properties: {
      path: path('The .env file. It is made, with mode 0600, where it is missing.'),
      from: path('The .env file of the image: what a missing one starts with.'),
      name: variable('The variable that holds the key.'),
      given: { type: 'string', description: 'The key of the container; with one none is made.' },
      owner: owner('Who owns the file once it is written. Without this it keeps its owner.'),
    },
  },
  plan(context) {
    const { system, with: options } = context;
    const { name, given = '' } = options;
    const entry = system.look(options.path);
    if (isLinked(entry)) {
      const notes = [leftAlone(options.path, entry, 'no key is written through a link')];
      return { converged: `${options.path} is left alone`, notes };
    }
    const file = readEnvFile(system, options.path, options.from);
    const pieces = parseEnvFile(file.text);
    const isOwn = (piece: Piece): piece is Assignment =>
      piece.kind === 'assignment' && piece.name === name;
    const isEmpty = (piece: Piece) => isOwn(piece) && piece.value === '';
    // The last one decides for the agent, also where it is empty.
    const last = pieces.filter(isOwn).at(-1);
    const set = last !== undefined && !isEmpty(last);
    const filled = pieces.filter((piece) => !isEmpty(piece));
    const write = (text: string, label: string, why: string) =>
      rewrite(context, file, text, { label, why });
    const notes = given === '' ? [] : notesOnGiven(options, set);

    if (set && isHidden(last)) {
      const why = `some agents take it for a part of the name ${name}`;
      const change = write(withoutMark(file.text), 'without a byte order mark', why);
      return { changes: [change], notes };
    }
    if (given !== '') {
      if (set || last === undefined) {
        return { converged: `the container brings ${name}`, notes };
      }
      // A key before the empty one had no effect. It would have one without it, so it stays as a
      // comment.
      const text = joinPieces(filled.map((piece) => (isOwn(piece) ? commentedOut(piece) : piece)));
      const why = 'an empty one in the file would hide the one of the container';
      return { changes: [write(text, `without an empty ${name}`, why)], notes };
    }
    if (set) return { converged: `${options.path} has ${name}, and keeps it` };
    existingDirectory(context, 'path', parentOf(options.path));
    const text = appendLine(joinPieces(filled), `${name}=${randomBytes(KEY_SIZE).toString('hex')}`);
    const why = 'neither the file nor the container has one (#88926)';
    return { changes: [write(text, `with a new ${name}`, why)] };
  },
  touches: (options) => [
    ...mayChange(options.path),
    ...reliesOn(options.from),
    ...reliesOnOwner(options.owner),
  ],
});

function notesOnGiven(
  { name, given = '', path: file }: { name: string; given?: string; path: string },
  set: boolean,
): Note[] {
  if (set)
    return [warning(`${name} of the container has no effect: ${file} has another, which wins`)];
  if (given.length >= SHORTEST_SECRET)
    return [info(`${name} of the container is used, and none is made`)];
  return [
    warning(`${name} of the container has fewer than ${SHORTEST_SECRET} characters: easy to guess`),
  ];
}
