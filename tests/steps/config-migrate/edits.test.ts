import { expect, test } from 'vitest';
import { showChange, makeChange } from '../../../src/changes/kinds.ts';
import { configMigrate } from '../../../steps/config-migrate.ts';
import type { Options } from '../../../steps/config-migrate/schema.ts';
import { converge, findingsOf, planStep } from '../../support/plan-step.ts';
import { directory, file, link, world } from '../../support/world.ts';

const CONFIG = '/opt/data/config.yaml';
const HERMES = '10000:10000';
const options = {
  file: CONFIG,
  backup: [CONFIG, '/opt/data/.env'],
  edits: [
    { to: 3, changes: [{ rename: { from: 'model', to: 'agent.model' } }] },
    { to: 2, changes: [{ default: { path: 'agent.turns', value: 90 } }, { remove: 'legacy' }] },
  ],
};
const config = (text: string) => file(text, { owner: HERMES, mode: 0o640 });

async function migrated(text: string, edits: Options['edits'] = options.edits): Promise<string> {
  const system = world({ [CONFIG]: config(text) });
  await converge(configMigrate, { ...options, edits }, system);
  return system.readText(CONFIG);
}

test('a current file is converged, and so is a newer one (B25)', async () => {
  for (const version of [3, 7]) {
    const system = world({ [CONFIG]: config(`_config_version: ${version}\n`) });
    expect(await findingsOf(configMigrate, options, system)).toEqual({
      changes: [],
      otherwise: `${CONFIG} is of version ${version}, and 3 is wanted`,
    });
  }
});

test('an old file is backed up and migrated, with its owner and mode', async () => {
  const system = world({
    [CONFIG]: config('model: x\n_config_version: 1\n'),
    '/opt/data/.env': file('KEY=secret\n', { owner: HERMES, mode: 0o644 }),
  });
  const { changes } = await findingsOf(configMigrate, options, system);
  expect(changes.map(showChange)).toEqual([
    '/opt/data/config.yaml.bak-v1 new: copy of /opt/data/config.yaml, 0600 10000:10000',
    '/opt/data/.env.bak-v1 new: copy of /opt/data/.env, 0600 10000:10000',
    '/opt/data/config.yaml replaced: version 3, 0640 10000:10000',
  ]);
  expect(changes.at(-1)?.why).toBe('is of version 1, and 3 is wanted');
  expect(JSON.stringify(changes)).not.toContain('secret');
  expect((await converge(configMigrate, options, system)).changes).toEqual([]);
  expect(system.readText(CONFIG)).toBe('_config_version: 3\nagent:\n  turns: 90\n  model: x\n');
});

test('the edits of a version that the file has already are not made again', async () => {
  expect(await migrated('model: x\n_config_version: 2\n')).toBe(
    '_config_version: 3\nagent:\n  model: x\n',
  );
});

test('comments, order and layout of everything else stay', async () => {
  const text = [
    '# my agent',
    '',
    'model: "big one"       # do not change',
    'name:    Hermes',
    'terminal:   # local',
    '  backend: local     # or docker',
    '  paths:',
    '  - /a   # first',
    '  - {x: 1, y: [1,2]}',
    '',
    '# for the boss',
    'agent:',
    '  verbose: yes',
    "  greeting: 'it''s me'",
    '_config_version: 1 # set by hermes',
    '',
  ].join('\n');
  expect(await migrated(text)).toBe(
    [
      '# my agent',
      '',
      'name:    Hermes',
      'terminal:   # local',
      '  backend: local     # or docker',
      '  paths:',
      '  - /a   # first',
      '  - {x: 1, y: [1,2]}',
      '',
      '# for the boss',
      'agent:',
      '  verbose: yes',
      "  greeting: 'it''s me'",
      '  turns: 90',
      '  model: "big one" # do not change',
      '_config_version: 3 # set by hermes',
      '',
    ].join('\n'),
  );
});

test.each([
  [
    'set replaces a value and keeps the comment beside it',
    'a: 1 # one\n',
    { set: { path: 'a', value: 'x' } },
    'a: x # one\n',
  ],
  [
    'set makes the mappings on the way',
    'a: 1\n',
    { set: { path: 'b.c', value: true } },
    'a: 1\nb:\n  c: true\n',
  ],
  [
    'set fills an empty value',
    'b: # later\n',
    { set: { path: 'b.c', value: null } },
    'b:\n  # later\n  c: null\n',
  ],
  [
    'default leaves a value, even an empty one',
    'a:\n',
    { default: { path: 'a', value: 1 } },
    'a:\n',
  ],
  [
    'rename within a mapping stays in place',
    'a: 1 # x\nb: 2\n',
    { rename: { from: 'a', to: 'c' } },
    'c: 1 # x\nb: 2\n',
  ],
  [
    'rename to a value that is there drops the old one',
    'a: 1\nb: 2\n',
    { rename: { from: 'a', to: 'b' } },
    'b: 2\n',
  ],
  ['rename of nothing is nothing', 'a: 1\n', { rename: { from: 'x.y', to: 'b' } }, 'a: 1\n'],
  [
    'remove takes a value and its comment',
    'a: 1\n# old\nb:\n  c: 2\nd: 3\n',
    { remove: 'b' },
    'a: 1\nd: 3\n',
  ],
])('%s', async (_, before, change, after) => {
  const edits = [{ to: 5, changes: [change] }];
  expect(await migrated(before, edits)).toBe(`${after}_config_version: 5\n`);
});

