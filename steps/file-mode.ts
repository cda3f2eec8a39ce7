/** file.mode: a file has its mode and owner; a missing file stays missing. */
import { Problem } from '../src/errors/problem.ts';
import { absolutePaths, mode, owner, path } from '../src/step/fields.ts';
import { ownerOf } from '../src/step/owner.ts';
import { causedBy, warning } from '../src/step/notes.ts';
import { fileToChange, filesOfEach } from '../src/step/paths.ts';
import { rightsChanges } from '../src/step/rights.ts';
import type { ObjectSchema, OptionsOf } from '../src/step/schema.ts';
import {
  changesOr,
  defineStep,
  type Converged,
  type Found,
  type Note,
  type StepContext,
} from '../src/step/step.ts';
import { mayChange, reliesOnOwner, withTrees } from '../src/step/touch.ts';
import { accountOf, closedMount, openMount } from '../src/step/mounted-files.ts';
import { parseMode, sameOwner, showMode, showOwner, type Stat } from '../src/system/entry.ts';
import { nameOf } from '../src/system/path.ts';
import { isHardLinked } from '../src/system/scan.ts';

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['path', 'mode'],
  properties: {
    path: path('The file. It need not exist.'),
    mode: mode('The mode that it has to have, such as "0600" for secrets.'),
    owner: owner('Who owns it. Without this and `as`, it keeps its owner.'),
    each: absolutePaths(
      'Directories of which each directory in them has a file of the same name, which is kept in the same way.',
    ),
    'if-own': {
      type: 'boolean',
      default: false,
      description: 'Whether a file of another user is left alone, with a warning.',
    },
  },
} as const satisfies ObjectSchema;

type Options = OptionsOf<typeof schema>;

export const fileMode = defineStep({
  uses: 'file.mode',
  summary: 'Keep the mode, and the owner, of one regular file.',
  schema,
  plan(context) {
    const { system, with: options } = context;
    const first = planFile(context, options.path);
    if (options.each === undefined) return first;
    const changes = 'changes' in first ? [...first.changes] : [];
    const notes = [...(first.notes ?? [])];
    for (const file of filesOfEach(system, options.each, nameOf(options.path))) {
      try {
        const found = planFile(context, file);
        if ('changes' in found) changes.push(...found.changes);
        notes.push(...(found.notes ?? []));
      } catch (error) {
        // One file that cannot be used keeps no other one as it was.
        if (!(error instanceof Problem)) throw error;
        const { sharedCause: cause } = error;
        const note = warning(`${file} is left as it is: ${error.message}`);
        notes.push(cause === undefined ? note : { ...note, cause });
      }
    }
    const same = `and so is each ${nameOf(options.path)} in ${options.each.join(', ')}`;
    const converged = 'converged' in first ? `${first.converged}, ${same}` : '';
    return changesOr(changes, converged, notes);
  },
  touches: (options) => [
    ...withTrees(mayChange(options.each)),
    ...mayChange(options.path, 'mode'),
    ...mayChange(options.owner === undefined ? undefined : options.path, 'owner'),
    ...reliesOnOwner(options.owner),
  ],
});

function planFile(context: StepContext<Options>, file: string): Found | Converged {
  const { system, with: options } = context;
  const entry = fileToChange(system, file);
  if ('converged' in entry) return entry;
  const wanted = parseMode(options.mode);
  const name = options.owner ?? context.as;
  const target = name === undefined ? undefined : ownerOf(context, name);
  const converged = `${file} is ${showMode(entry.stat.mode)} ${showOwner(entry.stat)}`;
  if (system.isMountedFile(file)) {
    const account =
      name === undefined || target === undefined ? undefined : accountOf(system, name, target);
    const closed = account && closedMount(file, entry.stat, account);
    if (closed !== undefined) throw causedBy(closed);
    // Who wants a file closed to all others has secrets in it.
    const notes = (wanted & 0o077) === 0 ? openMount(file, entry.stat, account) : [];
    return { converged: `${converged}: a mount of its own, left as it is`, notes };
  }
  if (isHardLinked(entry)) {
    const right = entry.stat.mode === wanted && sameOwner(target ?? entry.stat, entry.stat);
    const notes = right ? [] : [sharedFile(file, entry.stat.nlink)];
    return { converged, notes };
  }
  const { uid } = context.facts;
  if (options['if-own'] === true && entry.stat.uid !== uid && entry.stat.mode !== wanted) {
    return { converged, notes: [foreignFile(file, entry.stat, wanted)] };
  }
  const changes = rightsChanges(
    file,
    entry,
    { mode: wanted, owner: target },
    { mode: whyMode(entry.stat.mode, wanted), owner: `it should belong to ${name ?? ''}` },
  );
  return changesOr(changes, converged);
}

/** Owner and mode belong to the file, not to its name: a change would reach every other name. */
function sharedFile(path: string, links: number): Note {
  return warning(
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
