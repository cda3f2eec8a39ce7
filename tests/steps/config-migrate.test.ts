import { expect, test } from 'vitest';
import type { Change } from '../../src/changes/change.ts';
import { makeChange, showChange } from '../../src/changes/kinds.ts';
import { Problem } from '../../src/errors/problem.ts';
import { Content } from '../../src/system/content.ts';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import { SimulatedSystem } from '../../src/system/simulated.ts';
import { configMigrate } from '../../steps/config-migrate.ts';
import { converge, findingsOf, planStep } from '../support/plan-step.ts';
import { directory, file, link, world } from '../support/world.ts';

const CONFIG = '/opt/data/config.yaml';
const ENV = '/opt/data/.env';
const PYTHON = '/opt/hermes/.venv/bin/python';
const SCRIPT = '/opt/hermes/scripts/docker_config_migrate.py';
const TARGET = '/opt/hermes/hermes_cli/config.py';
const options = {
  file: CONFIG,
  backup: [CONFIG, ENV],
  helper: {
    command: [PYTHON, SCRIPT],
    target: { file: TARGET, pattern: '"_config_version":\\s*(\\d+)' },
  },
  stamp: '/opt/data/.config-migration',
  env: { HERMES_HOME: '/opt/data' },
};
const as = 'hermes';

function image(config: string, more: Record<string, MemoryNode> = {}) {
  return world({
    '/usr/bin/python3': file('', { mode: 0o755 }),
    [PYTHON]: link('/usr/bin/python3'),
    [SCRIPT]: file('print()'),
    [TARGET]: file('DEFAULT = {\n  "_config_version":  16,\n}\n'),
    [CONFIG]: file(config, { owner: '10000:10000', mode: 0o640 }),
    [ENV]: file('KEY=1', { owner: '10000:10000', mode: 0o600 }),
    ...more,
  });
}

test('a current file is converged without a process (B25)', async () => {
  const found = await findingsOf(configMigrate, options, image('_config_version: 16\n'), { as });
  expect(found).toEqual({
    changes: [],
    converged: `${CONFIG} is of version 16, and the image expects 16`,
  });
});

test('an old file is backed up, and the helper runs as the account, undone if it fails', async () => {
  const system = image('_config_version: 3\n');
  const { changes } = await findingsOf(configMigrate, options, system, { as });
  expect(changes.map(({ kind }) => kind)).toEqual(['file', 'file', 'command', 'stamp']);
  expect(changes[2]).toMatchObject({
    path: CONFIG,
    command: {
      argv: [PYTHON, SCRIPT],
      env: { HERMES_HOME: '/opt/data' },
      identity: { name: 'hermes', uid: 10000, groups: [10000], home: '/opt/data' },
    },
    restore: [CONFIG, ENV],
    why: 'is of version 3, and the image expects 16',
  });
  expect(changes.map(showChange).at(2)).toBe(
    `command ${PYTHON} ${SCRIPT} as hermes; may change /opt/data/config.yaml, /opt/data/.env, and whatever else it does`,
  );
});

test('a file without a version is older than the image', async () => {
  const { changes } = await findingsOf(configMigrate, options, image('model: x\n'), { as });
  expect(changes.find(({ kind }) => kind === 'command')?.why).toBe(
    'has no version, and the image expects 16',
  );
});

test('a helper that leaves an old version is not started again for the same files', async () => {
  const system = image('_config_version: 3\n');
  const { changes, notes } = await converge(configMigrate, options, system, { as });
  expect(changes).toEqual([]);
  expect(notes).toEqual([
    {
      severity: 'warning',
      text: `${CONFIG} stays at version 3, and the image expects 16: the helper has seen these very files already`,
    },
  ]);
  system.overlay.put(SCRIPT, file('print(1)'));
  expect((await findingsOf(configMigrate, options, system, { as })).changes).not.toEqual([]);
});

test.each([
  ['a missing file', undefined],
  ['a file that does not tell', file('nothing')],
  ['a link', link('/etc/passwd')],
])('with %s as target the helper runs once for each state of the files', async (_, node) => {
  const system = image('_config_version: 16\n', node === undefined ? {} : { [TARGET]: node });
  if (node === undefined) system.remove(TARGET);
  const { changes } = await findingsOf(configMigrate, options, system, { as });
  expect(changes.find(({ kind }) => kind === 'command')?.why).toBe(
    'is of version 16, and the helper knows what is wanted',
  );
  const after = await converge(configMigrate, options, system, { as });
  expect(after.changes).toEqual([]);
  expect(after.notes).toMatchObject([{ severity: 'info' }]);
});

