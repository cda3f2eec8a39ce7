/** file.mode: a file has its mode and owner; a missing file stays missing. */
import { mode, owner, path } from '../src/step/fields.ts';
import { ownerOf } from '../src/step/owner.ts';
import { acceptable, causedBy, warning } from '../src/step/notes.ts';
import { fileToChange } from '../src/step/paths.ts';
import { rightsChanges } from '../src/step/rights.ts';
import { changesOr, defineStep, type Note } from '../src/step/step.ts';
import { mayChange, reliesOnOwner } from '../src/step/touch.ts';
import { accountOf, closedMount, openMount } from '../src/step/mounted-files.ts';
import { parseMode, sameOwner, showMode, showOwner, type Stat } from '../src/system/entry.ts';
import { isHardLinked } from '../src/system/scan.ts';

export const fileMode = defineStep({
  uses: 'file.mode',
  summary: 'Keep the mode, and the owner, of one regular file.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['path', 'mode'],
    properties: {
      path: path('The file. It need not exist.'),
      mode: mode('The mode that it has to have, such as "0600" for secrets.'),
      owner: owner('Who owns it. Without this and `as`, it keeps its owner.'),
      'if-own': {
        type: 'boolean',
        default: false,
        description: 'Whether a file of another user is left alone, with a warning.',
      },
    },
  },
  plan(context) {
    const { system, with: options } = context;
    const entry = fileToChange(system, options.path);
    if ('converged' in entry) return entry;
    const wanted = parseMode(options.mode);
    const name = options.owner ?? context.as;
    const target = name === undefined ? undefined : ownerOf(context, name);
    const converged = `${options.path} is ${showMode(entry.stat.mode)} ${showOwner(entry.stat)}`;
    if (system.isMountedFile(options.path)) {
      const account =
        name === undefined || target === undefined ? undefined : accountOf(system, name, target);
      const closed = account && closedMount(options.path, entry.stat, account);
      if (closed !== undefined) throw causedBy(closed);
      // Who wants a file closed to all others has secrets in it.
      const notes = (wanted & 0o077) === 0 ? openMount(options.path, entry.stat, account) : [];
      return { converged: `${converged}: a mount of its own, left as it is`, notes };
    }
    if (isHardLinked(entry)) {
      const right = entry.stat.mode === wanted && sameOwner(target ?? entry.stat, entry.stat);
      const notes = right ? [] : [sharedFile(options.path, entry.stat.nlink)];
      return { converged, notes };
    }
    const { uid } = context.facts;
    if (options['if-own'] === true && entry.stat.uid !== uid && entry.stat.mode !== wanted) {
      return { converged, notes: [foreignFile(options.path, entry.stat, wanted)] };
    }
    const changes = rightsChanges(
      options.path,
      entry,
      { mode: wanted, owner: target },
      { mode: whyMode(entry.stat.mode, wanted), owner: `it should belong to ${name ?? ''}` },
    );
    return changesOr(changes, converged);
  },
  touches: (options) => [
    ...mayChange(options.path, 'mode'),
    ...mayChange(options.owner === undefined ? undefined : options.path, 'owner'),
    ...reliesOnOwner(options.owner),
  ],
});

/** Owner and mode belong to the file, not to its name: a change would reach every other name. */
function sharedFile(path: string, links: number): Note {
  return acceptable(
    'hard-links',
    path,
    `${path} has ${links} hard links: left alone, since another name may lie where nobody listed ` +
      'it; replace it by a copy of its own',
  );
}

function foreignFile(path: string, stat: Stat, wanted: number): Note {
  return warning(
    `${path} is ${showMode(stat.mode)} and belongs to ${showOwner(stat)}, who alone can make it ` +
      `${showMode(wanted)}: left alone`,
  );
}

/** Whom a mode lets in that the other does not. */
function whyMode(from: number, to: number): string {
  const more = from & ~to;
  const who = [(more & 0o070) !== 0 ? 'group' : '', (more & 0o007) !== 0 ? 'others' : ''];
  const named = who.filter((name) => name !== '').join(' and ');
  if (named === '') return `the plan wants ${showMode(to)}`;
  const verb = (more & 0o044) !== 0 ? 'read' : (more & 0o022) !== 0 ? 'write' : 'execute';
  return `the plan wants ${showMode(to)}; ${named} can ${verb} it`;
}
