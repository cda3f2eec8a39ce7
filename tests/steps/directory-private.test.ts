import { describe, expect, test } from 'vitest';
import { showChange } from '../../src/changes/kinds.ts';
import { RealSystem } from '../../src/system/real/real.ts';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import { directoryPrivate } from '../../steps/directory-private.ts';
import { converge, findingsOf, planStep, ROOT_FACTS } from '../support/plan-step.ts';
import { isRoot, NEEDS_ROOT, realRoot, snapshot } from '../support/real-root.ts';
import { directory, file, link, special, world } from '../support/world.ts';

const HERMES = '10000:10000';
const PATH = '/tmp/hermes-files';
const options = { path: PATH, owner: 'hermes' };
const TMP = { '/tmp': directory({ mode: 0o1777 }) };
const withoutChown = {
  ...ROOT_FACTS,
  capabilities: new Set(['DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID']),
};
const asHermes = { ...ROOT_FACTS, uid: 10000, gid: 10000, capabilities: new Set<string>() };

function textsOf(notes: readonly { severity: string; text: string }[] | undefined): string[] {
  expect((notes ?? []).every(({ severity }) => severity === 'warning')).toBe(true);
  return (notes ?? []).map(({ text }) => text);
}

describe('a private directory in a place of everybody (B18)', () => {
  test('is made with its parents, closed from the first moment', async () => {
    const system = world({ '/run': directory() });
    const runtime = { path: '/run/user/10000', owner: 'hermes' };
    const { changes, notes } = await findingsOf(directoryPrivate, runtime, system);
    expect(changes.map(showChange)).toEqual([
      '/run/user new directory 0755 0:0',
      '/run/user/10000 new directory 0700 10000:10000',
    ]);
    expect(notes).toEqual([]);
    expect(await converge(directoryPrivate, runtime, system)).toEqual({
      changes: [],
      converged: '/run/user/10000 is 0700 10000:10000',
      notes: [],
    });
  });

  test('is no matter where its variable is not set', async () => {
    const more = { origins: { path: 'XDG_RUNTIME_DIR' } };
    expect(await planStep(directoryPrivate, { owner: 'hermes' }, world(TMP), more)).toEqual({
      skipped: 'XDG_RUNTIME_DIR is not set',
    });
  });

  test.each<[string, MemoryNode, string[]]>([
    ['that is hermes already and too open', directory({ owner: HERMES }), ['mode 0755 -> 0700']],
    [
      'of another group',
      directory({ owner: '10000:0', mode: 0o700 }),
      [`owner 10000:0 -> ${HERMES}`],
    ],
    [
      'that root has made is closed before it is given away, so that it',
      directory({ mode: 0o2777 }),
      ['mode 02777 -> 0700', `owner 0:0 -> ${HERMES}`],
    ],
  ])('%s is put right', async (_, node, effects) => {
    const system = world({ ...TMP, [PATH]: node });
    const { changes } = await findingsOf(directoryPrivate, options, system);
    expect(changes.map(showChange)).toEqual(effects.map((effect) => `${PATH} ${effect}`));
    expect((await converge(directoryPrivate, options, system)).changes).toEqual([]);
  });

  test('with something in it that root keeps closed is still given away', async () => {
    const system = world({
      ...TMP,
      [PATH]: directory({ mode: 0o700 }),
      [`${PATH}/bus`]: special('socket'),
    });
    const { changes } = await findingsOf(directoryPrivate, options, system);
    expect(changes.map(showChange)).toEqual([`${PATH} owner 0:0 -> ${HERMES}`]);
  });
});

describe('what somebody else has put there is refused with a warning and left alone (B18):', () => {
  test.each<[string, Record<string, MemoryNode>, string]>([
    [
      'a link',
      { [PATH]: link('/etc') },
      `${PATH} is a link to /etc: refusing to follow it; left alone`,
    ],
    ['a link of root', { [PATH]: link('/srv', { owner: '0:0' }) }, `${PATH} is a link to /srv`],
    ['a file', { [PATH]: file('') }, `${PATH} is a regular file: left alone`],
    ['a FIFO', { [PATH]: special('fifo') }, `${PATH} is a fifo: left alone`],
    [
      'a directory of another account',
      { [PATH]: directory({ owner: '33:10000', mode: 0o700 }) },
      `${PATH} belongs to 33:10000, who may have put it there to be trusted: left alone`,
    ],
    [
      'a directory of root with something for others in it',
      { [PATH]: directory(), [`${PATH}/a`]: file('') },
      `${PATH} is root's, open to others and holds 1 name, so no private one: left alone`,
    ],
  ])('%s', async (_, entries, text) => {
    const { changes, notes } = await findingsOf(
      directoryPrivate,
      options,
      world({ ...TMP, ...entries }),
    );
    expect(changes).toEqual([]);
    expect(textsOf(notes)).toEqual([expect.stringContaining(text)]);
  });

  test.each(['33:33', '0:0'])(
    'a link of %s on the way, in a sticky directory of everybody',
    async (by) => {
      const system = world({ ...TMP, '/tmp/run': link('/etc', { owner: by }) });
      const { changes, notes } = await findingsOf(
        directoryPrivate,
        { path: '/tmp/run/hermes', owner: 'hermes' },
        system,
      );
      expect(changes).toEqual([]);
      expect(textsOf(notes)[0]).toContain('/tmp/run/hermes is behind /tmp/run, a link to /etc');
    },
  );
});

