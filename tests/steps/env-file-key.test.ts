import { describe, expect, test } from 'vitest';
import { showChange } from '../../src/changes/kinds.ts';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import { envFileKey } from '../../steps/env-file-key.ts';
import { converge, findingsOf } from '../support/plan-step.ts';
import { directory, file, link, special, world } from '../support/world.ts';

const PATH = '/opt/data/.env';
const options = { path: PATH, name: 'API_SERVER_KEY', owner: 'hermes' };
const given = (key: string) => ({ ...options, given: key });
const withEnv = (text: string) => world({ [PATH]: file(text, { owner: '10000:10000' }) });
const KEY = /API_SERVER_KEY=[0-9a-f]{64}/;

describe('without a key of the container (B21)', () => {
  test('a missing file is made, with a key of 32 random bytes and mode 0600', async () => {
    const system = world({ '/opt/data': directory() });
    const { changes } = await findingsOf(envFileKey, options, system);
    expect(changes.map(showChange)).toEqual([
      `${PATH} new: with a new API_SERVER_KEY, 0600 10000:10000`,
    ]);
    expect((await converge(envFileKey, options, system)).changes).toEqual([]);
    expect(system.readText(PATH)).toMatch(new RegExp(`^${KEY.source}\n$`));
  });

  test('no two keys are the same', async () => {
    const [one, other] = [withEnv(''), withEnv('')];
    await converge(envFileKey, options, one);
    await converge(envFileKey, options, other);
    expect(one.readText(PATH)).not.toBe(other.readText(PATH));
  });

  test.each([
    ['a last line without its end', 'A=1', /^A=1\nAPI_SERVER_KEY=[0-9a-f]{64}\n$/],
    ['line ends of Windows', 'A=1\r\nB=2', /^A=1\r\nB=2\r\nAPI_SERVER_KEY=[0-9a-f]{64}\r\n$/],
    ['an empty key', 'API_SERVER_KEY=\nA=1\n', /^A=1\nAPI_SERVER_KEY=[0-9a-f]{64}\n$/],
    [
      'quotes with nothing in them',
      'export API_SERVER_KEY=""\n',
      /^API_SERVER_KEY=[0-9a-f]{64}\n$/,
    ],
    ['a comment alone', 'API_SERVER_KEY= # later\n', /^API_SERVER_KEY=[0-9a-f]{64}\n$/],
    [
      'an empty key behind a byte order mark',
      '\uFEFFAPI_SERVER_KEY=\nA=1\n',
      /^A=1\nAPI_SERVER_KEY=[0-9a-f]{64}\n$/,
    ],
    [
      'another name behind a byte order mark',
      '\uFEFFA=1\n',
      /^\uFEFFA=1\nAPI_SERVER_KEY=[0-9a-f]{64}\n$/,
    ],
    [
      'a byte order mark in the middle, which is part of a name for every agent',
      'A=1\n\uFEFFAPI_SERVER_KEY=x\n',
      /^A=1\n\uFEFFAPI_SERVER_KEY=x\nAPI_SERVER_KEY=[0-9a-f]{64}\n$/,
    ],
    [
      'an empty key behind another one, which the agent takes for none',
      'API_SERVER_KEY=x\nA=1\nAPI_SERVER_KEY=\n',
      /^API_SERVER_KEY=x\nA=1\nAPI_SERVER_KEY=[0-9a-f]{64}\n$/,
    ],
    ['a key that is commented out', '#API_SERVER_KEY=x\n', /^#.*\nAPI_SERVER_KEY=[0-9a-f]{64}\n$/],
    [
      'another name that ends so',
      'MY_API_SERVER_KEY=x\n',
      /^MY_.*\nAPI_SERVER_KEY=[0-9a-f]{64}\n$/,
    ],
    [
      'a value of several lines that looks like one',
      'A="\nAPI_SERVER_KEY=x\n"\n',
      /^A="\nAPI_SERVER_KEY=x\n"\nAPI_SERVER_KEY=[0-9a-f]{64}\n$/,
    ],
  ])('a file with %s gets one on a line of its own', async (_, text, wanted) => {
    const system = withEnv(text);
    expect((await converge(envFileKey, options, system)).changes).toEqual([]);
    expect(system.readText(PATH)).toMatch(wanted);
  });

  test.each([
    'API_SERVER_KEY=x',
    'export API_SERVER_KEY=x\r\n',
    '  API_SERVER_KEY = "x" # mine\n',
    "API_SERVER_KEY=\nAPI_SERVER_KEY='x'\n",
  ])('a file that has one is untouched: %j', async (text) => {
    expect(await findingsOf(envFileKey, options, withEnv(text))).toEqual({
      changes: [],
      converged: `${PATH} has API_SERVER_KEY, and keeps it`,
    });
  });
});

describe('a key behind a byte order mark, which some agents take for a part of its name', () => {
  test.each(['', 'container-key-of-16'])(
    'becomes one for all of them (container: %j)',
    async (key) => {
      const system = withEnv('\uFEFFAPI_SERVER_KEY=x\r\nA=1\r\n');
      const { changes, notes = [] } = await findingsOf(envFileKey, given(key), system);
      expect(changes.map(showChange)).toEqual([
        `${PATH} replaced: without a byte order mark, 0600 10000:10000`,
      ]);
      expect(notes).toHaveLength(key === '' ? 0 : 1);
      expect((await converge(envFileKey, given(key), system)).changes).toEqual([]);
      expect(system.readText(PATH)).toBe('API_SERVER_KEY=x\r\nA=1\r\n');
    },
  );

  test('is no matter where a later one decides', async () => {
    const system = withEnv('\uFEFFAPI_SERVER_KEY=x\nAPI_SERVER_KEY=y\n');
    expect((await findingsOf(envFileKey, options, system)).changes).toEqual([]);
  });
});

describe('a key of the container', () => {
  const LONG = 'k'.repeat(16);

  test('is used as it is, and none is made', async () => {
    expect(await findingsOf(envFileKey, given(LONG), world({}))).toMatchObject({
      changes: [],
      converged: 'the container brings API_SERVER_KEY',
    });
  });

  test('is not hidden by an empty one in the file', async () => {
    const system = withEnv('A=1\nAPI_SERVER_KEY=\n');
    const { changes } = await findingsOf(envFileKey, given(LONG), system);
    expect(changes.map(showChange)).toEqual([
      `${PATH} replaced: without an empty API_SERVER_KEY, 0600 10000:10000`,
    ]);
    await converge(envFileKey, given(LONG), system);
    expect(system.readText(PATH)).toBe('A=1\n');
  });

  test('is not hidden by an empty one behind another, which becomes a comment', async () => {
    const system = withEnv('A=1\r\nAPI_SERVER_KEY="x\r\ny"\r\nAPI_SERVER_KEY=\r\n');
    expect((await converge(envFileKey, given(LONG), system)).changes).toEqual([]);
    expect(system.readText(PATH)).toBe('A=1\r\n# API_SERVER_KEY="x\r\n# y"\r\n');
  });

  test('that is short is a warning, unless the file has one, which wins', async () => {
    const notes = async (text: string) =>
      (await findingsOf(envFileKey, given('short'), withEnv(text))).notes?.map((note) => note.text);
    expect(await notes('')).toEqual([
      'API_SERVER_KEY of the container has fewer than 16 characters: easy to guess',
    ]);
    expect(await notes('API_SERVER_KEY=x')).toEqual([
      `API_SERVER_KEY of the container has no effect: ${PATH} has another, which wins`,
    ]);
  });
});

test('the owner of an existing file stays where none is named', async () => {
  const system = world({ [PATH]: file('A=1\n', { owner: '1234:5678' }) });
  await converge(envFileKey, { path: PATH, name: 'K' }, system);
  expect(system.look(PATH)).toMatchObject({ stat: { uid: 1234, gid: 5678, mode: 0o600 } });
});

test.each<[string, Record<string, MemoryNode>]>([
  ['a link', { [PATH]: link('/etc/passwd') }],
  ['a dangling link', { [PATH]: link('/nowhere') }],
  ['a file behind a link', { '/opt/data': link('/srv') }],
])('%s is left alone, and what it points to (#52781)', async (_, entries) => {
  const { changes, notes } = await findingsOf(envFileKey, options, world(entries));
  expect(changes).toEqual([]);
  expect(notes).toMatchObject([{ severity: 'warning' }]);
});

test.each<[string, MemoryNode, string]>([
  ['a directory', directory(), 'is a directory'],
  ['a FIFO', special('fifo'), 'is a fifo'],
])('%s in its place is impossible', async (_, node, found) => {
  await expect(findingsOf(envFileKey, options, world({ [PATH]: node }))).rejects.toThrow(found);
});

test('a file whose bytes are no text is not written anew', async () => {
  const system = withEnv('');
  const { Content } = await import('../../src/system/content.ts');
  system.writeFile(PATH, Content.ofBytes(Uint8Array.of(0xff, 0x0a)), 0o600, { uid: 0, gid: 0 });
  await expect(findingsOf(envFileKey, options, system)).rejects.toThrow('is no UTF-8 text');
});

test('a file that is missing starts with that of the image: a seed that failed is not lost', async () => {
  const from = '/opt/hermes/.env.example';
  const system = world({
    '/opt/data': directory({ owner: '10000:10000' }),
    [from]: file('# Keys\nA=\n'),
  });
  const { changes } = await findingsOf(
    envFileKey,
    { path: '/opt/data/.env', from, name: 'API_SERVER_KEY', owner: 'hermes' },
    system,
  );
  const [change] = changes;
  if (change?.kind !== 'file') throw new Error('no file is written');
  expect(change.content.text()).toMatch(/^# Keys\nA=\nAPI_SERVER_KEY=[0-9a-f]{64}\n$/);
});
