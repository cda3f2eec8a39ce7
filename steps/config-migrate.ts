import { Problem } from '../src/errors/problem.ts';
import { leftAlone, notAFile } from '../src/step/phrases.ts';
import { defineStep } from '../src/step/step.ts';
import { mayChange } from '../src/step/touch.ts';
import { isLinked } from '../src/system/entry.ts';
import { migrateByEdits } from './config-migrate/by-edits.ts';
import { migrateByHelper } from './config-migrate/by-helper.ts';
import { schema } from './config-migrate/schema.ts';

/** The version of the agent's configuration. */
export const configMigrate = defineStep({
  uses: 'config.migrate',
  summary: 'Bring a configuration to the version that the image expects, after a backup.',
  schema,
  async plan(context) {
    const { system, with: options } = context;
    const { file, edits, helper } = options;
    if (options.skip === true) {
      const variable = context.origin('skip');
      return { skipped: variable === undefined ? 'the plan says skip' : `${variable} is set` };
    }
    if (edits !== undefined && helper !== undefined) {
      throw new Problem({
        found: `the plan has both edits and a helper for ${file}`,
        wanted: 'one of them',
      });
    }
    const entry = system.look(file);
    if (entry.type === 'missing') return { changes: [], otherwise: `${file} is missing` };
    if (isLinked(entry)) {
      const notes = [leftAlone(file, entry)];
      return { changes: [], otherwise: `${file} is left alone`, notes };
    }
    if (entry.type !== 'file') {
      throw notAFile(file, entry);
    }
    const key = options['version-key'] ?? schema.properties['version-key'].default;
    return helper === undefined
      ? migrateByEdits(context, entry.stat, edits ?? [], key)
      : migrateByHelper(context, helper, key);
  },
  touches: ({ file, backup, stamp }) => [...mayChange([file, ...backup]), ...mayChange(stamp)],
});