test.each(['/tmp', '/run', '/dev/shm', '/var/tmp', '/run/user', '/run/lock'])(
  '%s is everybody’s, and giving it away is impossible',
  async (path) => {
    const system = world({ [path]: directory({ mode: 0o1777 }) });
    const more = { origins: { path: 'XDG_RUNTIME_DIR' } };
    await expect(
      planStep(directoryPrivate, { path, owner: 'hermes' }, system, more),
    ).rejects.toMatchObject({
      found: `${path} is a directory of the system`,
      mend: ['set XDG_RUNTIME_DIR to another one'],
    });
  },
);

describe('where owners cannot be changed (B18)', () => {
  const text = `${PATH} belongs to 0:0 and not to hermes: CAP_CHOWN is missing (this is uid 0)`;

  test.each<[string, Record<string, MemoryNode>, string[]]>([
    ['a new directory is root’s, and closed', {}, ['new directory 0700 0:0']],
    ['one of root is closed and stays root’s', { [PATH]: directory() }, ['mode 0755 -> 0700']],
    ['a closed one of root stays', { [PATH]: directory({ mode: 0o700 }) }, []],
  ])('%s, with a warning and no failure', async (_, entries, effects) => {
    const system = world({ ...TMP, ...entries });
    const more = { facts: withoutChown };
    const { changes, notes } = await findingsOf(directoryPrivate, options, system, more);
    expect(changes.map(showChange)).toEqual(effects.map((effect) => `${PATH} ${effect}`));
    expect(textsOf(notes)).toEqual([text]);
    const after = await converge(directoryPrivate, options, system, more);
    expect([after.changes, textsOf(after.notes)]).toEqual([[], [text]]);
    expect((await converge(directoryPrivate, options, system)).notes).toEqual([]);
    expect(system.look(PATH)).toMatchObject({ stat: { uid: 10000, gid: 10000, mode: 0o700 } });
  });

  test('hermes itself makes its own', async () => {
    const more = { facts: asHermes };
    const { changes, notes } = await findingsOf(directoryPrivate, options, world(TMP), more);
    expect(changes.map(showChange)).toEqual([`${PATH} new directory 0700 ${HERMES}`]);
    expect(notes).toEqual([]);
  });
});

describe('a place in which others can swap it is told, once', () => {
  test.each<[string, MemoryNode, string]>([
    ['everybody may rename what it holds', directory({ mode: 0o777 }), '0777 0:0'],
    ['another group may', directory({ mode: 0o775, owner: '0:33' }), '0775 0:33'],
    ['another account owns it', directory({ owner: '33:33' }), '0755 33:33'],
  ])('since %s', async (_, node, look) => {
    const system = world({ '/srv/shared': node, '/srv/shared/a': directory({ mode: 0o1777 }) });
    const at = { path: '/srv/shared/a/hermes', owner: 'hermes' };
    const { changes, notes } = await findingsOf(directoryPrivate, at, system);
    expect(changes).toHaveLength(1);
    expect(textsOf(notes)).toEqual([
      `/srv/shared is ${look}: others can put another directory in place of /srv/shared/a/hermes; chown it to root and chmod it to 1777`,
    ]);
  });

  test('and not where root, hermes or the sticky bit keep them from it', async () => {
    const system = world({
      '/srv/a': directory({ mode: 0o1777 }),
      '/srv/a/b': directory({ owner: HERMES, mode: 0o770 }),
      '/srv/a/b/c': directory({ owner: '0:10000', mode: 0o775 }),
    });
    const at = { path: '/srv/a/b/c/hermes', owner: 'hermes' };
    expect((await findingsOf(directoryPrivate, at, system)).notes).toEqual([]);
  });
});

test.skipIf(!isRoot)(
  `on disk it replaces what an interrupted boot has left, and follows no link (${NEEDS_ROOT})`,
  async () => {
    const root = realRoot({
      ...TMP,
      '/tmp/.hermes-files.hermes-boot': link('/etc', { owner: '33:33' }),
      '/tmp/evil': link('/etc', { owner: '33:33' }),
    });
    const etc = snapshot(root, '/etc');
    const system = new RealSystem(root);
    expect((await converge(directoryPrivate, options, system)).changes).toEqual([]);
    const behind = { path: '/tmp/evil/hermes', owner: 'hermes' };
    expect((await converge(directoryPrivate, behind, system)).changes).toEqual([]);
    expect(snapshot(root, '/tmp')).toEqual(
      new Map([
        ['/tmp', 'directory 0:0 1777'],
        ['/tmp/evil', 'link 33:33 /etc'],
        ['/tmp/hermes-files', `directory ${HERMES} 700`],
      ]),
    );
    expect(snapshot(root, '/etc')).toEqual(etc);
  },
);

test('a directory of root is given away without CAP_FOWNER, whatever its mode', async () => {
  const system = world({ ...TMP, [PATH]: directory({ mode: 0o644 }) });
  const { changes } = await findingsOf(directoryPrivate, options, system);
  expect(changes.map(showChange)).toEqual([
    `${PATH} mode 0644 -> 0700`,
    `${PATH} owner 0:0 -> ${HERMES}`,
  ]);
});
