import { describe, expect, test } from 'vitest';
import type { Change, FileChange } from '../../src/changes/change.ts';
import { statesOf, type ChangeStates } from '../../src/changes/states.ts';
import { viewChange } from '../../src/report/step-view.ts';
import { Content } from '../../src/system/content.ts';

const OWNER = { uid: 10_000, gid: 10_001 };
const WHY = { path: '/opt/data/x', why: 'for this test' };
const SECRET = Content.ofText('hunter2hunter2');

const FILE: FileChange = {
  kind: 'file',
  from: 'file',
  content: SECRET,
  mode: 0o600,
  owner: OWNER,
  label: 'x',
  ...WHY,
};

/** A change of every kind, and the states that programs get of it. */
const SAMPLES: Readonly<
  Record<Change['kind'], readonly [Change, Pick<ChangeStates, 'before' | 'after'>]>
> = {
  directory: [
    { kind: 'directory', mode: 0o750, owner: OWNER, ...WHY },
    { before: null, after: { mode: '0750', ...OWNER } },
  ],
  file: [FILE, { before: { type: 'file' }, after: { mode: '0600', ...OWNER } }],
  mode: [
    { kind: 'mode', from: 0o4755, to: 0o755, ...WHY },
    { before: { mode: '04755' }, after: { mode: '0755' } },
  ],
  owner: [
    { kind: 'owner', from: { uid: 0, gid: 0 }, to: OWNER, clears: 0, ...WHY },
    { before: { uid: 0, gid: 0 }, after: OWNER },
  ],
  'tree-owner': [
    {
      kind: 'tree-owner',
      rule: { to: OWNER, users: 'any', groups: [], except: ['/opt/data/x/y'] },
      owners: [{ uid: 0, gid: 0 }],
      wrong: 3,
      entries: 10,
      ...WHY,
    },
    {
      before: { owners: [{ uid: 0, gid: 0 }], wrong: 3, entries: 10, atLeast: false },
      after: { uid: 10_000, gid: null, except: ['/opt/data/x/y'] },
    },
  ],
  removal: [
    { kind: 'removal', was: 'link', from: 'link', ...WHY },
    { before: { type: 'link' }, after: null },
  ],
  'tree-removal': [
    { kind: 'tree-removal', from: 'service directory', ...WHY },
    { before: { type: 'directory' }, after: null },
  ],
  'tree-copy': [
    {
      kind: 'tree-copy',
      copy: { from: '/opt/y', owner: OWNER, mode: 0o755, entries: [], replaces: false },
      label: 'no file',
      ...WHY,
    },
    { before: null, after: { source: '/opt/y', entries: 0, mode: '0755', ...OWNER } },
  ],
  move: [
    { kind: 'move', from: '/opt/data/w', ...WHY },
    { before: { path: '/opt/data/w' }, after: { path: '/opt/data/x' } },
  ],
  slot: [
    {
      kind: 'slot',
      slot: { owner: OWNER, mode: 0o755, parts: [{ name: 'run', type: 'fifo', mode: 0o600 }] },
      label: 'gateway of x',
      ...WHY,
    },
    { before: null, after: { entries: 1, mode: '0755', ...OWNER } },
  ],
  log: [
    { kind: 'log', lines: ['a line'], owner: OWNER, ...WHY },
    { before: null, after: { lines: ['a line'] } },
  ],
  account: [
    {
      kind: 'account',
      edit: { edit: 'user-ids', name: 'hermes', uid: 1000, gid: 100 },
      was: OWNER,
      from: '10000:10001',
      to: '1000:100',
      ...WHY,
    },
    {
      before: { name: 'hermes', ...OWNER },
      after: { name: 'hermes', uid: 1000, gid: 100 },
    },
  ],
  group: [
    {
      kind: 'group',
      edit: { edit: 'group-member', name: 'users', member: 'hermes' },
      was: { members: ['ada'] },
      from: 'members ada',
      to: 'members ada,hermes',
      ...WHY,
    },
    {
      before: { name: 'users', members: ['ada'] },
      after: { name: 'users', members: ['ada', 'hermes'] },
    },
  ],
  envdir: [
    { kind: 'envdir', owner: OWNER, name: 'A', from: null, to: 'b', ...WHY },
    { before: null, after: { name: 'A', value: 'b' } },
  ],
  command: [
    {
      kind: 'command',
      command: { argv: ['/bin/x', '--all'], env: { TOKEN: 'hunter2hunter2' }, cwd: '/opt/data' },
      restore: ['/opt/data/x'],
      ...WHY,
    },
    {
      before: null,
      after: {
        argv: ['/bin/x', '--all'],
        cwd: '/opt/data',
        as: null,
        restore: ['/opt/data/x'],
        opaque: false,
      },
    },
  ],
  stamp: [
    { kind: 'stamp', of: ['/opt/y'], owner: OWNER, ...WHY },
    { before: null, after: { of: ['/opt/y'] } },
  ],
  ids: [
    {
      kind: 'ids',
      account: 'hermes',
      was: null,
      ids: { users: [{ id: 7 }, { id: 8, since: 'now' }], groups: [], settled: OWNER },
      ...WHY,
    },
    {
      before: null,
      after: {
        users: [
          { id: 7, since: null },
          { id: 8, since: 'now' },
        ],
        groups: [],
        settled: OWNER,
      },
    },
  ],
};

describe('the states before and after a change', () => {
  test.each(Object.entries(SAMPLES))('are typed for the kind %s', (_, [change, states]) => {
    expect(statesOf(change)).toEqual({ kind: change.kind, ...states });
  });

  test('of a file that is changed in place have neither its owner nor its mode, which stay', () => {
    expect(statesOf({ ...FILE, inPlace: true }).after).toEqual({
      mode: null,
      uid: null,
      gid: null,
    });
  });

  test('hold no content of a file, and no environment of a command', () => {
    for (const [change] of Object.values(SAMPLES)) {
      expect(JSON.stringify(viewChange(change))).not.toContain('hunter2');
    }
  });
});