test('an image without the helper says so of an old file, and skips the step where it may be current', async () => {
  for (const path of [SCRIPT, '/usr/bin/python3']) {
    const system = image('_config_version: 3\n');
    system.remove(path);
    const shown = path === SCRIPT ? SCRIPT : PYTHON;
    expect((await findingsOf(configMigrate, options, system, { as })).notes).toEqual([
      {
        severity: 'warning',
        text: `${CONFIG} is of version 3, the image expects 16, and nothing migrates it: this image has no ${shown}`,
      },
    ]);
    system.remove(TARGET);
    expect(await planStep(configMigrate, options, system, { as })).toEqual({
      skipped: `this image has no ${shown}`,
    });
  }
});

test('an old file that is not valid YAML is not handed to the helper, which would ignore all of it', async () => {
  for (const version of ['_config_version: 3\n', '']) {
    const system = image(`${version}model: [\n`);
    const { changes, notes } = await findingsOf(configMigrate, options, system, { as });
    expect(changes).toEqual([]);
    expect(notes?.[0]?.text).toMatch(/ is not valid YAML: line \d+, [a-z ]+:? /);
  }
});

test('a helper that reports that it ignores the file has failed, whatever its exit code', async () => {
  const helper = { ...options.helper, 'fails-on': 'override.*ignored' };
  const given = { ...options, helper };
  const { changes } = await findingsOf(configMigrate, given, image('model: x\n'), { as });
  expect(changes).toMatchObject([{}, {}, { command: { failsOn: 'override.*ignored' } }, {}]);
  const odd = { ...options, helper: { ...helper, 'fails-on': '(' } };
  await expect(planStep(configMigrate, odd, image('a: 1\n'), { as })).rejects.toMatchObject({
    found: 'helper.fails-on is (',
  });
});

test('a migration that fails at each boot leaves one pair of backups', async () => {
  const system = new Failing(image('_config_version: 3\n', { '/opt/data/backups': directory() }));
  const copies = ['/opt/data/backups/config'];
  const given = { ...options, helper: { ...options.helper, copies } };
  for (const boot of [1, 2, 3]) {
    const { changes } = await findingsOf(configMigrate, given, system, { as });
    await expect(makeAll(changes, system), `boot ${boot}`).rejects.toThrow('no');
  }
  expect(system.readText(CONFIG)).toBe('_config_version: 3\n');
  const left = ['/opt/data', ...copies].flatMap((path) => system.list(path));
  expect(left.filter((name) => name !== 'backups')).toEqual([
    '.env',
    '.env.bak-v3',
    'config.yaml',
    'config.yaml.bak-v3',
    'notes',
  ]);
});

/** Fails after what the agent's own helper does: it backs up, and changes half of the file. */
class Failing extends SimulatedSystem {
  #runs = 0;

  override run(): Promise<void> {
    this.#runs += 1;
    const owner = { uid: 10000, gid: 10000 };
    const top = '/opt/data/backups/config';
    if (this.look(top).type === 'missing') this.createDirectory(top, 0o700, owner);
    for (const path of [CONFIG, ENV]) {
      const name = `${path.slice(path.lastIndexOf('/') + 1)}.pre-docker-migrate.${this.#runs}`;
      this.writeFile(`${top}/${name}`, this.read(path), 0o600, owner);
    }
    this.writeFile(`${top}/notes`, Content.ofText('not a copy'), 0o600, owner);
    this.writeFile(CONFIG, Content.ofText('half'), 0o600, owner);
    return Promise.reject(new Problem({ found: 'no' }));
  }
}

async function makeAll(changes: readonly Change[], system: SimulatedSystem): Promise<void> {
  for (const change of changes) await makeChange(change, system, new AbortController());
}

test('a configuration that cannot be read is left alone with a warning', async () => {
  const system = image('a: [\n_config_version: 1\n_config_version: 2\n');
  const { changes, notes } = await findingsOf(configMigrate, options, system, { as });
  expect(changes).toEqual([]);
  expect(notes).toMatchObject([{ severity: 'warning' }]);
});

test('a backup source that is a link is told and not followed', async () => {
  const system = image('_config_version: 3\n', { [ENV]: link('/root/.env') });
  const { changes, notes } = await findingsOf(configMigrate, options, system, { as });
  expect(changes.map(({ kind }) => kind)).toEqual(['file', 'command', 'stamp']);
  expect(notes).toMatchObject([{ severity: 'warning' }]);
});

