/**
 * Plans a sync of skills: reads image and home, decides, and frames the changes by two of the
 * record.
 */
import { setImmediate } from 'node:timers/promises';
import type { Change } from '../../src/changes/change.ts';
import { info, warning } from '../../src/step/notes.ts';
import { ownerOf } from '../../src/step/owner.ts';
import { lookBelow } from '../../src/step/paths.ts';
import {
  changesOr,
  type Converged,
  type Found,
  type Note,
  type StepContext,
} from '../../src/step/step.ts';
import { Content } from '../../src/system/content.ts';
import type { Owner } from '../../src/system/entry.ts';
import { join, nameOf } from '../../src/system/path.ts';
import { checkTime } from '../../src/system/scan.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { counted, listed } from '../../src/text/phrases.ts';
import { shadowChanges, skillChanges } from './changes.ts';
import { decide, type Reason } from './decide.ts';
import { findLeftovers, HomeSkills, suppliedBy } from './home-skills.ts';
import { recordOptional } from './optional.ts';
import { readBundle } from './package.ts';
import {
  MANIFEST,
  manifestText,
  NO_SKILLS,
  parseManifest,
  RECORD,
  showManifest,
  showRecord,
  suppressedIn,
  type SyncRecord,
} from './record.ts';
import type { Options } from './schema.ts';

/** As many names as a note has room for. */
const TOLD = 5;

/** How long skills are compared before timers and signals are let in, in milliseconds. */
const AT_A_STRETCH = 10;

const OPEN = 'the sync is not done before the last of these';
const CLOSED = 'a boot has no skill to read as long as the image stays the same';

/** Works out a sync: reads the skills of the image, and of the home what may have to change. */
export async function planSync(
  context: StepContext<Options>,
  home: string,
  fingerprint: string,
  record: SyncRecord | undefined,
): Promise<Found | Converged> {
  const { system, signal, with: options } = context;
  const { bundled, optional, essential = [], external = [] } = options;
  const bundle = readBundle(system, bundled);
  if (bundle.skills.length === 0) {
    const notes = [...bundle.notes, warning(`${bundled} has no skills: those of the home stay`)];
    return { converged: 'there is nothing to sync', notes };
  }
  const leftovers = findLeftovers(system, home, bundle.skills);
  const skills = new HomeSkills(system, home, leftovers.aside);
  const text = textBelow(system, home, join('skills', MANIFEST));
  const grounds = {
    home: skills,
    manifest: parseManifest(text ?? ''),
    essential: new Set(essential),
    suppressed: suppressedIn(system, home),
    external: new Set(external.flatMap((directory) => suppliedBy(system, directory))),
    sparse: lookBelow(system, home, NO_SKILLS).type !== 'missing',
  };
  let rested = performance.now();
  const rest = async (): Promise<void> => {
    if (performance.now() - rested < AT_A_STRETCH) return;
    await setImmediate();
    checkTime(signal, 'comparing skills');
    rested = performance.now();
  };
  const decisions = await decide(bundle, grounds, rest);
  const owner = ownerOf(context, options.owner);
  const places = { system, home: skills, bundled, owner };
  const wanted = bundle.skills.filter(({ name }) => !grounds.sparse || grounds.essential.has(name));
  const described = bundle.described.filter((directory) =>
    wanted.some(({ path }) => directory === '.' || path.startsWith(`${directory}/`)),
  );
  const changes = skillChanges(places, decisions, described, leftovers);
  const official =
    optional === undefined
      ? { changes: [], notes: [] }
      : await recordOptional(
          { system, home: skills, optional, owner },
          {
            bundled: new Set(bundle.skills.map(({ path }) => nameOf(path))),
            gone: [...decisions.replaced.map(({ path }) => path), ...decisions.shadows],
          },
          rest,
        );
  changes.push(...official.changes);
  const manifest = showManifest(decisions.manifest);
  if (manifest !== text) changes.push(manifestChange(skills, manifest, owner));
  const last = shadowChanges(skills, decisions);
  return changesOr(
    framed(skills, { changes, last }, record, { fingerprint, done: true }, owner),
    'the home has the skills of this image',
    [...bundle.notes, ...notesOf(decisions.left), ...official.notes],
  );
}

