import { describe, expect, test } from 'vitest';
import { Problem, Unanswered } from '../../src/errors/problem.ts';
import { Content, type Reader } from '../../src/system/content.ts';
import { worldRecord } from '../../src/system/recording/world-record.ts';
import { everythingTo } from '../../src/system/owner-rule.ts';
import { RecordedTree } from '../../src/system/recording/recorded-tree.ts';
import { RecordingTree } from '../../src/system/recording/recording-tree.ts';
import { World } from '../../src/system/world.ts';
import { Malformed, text } from '../../src/text/codec.ts';
import { listened } from '../support/s6-world.ts';
import { directory, file, link, special, world } from '../support/world.ts';

const COVER = {
  known: [],
  value: (value: string) => (value === '' ? '' : '***'),
  digest: (digest: string) => `~${digest}`,
  text: (content: string) => content.replaceAll('password', 'stand-in'),
};

const POLICY = { guarded: [], self: 0 };

const firstLine: Reader<string> = {
  name: 'the first line',
  codec: text,
  read(content) {
    const [line = ''] = content.split('\n');
    if (line === '') throw new Problem({ found: 'nothing is there', wanted: 'a line' });
    return line;
  },
  leaves: (line) => line.slice(0, 8),
};

/** A world, and what is left of it in a record after something was asked. */
function afterwards(
  entries: Parameters<typeof world>[0],
  ask: (system: World) => void,
  mounts: readonly string[] = [],
): World {
  const tree = new RecordingTree(world(entries, { mounts }).tree, COVER);
  ask(new World(tree, POLICY));
  const json: unknown = JSON.parse(JSON.stringify(worldRecord.encode(tree.record())));
  return new World(new RecordedTree(worldRecord.decode(json, '')), POLICY);
}

test('a record answers what was asked, of every kind of entry', () => {
  const entries = {
    '/d': directory({ mode: 0o3755, owner: '1:2' }),
    '/d/file': file('1234', { nlink: 3, mode: 0o4640 }),
    '/d/link': link('/d/file'),
    '/d/fifo': listened(),
    '/d/socket': special('socket'),
    '/d/device': special('device'),
  };
  const original = world(entries);
  const paths = [...Object.keys(entries), '/none'];
  const asked = afterwards(entries, (system) => {
    for (const path of paths) system.look(path);
    system.list('/d');
    system.ask({ kind: 'listens', path: '/d/fifo' });
    system.ask({ kind: 'abandonedLocks' });
  });
  for (const path of paths) expect(asked.look(path)).toEqual(original.look(path));
  expect(asked.list('/d')).toEqual(original.list('/d'));
  expect(asked.ask({ kind: 'listens', path: '/d/fifo' })).toBe(true);
  expect(asked.ask({ kind: 'abandonedLocks' })).toEqual([]);
});

test('what an account may do is answered for that account and that right', () => {
  const entries = { '/d': directory() };
  const hermes = { name: 'hermes', uid: 1, gid: 1, groups: [1, 5], home: '/' };
  const enter = { path: '/d', right: 'enter' } as const;
  const asked = afterwards(entries, (system) =>
    system.ask({ kind: 'permitsAs', account: hermes, asked: [enter] }),
  );
  expect(asked.ask({ kind: 'permitsAs', account: hermes, asked: [enter] })).toEqual([undefined]);
  expect(() =>
    asked.ask({ kind: 'permitsAs', account: { ...hermes, groups: [1] }, asked: [enter] }),
  ).toThrow(Unanswered);
  expect(() =>
    asked.ask({ kind: 'permitsAs', account: hermes, asked: [{ path: '/d', right: 'write-in' }] }),
  ).toThrow(Unanswered);
});

test('a walk over a tree is answered for the owner that it was made for', async () => {
  const entries = { '/d': directory(), '/d/x': file('', { owner: '5:5' }) };
  const tree = new RecordingTree(world(entries).tree, COVER);
  const { signal } = new AbortController();
  const found = await tree.scanOwners('/d', everythingTo({ uid: 1, gid: 1 }), signal);
  const record = worldRecord.decode(worldRecord.encode(tree.record()), '');
  const recorded = new RecordedTree(record);
  await expect(recorded.scanOwners('/d', everythingTo({ uid: 1, gid: 1 }))).resolves.toEqual(found);
  expect(() => recorded.scanOwners('/d', everythingTo({ uid: 2, gid: 1 }))).toThrow(Unanswered);
});

test('of the mounts a record has those that what was asked for lies on, or above', () => {
  const entries = { '/data/home/x': file(''), '/mnt/other': directory() };
  const asked = afterwards(entries, (system) => system.look('/data/home/x'), [
    '/data',
    '/mnt/other',
  ]);
  expect([asked.isMount('/data'), asked.isMount('/mnt/other')]).toEqual([true, false]);
});

describe('of the content of a file', () => {
  const entries = { '/a': file('password 1\nmore\n'), '/b': file('password 2\nmore\n') };

  test('what a reader lets leave is there, with stand-ins for secrets', () => {
    const asked = afterwards(entries, (system) => system.readAs('/a', firstLine));
    expect(asked.readAs('/a', firstLine)).toBe('stand-in');
  });

  test('nothing is there that no reader was asked for', () => {
    const asked = afterwards(entries, (system) => [system.readText('/a'), system.read('/b')]);
    expect(asked.read('/a').size).toBe(16);
    expect(() => asked.readText('/a')).toThrow('the text of /a was not recorded');
    expect(() => asked.readAs('/b', firstLine)).toThrow('the first line of /b was not recorded');
    expect(() => asked.read('/a').digest()).toThrow(Unanswered);
    expect(() => asked.read('/a').reveal()).toThrow(Unanswered);
    expect(() => asked.read('/a').equals(Content.ofText('password 1\nmore\n'))).toThrow(Unanswered);
  });

  test('whether two files are the same is there when somebody has asked', () => {
    const asked = afterwards({ ...entries, '/c': file('password 1\nmore\n') }, (system) => {
      system.read('/a').equals(system.read('/b'));
      system.read('/a').equals(system.read('/c'));
    });
    expect(asked.read('/a').equals(asked.read('/b'))).toBe(false);
    expect(asked.read('/c').equals(asked.read('/a'))).toBe(true);
    expect(asked.read('/a').equals(Content.ofText('short'))).toBe(false);
  });

  test('what a reader refuses is refused in the same words', () => {
    const empty = { '/a': file('') };
    const asked = afterwards(empty, (system) => {
      expect(() => system.readAs('/a', firstLine)).toThrow(Problem);
    });
    expect(() => asked.readAs('/a', firstLine)).toThrow('nothing is there; wanted a line');
  });

  test('its size decides, as it does there, whether it is too large', () => {
    const asked = afterwards(entries, (system) => {
      expect(() => system.read('/a', 4)).toThrow(Problem);
    });
    expect(() => asked.read('/a', 4)).toThrow('/a has 16 bytes; wanted at most 4');
    expect(asked.read('/a', 16).size).toBe(16);
  });
});

test.each([
  ['nothing', undefined],
  ['an entry of no type', { entries: { '/x': { type: 'door' } } }],
  ['an owner that is none', { entries: { '/x': { type: 'file', owner: 'me', mode: '0644' } } }],
  ['a list of numbers', { lists: { '/x': [1] } }],
])('a record with %s is refused', (_, part) => {
  const whole = worldRecord.encode(new RecordingTree(world({}).tree, COVER).record());
  const json = part === undefined ? undefined : Object.assign({}, whole, part);
  expect(() => worldRecord.decode(json, '')).toThrow(Malformed);
});
