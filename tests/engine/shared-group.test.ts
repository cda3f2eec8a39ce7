/** What a step makes where a directory keeps its group. */
import { expect, test } from 'vitest';
import { showChange } from '../../src/changes/kinds.ts';
import type { Change } from '../../src/changes/change.ts';
import { inheriting, keptGroup, startedGroups } from '../../src/step/shared-group.ts';
import { accountGroups } from '../../steps/account-groups.ts';
import { findingsOf, ROOT_FACTS } from '../support/plan-step.ts';
import { directory, file, world } from '../support/world.ts';

const facts = { ...ROOT_FACTS, groups: [0, 2000] };
const owner = { uid: 10_000, gid: 10_000 };
const system = () =>
  world({
    '/opt/data': directory({ owner: '0:2000', mode: 0o2775 }),
    '/opt/data/.env': file('', { owner: '10000:2000', mode: 0o660 }),
    '/opt/other': directory({ owner: '0:2000', mode: 0o775 }),
  });
const made = (path: string, mode = 0o755): Change => {
  return { kind: 'directory', path, mode, owner, why: '' };
};
const shown = (...changes: Change[]): string[] =>
  inheriting(changes, system(), facts).map(showChange);

test('a group is kept by a set-group-ID directory of a group that the container was started with', () => {
  expect(keptGroup({ gid: 2000, mode: 0o2775 }, [2000])).toBe(2000);
  expect(keptGroup({ gid: 2000, mode: 0o775 }, [2000])).toBeUndefined();
  expect(keptGroup({ gid: 2000, mode: 0o2775 }, [100])).toBeUndefined();
  const image = world({ '/etc/group': file('root:x:0:root\nadm:x:4:root\n') });
  expect(startedGroups(image, { ...facts, groups: [0, 4, 2000] })).toEqual([2000]);
});

test('what is made inherits the group, and directories the bit and the rights of the group', () => {
  expect(shown(made('/opt/data/a'), made('/opt/data/a/b'), made('/opt/data/c', 0o700))).toEqual([
    '/opt/data/a new directory 02775 10000:2000',
    '/opt/data/a/b new directory 02775 10000:2000',
    '/opt/data/c new directory 02700 10000:2000',
  ]);
  expect(shown(made('/opt/other/a'))).toEqual(['/opt/other/a new directory 0755 10000:10000']);
});

test('of what is there the user alone is compared, and all of the mode but the rights of the group', () => {
  const path = '/opt/data/.env';
  const to = { uid: 10_000, gid: 10_000 };
  const own = (uid: number): Change => {
    return { kind: 'owner', path, from: { uid, gid: 2000 }, to, clears: 0, why: '' };
  };
  expect(shown(own(10_000))).toEqual([]);
  expect(shown(own(0))).toEqual(['/opt/data/.env owner 0:2000 -> 10000:2000']);
  expect(shown({ kind: 'mode', path, from: 0o660, to: 0o600, why: '' })).toEqual([]);
  expect(shown({ kind: 'mode', path, from: 0o664, to: 0o600, why: '' })).toEqual([
    '/opt/data/.env mode 0664 -> 0660',
  ]);
});

test('the account gets the group of such a home, and of no other one', async () => {
  const ask = async (of: string): Promise<string[]> =>
    (await findingsOf(accountGroups, { account: 'hermes', of }, system(), { facts })).changes
      .filter(({ path }) => path === '/etc/group')
      .map(showChange);
  expect(await ask('/opt/data')).toEqual(['group host-2000 none -> 2000, members hermes']);
  expect(await ask('/opt/other')).toEqual([]);
  expect(await ask('/opt/none')).toEqual([]);
});
