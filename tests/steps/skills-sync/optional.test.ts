import { describe, expect, test } from 'vitest';
import { skillsSync } from '../../../steps/skills-sync.ts';
import { findingsOf } from '../../support/plan-step.ts';
import {
  base,
  edit,
  hashOf,
  HOME,
  IMAGE,
  manifest,
  manifestOf,
  OPTIONAL,
  options,
  skill,
  sync,
} from '../../support/skills.ts';
import { directory, file, link, world } from '../../support/world.ts';

const LOCK = `${HOME}/.hub/lock.json`;
const optional = { optional: OPTIONAL };

const BUNDLED = skill(`${IMAGE}/notes`, 'one');
const NOW_OPTIONAL = skill(`${OPTIONAL}/chain/solana`, 'one');
const COPY = skill(`${HOME}/chain/solana`, 'one');
const all = { ...base, ...BUNDLED, ...NOW_OPTIONAL };

function lockOf(system: ReturnType<typeof world>): unknown {
  return JSON.parse(system.readText(LOCK));
}

describe('a copy of a skill that became optional', () => {
  test('is recorded as the agent records it, and stays in the manifest', async () => {
    const hash = hashOf(world(COPY), `${HOME}/chain/solana`);
    const system = world({ ...all, ...COPY, ...manifest([`solana:${hash}\n`]) });
    const { changes, notes } = await sync(system, optional);
    expect(changes).toEqual([`tree-copy ${HOME}/notes`, `directory ${HOME}/.hub`, `file ${LOCK}`]);
    expect(notes).toEqual([]);
    expect(manifestOf(system)).toContain(`solana:${hash}`);
    expect(lockOf(system)).toEqual({
      version: 1,
      installed: {
        solana: {
          source: 'official',
          identifier: 'official/chain/solana',
          trust_level: 'builtin',
          scan_verdict: 'backfilled',
          // By hashlib: each path, a zero byte and the content.
          content_hash: 'sha256:3c23dd406f07fa63',
          install_path: 'chain/solana',
          files: ['SKILL.md', 'scripts/run.py'],
          metadata: { backfilled_from: 'optional-skills' },
          installed_at: '1970-01-01T00:00:00.000+00:00',
          updated_at: '1970-01-01T00:00:00.000+00:00',
        },
      },
    });
  });

  test('is found by the name of its directory where it has kept its old place', async () => {
    const system = world({ ...all, ...skill(`${HOME}/web3/solana`, 'one') });
    await sync(system, optional);
    expect(lockOf(system)).toMatchObject({
      installed: { solana: { install_path: 'web3/solana', identifier: 'official/web3/solana' } },
    });
  });

  test.each([
    ['that was edited', skill(`${HOME}/chain/solana`, 'mine')],
    [
      'in one of two directories of its name',
      {
        ...skill(`${HOME}/one/solana`, 'one'),
        ...skill(`${HOME}/two/solana`, 'one'),
      },
    ],
    ['behind a link', { [`${HOME}/chain`]: directory(), [`${HOME}/chain/solana`]: link('/srv') }],
  ])('%s is not', async (_, copies) => {
    const { changes } = await sync(world({ ...all, ...copies }), optional);
    expect(changes).toEqual([`tree-copy ${HOME}/notes`]);
  });

  test('with the directory name of a skill that the image gives to homes is not', async () => {
    const notes = { ...skill(`${OPTIONAL}/misc/notes`, 'one'), ...skill(`${HOME}/notes`, 'one') };
    expect((await sync(world({ ...base, ...BUNDLED, ...notes }), optional)).changes).toEqual([]);
  });

  test('within a skill that is replaced is not: it goes with that', async () => {
    const old = { ...skill(`${HOME}/notes`, 'old'), ...skill(`${HOME}/notes/sub`, 'one') };
    const known = manifest([`notes:${hashOf(world(old), `${HOME}/notes`)}\n`]);
    const sub = skill(`${OPTIONAL}/misc/sub`, 'one');
    const system = world({ ...base, ...BUNDLED, ...old, ...known, ...sub });
    expect((await sync(system, optional)).changes).toEqual([`tree-copy ${HOME}/notes`]);
  });

  test('is not where the plan names no optional skills, or the image has none', async () => {
    const only = [`tree-copy ${HOME}/notes`];
    expect((await sync(world({ ...all, ...COPY }))).changes).toEqual(only);
    const none = world({ ...base, ...BUNDLED, ...COPY });
    expect((await sync(none, optional)).changes).toEqual(only);
  });
});