test('Windows line ends stay', async () => {
  const edits = [{ to: 5, changes: [{ remove: 'a' }] }];
  expect(await migrated('a: 1\r\nb: 2\r\n', edits)).toBe('b: 2\r\n_config_version: 5\r\n');
});

test('a file without a version is the oldest, unless the plan calls it fresh', async () => {
  const system = world({ [CONFIG]: config('model: x\n') });
  const fresh = { ...options, unversioned: 'fresh' } as const;
  const { notes } = await findingsOf(configMigrate, fresh, system);
  expect(notes).toMatchObject([{ severity: 'info' }]);
  expect((await converge(configMigrate, fresh, system)).changes).toEqual([]);
  expect(system.readText(CONFIG)).toBe('model: x\n_config_version: 3\n');
  expect(await migrated('model: x\n')).toBe(
    'agent:\n  turns: 90\n  model: x\n_config_version: 3\n',
  );
});

test.each([
  ['a quoted key', '"_config_version": 3\n', 3],
  ['a quoted version', "_config_version: '3'\n", 3],
  ['a document that says where it starts', '# hi\n---\n_config_version: 3\n', 3],
  ['a version with a comment', '_config_version:  3   # three\r\n', 3],
  ['a mapping on one line', '{_config_version: 3, a: 1}\n', 3],
])('the version is read from %s', async (_, text, version) => {
  const system = world({ [CONFIG]: config(text) });
  expect((await findingsOf(configMigrate, options, system)).otherwise).toBe(
    `${CONFIG} is of version ${version}, and 3 is wanted`,
  );
});

test('a key of that name deeper in the file is no version', async () => {
  const system = world({ [CONFIG]: config('old:\n  _config_version: 9\n') });
  expect((await findingsOf(configMigrate, options, system)).changes).not.toEqual([]);
});

test.each([
  ['broken YAML', 'a: [1\n_config_version: 1\n'],
  ['a list', '- a\n'],
  ['an empty file', ''],
  ['several documents', '_config_version: 1\n---\na: 1\n'],
  ['a version that is none', '_config_version: soon\n'],
])('%s is left alone with a warning', async (_, text) => {
  const system = world({ [CONFIG]: config(text) });
  const { changes, notes } = await findingsOf(configMigrate, options, system);
  expect(changes).toEqual([]);
  expect(notes).toMatchObject([{ severity: 'warning' }]);
  expect(notes?.[0]?.text).toContain('left alone, and not migrated');
});

test('an edit that meets a value where it needs a mapping is impossible', async () => {
  const system = world({ [CONFIG]: config('agent: 5\nmodel: x\n') });
  await expect(planStep(configMigrate, options, system)).rejects.toMatchObject({
    found: 'agent holds a value where the edit of agent.turns needs a mapping',
  });
});

test('an edit that takes an anchor from an alias is impossible', async () => {
  const system = world({ [CONFIG]: config('legacy: &x 1\nb: *x\n') });
  await expect(planStep(configMigrate, options, system)).rejects.toThrow(
    'an edit takes away the anchor x, which an alias in the file names',
  );
});

test('a missing file is converged, and the operator can skip the step', async () => {
  expect((await findingsOf(configMigrate, options, world({}))).changes).toEqual([]);
  const system = world({ [CONFIG]: config('model: x\n') });
  const skipping = { ...options, skip: true };
  const origins = { skip: 'HERMES_SKIP_CONFIG_MIGRATION' };
  expect(await planStep(configMigrate, skipping, system, { origins })).toEqual({
    skipped: 'HERMES_SKIP_CONFIG_MIGRATION is set',
  });
});

test('a link is left alone, and a directory is impossible', async () => {
  const linked = world({ [CONFIG]: link('/etc/app.yaml') });
  const { changes, notes } = await findingsOf(configMigrate, options, linked);
  expect(changes).toEqual([]);
  expect(notes).toMatchObject([{ severity: 'warning' }]);
  const odd = world({ [CONFIG]: directory() });
  await expect(planStep(configMigrate, options, odd)).rejects.toThrow(
    `cannot use ${CONFIG}: it is a directory`,
  );
});

test('edits and a helper at once are refused', async () => {
  const both = { ...options, helper: { command: ['/bin/x'] } };
  await expect(planStep(configMigrate, both, world({}))).rejects.toThrow('both edits and a helper');
});

test('a boot that was killed after a backup makes no second one', async () => {
  const system = world({ [CONFIG]: config('model: x\n') });
  const [backup, ...rest] = (await findingsOf(configMigrate, options, system)).changes;
  if (backup !== undefined) await makeChange(backup, system, new AbortController());
  const again = await findingsOf(configMigrate, options, system);
  expect(again.changes.map(({ path }) => path)).toEqual(rest.map(({ path }) => path));
});

test('another content of the same version is backed up under the next number, whose name tells nothing of it', async () => {
  const system = world({
    [CONFIG]: config('_config_version: 1\n'),
    [`${CONFIG}.bak-v1`]: config('_config_version: 1 # earlier\n'),
  });
  const { changes } = await findingsOf(configMigrate, options, system);
  expect(changes.map(({ path }) => path)).toEqual([`${CONFIG}.bak-v1.2`, CONFIG]);
});

test('the hundredth backup of a version is refused', async () => {
  const names = Array.from({ length: 98 }, (_, index) => `${CONFIG}.bak-v1.${index + 2}`);
  const backups = [`${CONFIG}.bak-v1`, ...names].map((path) => [path, config('')] as const);
  const system = world({
    ...Object.fromEntries(backups),
    [CONFIG]: config('_config_version: 1\n'),
  });
  await expect(planStep(configMigrate, options, system)).rejects.toThrow('98 more backups');
});