test('a pattern that is no regular expression is impossible', async () => {
  const helper = { ...options.helper, target: { file: TARGET, pattern: '(' } };
  await expect(
    planStep(configMigrate, { ...options, helper }, image('a: 1\n'), { as }),
  ).rejects.toMatchObject({ found: 'helper.target.pattern is (' });
});

test('an account that is missing is impossible', async () => {
  await expect(planStep(configMigrate, options, image('a: 1\n'), { as: 'ghost' })).rejects.toThrow(
    '/etc/passwd has no account ghost',
  );
});

test.each([
  ['a quoted key', '"_config_version": 16\n'],
  ['a quoted version', "_config_version: '16'\n"],
  ['a document that says where it starts', '# hi\n---\n_config_version: 16\n'],
  ['a version with a comment', '_config_version:  16   # now\r\n'],
  ['a mapping on one line', '{_config_version: 16, a: 1}\n'],
])('the version is read from %s', async (_, text) => {
  expect((await findingsOf(configMigrate, options, image(text), { as })).converged).toBe(
    `${CONFIG} is of version 16, and the image expects 16`,
  );
});

test('a key of that name deeper in the file is not the version', async () => {
  const system = image('old:\n  _config_version: 16\n');
  expect((await findingsOf(configMigrate, options, system, { as })).changes).not.toEqual([]);
});

test.each([
  ['broken YAML', '"_config_version": [1\n'],
  ['a list', '- _config_version\n'],
  ['several documents', '_config_version: 1\n---\na: 1\n'],
  ['a version that is not a number', '_config_version: soon\n'],
])('%s is left alone with a warning', async (_, text) => {
  const { changes, notes } = await findingsOf(configMigrate, options, image(text), { as });
  expect(changes).toEqual([]);
  expect(notes).toMatchObject([{ severity: 'warning' }]);
  expect(notes?.[0]?.text).toContain('left alone, and not migrated');
});

test('a missing file is converged, and the operator can skip the step', async () => {
  expect((await findingsOf(configMigrate, options, world({}), { as })).changes).toEqual([]);
  const skipping = { ...options, skip: true };
  const origins = { skip: 'HERMES_SKIP_CONFIG_MIGRATION' };
  expect(await planStep(configMigrate, skipping, image('a: 1\n'), { as, origins })).toEqual({
    skipped: 'HERMES_SKIP_CONFIG_MIGRATION is set',
  });
});

test('a link is left alone, and a directory is impossible', async () => {
  const linked = image('', { [CONFIG]: link('/etc/app.yaml') });
  const { changes, notes } = await findingsOf(configMigrate, options, linked, { as });
  expect(changes).toEqual([]);
  expect(notes).toMatchObject([{ severity: 'warning' }]);
  const odd = image('', { [CONFIG]: directory() });
  await expect(planStep(configMigrate, options, odd, { as })).rejects.toThrow(
    `cannot use ${CONFIG}: it is a directory`,
  );
});

test('a boot that was killed after a backup makes no second one', async () => {
  const system = image('model: x\n');
  const [backup, ...rest] = (await findingsOf(configMigrate, options, system, { as })).changes;
  if (backup !== undefined) await makeChange(backup, system, new AbortController());
  const again = await findingsOf(configMigrate, options, system, { as });
  expect(again.changes.map(({ path }) => path)).toEqual(rest.map(({ path }) => path));
});

test('another content of the same version is backed up under the next number, whose name tells nothing of it', async () => {
  const earlier = file('_config_version: 1 # earlier\n', { owner: '10000:10000' });
  const system = image('_config_version: 1\n', { [`${CONFIG}.bak-v1`]: earlier });
  const { changes } = await findingsOf(configMigrate, options, system, { as });
  expect(changes.map(({ path }) => path).slice(0, 2)).toEqual([
    `${CONFIG}.bak-v1.2`,
    `${ENV}.bak-v1`,
  ]);
  expect(JSON.stringify(changes)).not.toContain('KEY=1');
});

test('the hundredth backup of a version is refused', async () => {
  const names = Array.from({ length: 98 }, (_, index) => `${CONFIG}.bak-v1.${index + 2}`);
  const backups = [`${CONFIG}.bak-v1`, ...names].map((path) => [path, file('')] as const);
  const system = image('_config_version: 1\n', Object.fromEntries(backups));
  await expect(planStep(configMigrate, options, system, { as })).rejects.toThrow('98 more backups');
});