function textBelow(system: ReadSystem, home: string, path: string): string | undefined {
  return lookBelow(system, home, path).type === 'file'
    ? system.readAs(join(home, path), manifestText)
    : undefined;
}

function manifestChange(home: HomeSkills, text: string, owner: Owner): Change {
  const path = join(home.top, MANIFEST);
  const why = 'it tells which skills came with the image, and what they were then';
  const label = counted(text.split('\n').length - 1, 'skill');
  const entry = home.look(MANIFEST);
  const content = Content.ofText(text);
  if (entry.type !== 'file') {
    return {
      kind: 'file',
      path,
      content,
      owner,
      mode: 0o644,
      from: 'absent',
      label,
      again: true,
      record: true,
      why,
    };
  }
  const { uid, gid, mode } = entry.stat;
  return {
    kind: 'file',
    path,
    content,
    owner: { uid, gid },
    mode,
    from: 'file',
    label,
    again: true,
    record: true,
    why,
  };
}

/** The changes of a sync. */
interface Parts {
  /** The manifest is the last of them. */
  readonly changes: readonly Change[];
  /** What comes behind the manifest. */
  readonly last: readonly Change[];
}

/**
 * Changes between two of the record: before them it says that a sync is unfinished, and only after
 * the last of them that it is done. An older record may not stand meanwhile: to the image that was
 * there before, it would say that all is well.
 */
function framed(
  home: HomeSkills,
  { changes, last }: Parts,
  record: SyncRecord | undefined,
  done: SyncRecord,
  owner: Owner,
): Change[] {
  const path = join(home.top, RECORD);
  let from: 'absent' | 'file' = home.look(RECORD).type === 'file' ? 'file' : 'absent';
  const write = (what: SyncRecord, label: string, why: string): Change => {
    const content = Content.ofText(showRecord(what));
    const entry = { content, owner, mode: 0o644, from, label } as const;
    const change: Change = { kind: 'file', path, ...entry, again: true, record: true, why };
    from = 'file';
    return change;
  };
  const isKnown = (what: SyncRecord): boolean =>
    record !== undefined && showRecord(record) === showRecord(what);
  // Only the manifest was missing: until it is there again, the record counts for nothing.
  if (isKnown(done) && last.length === 0) return [...changes];
  const open = { ...done, done: false };
  const misleads = changes.length + last.length > 0 && record !== undefined;
  return [
    ...(misleads && !isKnown(open) ? [write(open, 'a sync is under way', OPEN)] : []),
    ...changes,
    ...last,
    write(done, 'fingerprint of the skills', CLOSED),
  ];
}

const TEXTS: Readonly<Record<Reason, (skills: string, verb: string) => string>> = {
  edited: (skills, verb) => `${skills} ${verb} edited by the user and kept`,
  'same-name': (skills, verb) => `${skills} ${verb} of the user's own, and kept`,
  linked: (skills, verb) => `${skills} ${verb} behind a link, which is left alone (#52781)`,
  mounted: (skills, verb) => `${skills} ${verb} a mount of its own, and left alone`,
  blocked: (skills, verb) => `${skills} ${verb} left out: something else has the name`,
  external: (skills, verb) => `${skills} ${verb} supplied by an external directory`,
  pruned: (skills, verb) => `${skills} ${verb} pruned by the agent, and left out`,
};

function notesOf(left: ReadonlyMap<Reason, readonly string[]>): Note[] {
  return [...left].map(([reason, names]) => {
    const more = names.length - TOLD;
    const shown = more > 0 ? [...names.slice(0, TOLD), counted(more, 'other')] : names;
    const text = TEXTS[reason](listed(shown), names.length === 1 ? 'is' : 'are');
    return reason === 'blocked' ? warning(`skills: ${text}`) : info(`skills: ${text}`);
  });
}
