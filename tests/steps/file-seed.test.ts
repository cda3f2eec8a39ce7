import { describe, expect, test } from 'vitest';
import { showChange } from '../../src/changes/kinds.ts';
import { fileSeed } from '../../steps/file-seed.ts';
import { converge, findingsOf, planStep } from '../support/plan-step.ts';
import { directory, file, link, special, world } from '../support/world.ts';

const EXAMPLE = '/opt/hermes/.env.example';
const options = { path: '/opt/data/.env', from: EXAMPLE, owner: 'hermes', mode: '0600' };

test('an existing file is never touched, not even an empty one (B20)', async () => {
  const system = world({ '/opt/data/.env': file(''), [EXAMPLE]: file('A=\n') });
  const found = await findingsOf(fileSeed, options, system);
  expect(found.changes).toEqual([]);
});

test('a missing file is copied with its owner and mode', async () => {
  const system = world({ '/opt/data': directory(), [EXAMPLE]: file('A=\n') });
  const { changes } = await findingsOf(fileSeed, options, system);
  expect(changes.map(showChange)).toEqual([
    '/opt/data/.env new: copy of /opt/hermes/.env.example, 0600 10000:10000',
  ]);
  expect((await converge(fileSeed, options, system)).changes).toEqual([]);
  expect(system.readText('/opt/data/.env')).toBe('A=\n');
});

test('a text of the plan is put in place, and an existing file wins (B29)', async () => {
  const state = { path: '/opt/data/gateway_state.json', content: '{"gateway_state":"running"}\n' };
  const system = world({ '/opt/data': directory() });
  expect((await converge(fileSeed, state, system)).changes).toEqual([]);
  expect(system.readText(state.path)).toBe(state.content);
  const stopped = world({ [state.path]: file('{"gateway_state":"stopped"}') });
  expect((await findingsOf(fileSeed, state, stopped)).changes).toEqual([]);
});

test('a missing source is reported with both paths (#88926)', async () => {
  const system = world({ '/opt/data': directory() });
  expect(await findingsOf(fileSeed, options, system)).toEqual({
    changes: [],
    converged: 'there is nothing to copy',
    notes: [
      {
        severity: 'warning',
        text: '/opt/hermes/.env.example is missing, so that /opt/data/.env is not seeded (#88926)',
        warns: { of: 'no-source', path: '/opt/data/.env' },
      },
    ],
  });
});

test('a missing source that is required is a failure', async () => {
  const system = world({ '/opt/data': directory() });
  const required = { ...options, required: true };
  await expect(planStep(fileSeed, required, system)).rejects.toMatchObject({
    found: '/opt/data/.env is missing, and /opt/hermes/.env.example is missing',
  });
});

test('a source that is a link is not followed', async () => {
  const system = world({ '/opt/data': directory(), [EXAMPLE]: link('/etc/shadow') });
  const { changes, notes } = await findingsOf(fileSeed, options, system);
  expect(changes).toEqual([]);
  expect(notes?.[0]?.text).toContain('is a link to /etc/shadow');
});

test('nothing is written through a dangling link, and a warning says so (B15)', async () => {
  const system = world({ '/opt/data/.env': link('/root/.env'), [EXAMPLE]: file('A=\n') });
  const { changes, notes } = await findingsOf(fileSeed, options, system);
  expect(changes).toEqual([]);
  expect(notes).toMatchObject([{ severity: 'warning' }]);
});

test('a link to something that is there counts as seeded', async () => {
  const system = world({
    '/opt/data/.env': link('../secrets/env'),
    '/opt/secrets/env': file('A=1'),
    [EXAMPLE]: file('A=\n'),
  });
  const { changes, notes } = await findingsOf(fileSeed, options, system);
  expect(changes).toEqual([]);
  expect(notes).toMatchObject([{ severity: 'info' }]);
});

test('a target of another kind, or without a directory, is impossible', async () => {
  const fifo = world({ '/opt/data/.env': special('fifo'), [EXAMPLE]: file('A=\n') });
  await expect(planStep(fileSeed, options, fifo)).rejects.toThrow('/opt/data/.env is a fifo');
  const blank = world({ [EXAMPLE]: file('A=\n') });
  await expect(planStep(fileSeed, options, blank)).rejects.toThrow('/opt/data is missing');
});

test('a source and a text at once are refused, and neither is no step at all', async () => {
  const system = world({ '/opt/data': directory() });
  const both = { ...options, content: 'x' };
  await expect(planStep(fileSeed, both, system)).rejects.toThrow('both from and content');
  expect(await planStep(fileSeed, { path: '/opt/data/.env' }, system)).toEqual({
    skipped: 'no source is set for /opt/data/.env',
  });
});

describe('a first configuration', () => {
  const image = '/opt/hermes/cli-config.yaml.example';
  const target = { file: '/opt/hermes/config.py', pattern: '"_config_version":\\s*(\\d+)' };
  const stamping = {
    path: '/opt/data/config.yaml',
    from: image,
    version: { key: '_config_version', target },
  };
  const seeded = async (example: string, code = '"_config_version": 33,\n'): Promise<string> => {
    const system = world({
      '/opt/data': directory(),
      [image]: file(example),
      [target.file]: file(code),
    });
    expect((await converge(fileSeed, stamping, system)).changes).toEqual([]);
    return system.readText(stamping.path);
  };

  test('has the version of the image and every comment, so that no migration takes them', async () => {
    expect(await seeded('# all of it\nmodel: x # mine\n')).toBe(
      '# all of it\nmodel: x # mine\n_config_version: 33\n',
    );
    expect(await seeded('# a\n_config_version: 12 # raised\nmodel: x')).toBe(
      '# a\n_config_version: 33 # raised\nmodel: x',
    );
    expect(await seeded('_config_version:\r\nmodel: x\r\n')).toBe(
      '_config_version: 33\r\nmodel: x\r\n',
    );
    expect(await seeded('old:\n  _config_version: 1')).toBe(
      'old:\n  _config_version: 1\n_config_version: 33\n',
    );
  });

  test('is the example as it is where the image does not say what it expects', async () => {
    expect(await seeded('model: x\n', 'nothing')).toBe('model: x\n');
  });
});
