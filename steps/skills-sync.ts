import { Problem } from '../src/errors/problem.ts';
import { ownerTouches } from '../src/step/owner.ts';
import { canonical, existingDirectory, lookBelow } from '../src/step/place.ts';
import { leftAlone, whatIs } from '../src/step/phrases.ts';
import { defineStep, type Outcome } from '../src/step/step.ts';
import type { Entry } from '../src/system/entry.ts';
import { join } from '../src/system/path.ts';
import type { ReadSystem } from '../src/system/system.ts';
import { MANIFEST } from './skills-sync/manifest.ts';
import { fingerprintOf, RECORD, syncRecord, type SyncRecord } from './skills-sync/record.ts';
import { schema } from './skills-sync/schema.ts';
import { planSync } from './skills-sync/sync.ts';

/** The skills of the image in the home. */
export const skillsSync = defineStep({
  uses: 'skills-sync',
  summary: 'Give a home the skills of its image; what the user edited, deleted or linked stays.',
  schema,
  plan(context) {
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
    const fingerprint = fingerprintOf(system, home, options);
    const record = recordOf(system, home);
    const hasManifest = lookBelow(system, home, join('skills', MANIFEST)).type === 'file';
    if (hasManifest && record?.done === true && record.fingerprint === fingerprint) {
      return { changes: [], otherwise: 'the home has the skills of this image' };
    }
    return planSync(context, home, fingerprint, record);
  },
  touches: ({ home, owner }) => [
    { kind: 'path', path: join(home, 'skills'), aspect: 'existence', tree: true },
    ...ownerTouches(owner),
  ],
});

/** What cannot be written down would be done again in each boot, over what the user did. */
function refused(path: string, entry: Entry): Outcome {
  const notes = [leftAlone(path, entry, 'no skills are synced')];
  return { changes: [], otherwise: `${path} is left alone`, notes };
}

/** What the last sync wrote down. A text that is no record is as good as none. */
function recordOf(system: ReadSystem, home: string): SyncRecord | undefined {
  const path = join('skills', RECORD);
  if (lookBelow(system, home, path).type !== 'file') return undefined;
  try {
    return system.readAs(join(home, path), syncRecord) ?? undefined;
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
