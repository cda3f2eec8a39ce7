/** file.writable: owners can read and write their own files again, whatever else the mode is. */
import type { Change } from '../src/changes/change.ts';
import { Problem } from '../src/errors/problem.ts';
import { absolutePaths } from '../src/step/fields.ts';
import { leftAlone, warning } from '../src/step/notes.ts';
import { changesOr, defineStep, type Note } from '../src/step/step.ts';
import { mayChange } from '../src/step/touch.ts';
import { isLinked } from '../src/system/entry.ts';
import { isHardLinked } from '../src/system/scan.ts';

/** To read and to write, for the owner. */
const OWNERS = 0o600;

export const fileWritable = defineStep({
  uses: 'file.writable',
  summary: 'Give the owner of files back the right to read and write them.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['paths'],
    properties: { paths: absolutePaths('The files. They need not exist.') },
  },
  plan({ system, facts, with: { paths } }) {
    const changes: Change[] = [];
    const notes: Note[] = [];
    for (const path of paths) {
      try {
        const entry = system.look(path);
        if (isLinked(entry) || entry.type === 'directory') notes.push(leftAlone(path, entry));
        if (entry.type !== 'file' || system.isMountedFile(path) || isHardLinked(entry)) continue;
        const { mode, uid } = entry.stat;
        // Whose file it is can change it by himself; nobody else without root may.
        if ((mode & OWNERS) === OWNERS || (facts.uid !== 0 && facts.uid !== uid)) continue;
        const why = 'its owner cannot change it, and neither can a migration';
        changes.push({ kind: 'mode', path, from: mode, to: mode | OWNERS, why });
      } catch (error) {
        // One file that cannot be looked at keeps no other one as it was.
        if (!(error instanceof Problem)) throw error;
        notes.push(warning(`${path} is left as it is: ${error.message}`));
      }
    }
    return changesOr(changes, 'their owners can read and write all of them', notes);
  },
  touches: ({ paths }) => mayChange(paths, 'mode'),
});