test('a sync that is killed before its manifest has not recorded less than it shall', async () => {
  const system = world({ ...all, ...COPY });
  await sync(system, optional);
  system.remove(LOCK);
  system.remove(`${HOME}/.bundled_manifest`);
  const { changes } = await findingsOf(skillsSync, { ...options, ...optional }, system);
  expect(changes.map(({ path }) => path)).toEqual([LOCK, `${HOME}/.bundled_manifest`]);
});

test('a sync that removes something behind its manifest says first that it is not done', async () => {
  const external = ['/srv/team'];
  const system = world({ ...all, ...skill('/srv/team/notes', 'theirs') });
  await sync(system, { external });
  for (const path of ['', '/scripts'])
    system.createDirectory(`${HOME}/notes${path}`, 0o755, { uid: 10000, gid: 10000 });
  edit(system, `${HOME}/notes/SKILL.md`, 'one');
  edit(system, `${HOME}/notes/scripts/run.py`, '# one');
  system.remove(`${HOME}/.bundled_manifest`);
  const { changes } = await findingsOf(skillsSync, { ...options, external }, system);
  expect(changes.map(({ path }) => path.slice(HOME.length + 1))).toEqual([
    '.bundled_fingerprint',
    '.bundled_manifest',
    'notes',
    '.bundled_fingerprint',
  ]);
});

describe('the lock of the hub', () => {
  const own = { lock: 3, installed: { mine: { install_path: 'mine' } }, taps: [] };

  test('keeps everything that it says, its owner and its mode', async () => {
    const there = file(`\uFEFF${JSON.stringify(own)}`, { owner: '10000:10000', mode: 0o600 });
    const system = world({ ...all, ...COPY, [LOCK]: there });
    await sync(system, optional);
    const lock = lockOf(system);
    expect(lock).toMatchObject({ lock: 3, taps: [], installed: own.installed });
    expect(lock).toHaveProperty('installed.solana');
    expect(system.look(LOCK)).toMatchObject({ stat: { uid: 10000, mode: 0o600 } });
  });

  test.each([
    ['the name', { solana: { install_path: 'elsewhere' } }],
    ['the place', { other: { install_path: 'chain/solana' } }],
  ])('gets no second entry for %s of a skill', async (_, installed) => {
    const lock = { [LOCK]: file(JSON.stringify({ installed })) };
    const { changes } = await sync(world({ ...all, ...COPY, ...lock }), optional);
    expect(changes).toEqual([`tree-copy ${HOME}/notes`]);
  });

  test.each([
    ['a list', '[]'],
    ['without a section', '{"installed": 1}'],
    ['no JSON', 'no JSON'],
    ['nested too deep', `{"x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
    ['too large', JSON.stringify({ x: 'x'.repeat(5_000_000) })],
  ])('is left alone, and said to be, where it is %s; the skills are synced', async (_, text) => {
    const system = world({ ...all, ...COPY, [LOCK]: file(text) });
    const { changes, notes } = await sync(system, optional);
    expect(changes).toEqual([`tree-copy ${HOME}/notes`]);
    expect(notes).toEqual([`${LOCK} is no lock of the hub: no optional skill is recorded in it`]);
    expect(system.readText(LOCK, 6_000_000)).toBe(text);
  });

  test('is not written through a link', async () => {
    const at = { [`${HOME}/.hub`]: link('/etc') };
    const { changes, notes } = await sync(world({ ...all, ...COPY, ...at }), optional);
    expect(changes).toEqual([`tree-copy ${HOME}/notes`]);
    expect(notes[0]).toContain('refusing to follow it');
  });
});

test('an image whose skill becomes optional leaves the copy of it and records it', async () => {
  const bundled = skill(`${IMAGE}/chain/solana`, 'one');
  const system = world({ ...base, ...BUNDLED, ...bundled, [OPTIONAL]: directory() });
  expect((await sync(system, optional)).changes).not.toContain(`file ${LOCK}`);
  system.moveDirectory(`${IMAGE}/chain`, `${OPTIONAL}/chain`);
  expect((await sync(system, optional)).changes).toEqual([
    `directory ${HOME}/.hub`,
    `file ${LOCK}`,
  ]);
});
