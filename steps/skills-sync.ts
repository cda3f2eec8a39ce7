/** skills-sync: the home has the skills of the image, except those that the user edited or deleted. */
import { unlessProblem } from '../src/errors/look-failed.ts';
import { leftAlone, whatIs } from '../src/step/notes.ts';
import { canonical, existingDirectory, lookBelow } from '../src/step/paths.ts';
import { type Converged, defineStep } from '../src/step/step.ts';
import { mayChange, reliesOn, reliesOnOwner, withTrees } from '../src/step/touch.ts';
import type { Entry } from '../src/system/entry.ts';
import { join } from '../src/system/path.ts';
import type { ReadSystem } from '../src/system/system.ts';
import { externalOf } from './skills-sync/external.ts';
import {
  MANIFEST,
  fingerprintOf,
  RECORD,
  syncRecord,
  type SyncRecord,
} from './skills-sync/record.ts';
import { schema } from './skills-sync/schema.ts';
import { planSync } from './skills-sync/sync.ts';

/** The skills of the image in the home. */
export const skillsSync = defineStep({
  uses: 'skills-sync',
  summary:
    'Copy the skills of the image to the home; what the user edited, deleted or linked stays.',
  schema,
  async plan(context) {
    const { system, with: options } = context;
    const source = system.look(options.bundled);
    if (source.type !== 'directory') {
      return { skipped: `${options.bundled} is ${whatIs(source)}` };
    }
    existingDirectory(context, 'home', options.home);
    const home = canonical(system, options.home);
    const skills = lookBelow(system, home, 'skills');
    if (skills.type !== 'directory' && skills.type !== 'missing') {
      return refused(join(options.home, 'skills'), skills);
    }
    for (const name of [MANIFEST, RECORD]) {
      const path = join('skills', name);
      const entry = lookBelow(system, home, path);
      if (entry.type !== 'file' && entry.type !== 'missing') {
        return refused(join(options.home, path), entry);
      }
    }
    const named = await externalOf(system, home, options.config);
    if (named.directories === undefined) {
      return { converged: 'the skills stay as they are', notes: named.notes };
    }
    const external = [...new Set([...(options.external ?? []), ...named.directories])];
    const all = { ...options, external };
    const fingerprint = fingerprintOf(system, home, all);
    const record = recordOf(system, home);
    const hasManifest = lookBelow(system, home, join('skills', MANIFEST)).type === 'file';
    if (hasManifest && record?.done === true && record.fingerprint === fingerprint) {
      return { converged: 'the home has the skills of this image' };
    }
    const found = await planSync({ ...context, with: all }, home, fingerprint, record);
    return { ...found, notes: [...named.notes, ...(found.notes ?? [])] };
  },
  touches: ({ home, owner, bundled, optional, config }) => [
    ...withTrees(mayChange(join(home, 'skills'))),
    ...withTrees(reliesOn(bundled)),
    ...withTrees(reliesOn(optional)),
    ...reliesOn(config),
    ...reliesOnOwner(owner),
  ],
});

/** What cannot be written down would be done again in each boot, over what the user did. */
function refused(path: string, entry: Entry): Converged {
  const notes = [leftAlone(path, entry, 'no skills are synced')];
  return { converged: `${path} is left alone`, notes };
}

/** What the last sync wrote down. A text that is not a record is as good as none. */
function recordOf(system: ReadSystem, home: string): SyncRecord | undefined {
  const path = join('skills', RECORD);
  if (lookBelow(system, home, path).type !== 'file') return undefined;
  return unlessProblem(() => system.readAs(join(home, path), syncRecord)) ?? undefined;
}
