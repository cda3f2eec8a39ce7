import { createHash } from 'node:crypto';
import { info, warning } from '../../src/step/phrases.ts';
import { canonical } from '../../src/step/place.ts';
import type { Outcome, StepContext } from '../../src/step/step.ts';
import { Content, sealed } from '../../src/system/content.ts';
import { EditedContent } from '../../src/system/edited.ts';
import type { Stat } from '../../src/system/entry.ts';
import { nullable } from '../../src/text/codec.ts';
import { backupChanges } from './backup.ts';
import type { Migration, Options } from './schema.ts';
import { readVersion } from './read-version.ts';
import { versionNumber } from './version.ts';

/** Migrates a configuration by the edits of the plan. */
export async function migrateByEdits(
  { system, with: options }: StepContext<Options>,
  stat: Stat,
  migrations: readonly Migration[],
  key: string,
): Promise<Outcome> {
  const { file } = options;
  const target = Math.max(...migrations.map(({ to }) => to));
  const content = system.read(file);
  const version = await readVersion(content, key);
  if (version.kind === 'invalid') return untouched(`${file} ${version.reason}`);
  const from = versionNumber(version);
  if (from >= target) {
    return { changes: [], otherwise: `${file} is of version ${from}, and ${target} is wanted` };
  }
  const isFresh = version.kind === 'unversioned' && options.unversioned === 'fresh';
  const due = isFresh
    ? []
    : migrations.filter(({ to }) => to > from).toSorted((a, b) => a.to - b.to);
  const { migrate } = await import('./yaml.ts');
  const edits = createHash('sha256')
    .update(JSON.stringify([due, key, target]))
    .digest('hex');
  const name = `the edits ${edits.slice(0, 16)}`;
  const migrated = content.open<Content | null>({
    name,
    codec: nullable(sealed),
    read(text) {
      const after = migrate(text, due, key, target);
      return after === undefined ? null : Content.ofText(after);
    },
  });
  if (migrated === null) return untouched(`${file} is no YAML mapping`);
  const { changes, notes } = backupChanges(system, options.backup, from);
  const { uid, gid } = stat;
  // Set-user-id bits do not outlive the change of owner that a new file takes.
  const mode = stat.mode & 0o777;
  const had = version.kind === 'known' ? `is of version ${from}` : 'has no version';
  return {
    changes: [
      ...changes,
      {
        kind: 'file',
        path: canonical(system, file),
        content: new EditedContent(content, migrated, name),
        mode,
        owner: { uid, gid },
        from: 'file',
        label: `version ${target}`,
        why: isFresh ? `${had} and counts as new` : `${had}, and ${target} is wanted`,
      },
    ],
    otherwise: '',
    notes: isFresh ? [...notes, info(`${file} has no ${key}: it is given ${target} alone`)] : notes,
  };
}

function untouched(found: string): Outcome {
  return {
    changes: [],
    otherwise: 'there is nothing that can be migrated',
    notes: [warning(`${found}: left alone, and not migrated`)],
  };
}
