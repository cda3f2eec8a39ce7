import { beforeEach, describe, expect, test } from 'vitest';
import type { Content } from '../../../src/system/content.ts';
import { SimulatedSystem } from '../../../src/system/simulated.ts';
import { skillsSync } from '../../../steps/skills-sync.ts';
import type { Options } from '../../../steps/skills-sync/schema.ts';
import { parseRecord, showRecord } from '../../../steps/skills-sync/record.ts';
import { findingsOf } from '../../support/plan-step.ts';
import { edit, HOME, IMAGE, options, skill, sync } from '../../support/skills.ts';
import { directory, file, world } from '../../support/world.ts';

/** A world that tells which files of it were read. */
class Watched extends SimulatedSystem {
  readonly reads: string[] = [];

  override read(path: string, limit?: number): Content {
    this.reads.push(path);
    return super.read(path, limit);
  }
}

let system: Watched;

beforeEach(async () => {
  system = new Watched(
    world({
      '/opt/data': directory(),
      [HOME]: directory({ owner: '10000:10000' }),
      ...skill(`${IMAGE}/notes`, 'one'),
      ...skill(`${IMAGE}/ml/train`, 'two'),
      [`${IMAGE}/.digest`]: file('1\n'),
    }),
  );
  await sync(system);
  system.reads.length = 0;
});

/** What a plan has to do, and what it reads to know. */
async function look(more: Partial<Options> = {}): Promise<{ work: number; reads: string[] }> {
  const { changes } = await findingsOf(skillsSync, { ...options, ...more }, system);
  return { work: changes.length, reads: system.reads.filter((path) => path !== '/etc/passwd') };
}

describe('after a sync', () => {
  test('nothing is read but the record and the digest of the image', async () => {
    expect(await look()).toEqual({
      work: 0,
      reads: [`${IMAGE}/.digest`, `${HOME}/.bundled_fingerprint`],
    });
  });

  test.each(['an image with a digest', 'an image without'])(
    'a line that the user took out of the manifest does not bring the skill back while the image is the same: %s',
    async (image) => {
      if (image.endsWith('without')) {
        system.remove(`${IMAGE}/.digest`);
        await sync(system);
      }
      const lines = system.readText(`${HOME}/.bundled_manifest`);
      edit(system, `${HOME}/.bundled_manifest`, lines.replace(/^notes:.*\n/m, ''));
      system.removeTree(`${HOME}/notes`);
      expect((await look()).work).toBe(0);
      // To another image it is a skill that the home never had.
      edit(system, `${IMAGE}/notes/SKILL.md`, 'one, and more');
      if (!image.endsWith('without')) edit(system, `${IMAGE}/.digest`, '2');
      expect((await sync(system)).changes).toEqual([`tree-copy ${HOME}/notes`]);
    },
  );

  test('what the user does to a copy is no reason to look again', async () => {
    system.removeTree(`${HOME}/notes`);
    edit(system, `${HOME}/ml/train/SKILL.md`, 'mine');
    expect((await look()).work).toBe(0);
    edit(system, `${IMAGE}/.digest`, '2');
    await sync(system);
    expect(system.look(`${HOME}/notes`).type).toBe('missing');
    expect(system.readText(`${HOME}/ml/train/SKILL.md`)).toBe('mine');
  });

  test.each<[string, () => void]>([
    [
      'another digest',
      () => {
        edit(system, `${IMAGE}/.digest`, '2');
      },
    ],
    [
      'a skill that somebody has added to the image',
      () => {
        system.createDirectory(`${IMAGE}/ml/x`, 0o755, { uid: 0, gid: 0 });
        edit(system, `${IMAGE}/ml/x/SKILL.md`, '');
      },
    ],
    [
      'a missing manifest',
      () => {
        system.remove(`${HOME}/.bundled_manifest`);
      },
    ],
    [
      'a record of something else',
      () => {
        edit(system, `${HOME}/.bundled_fingerprint`, 'x');
      },
    ],
    [
      'a wish for no skills',
      () => {
        edit(system, '/opt/data/.no-bundled-skills', '');
      },
    ],
    [
      'another list of pruned skills',
      () => {
        edit(system, `${HOME}/.curator_suppressed`, 'notes');
      },
    ],
  ])('%s is noticed', async (_, act) => {
    act();
    expect((await look()).work).toBeGreaterThan(0);
    await sync(system);
  });

  test('an external directory that supplies something else is noticed', async () => {
    const more = { external: ['/srv'] };
    await sync(system, more);
    expect((await look(more)).work).toBe(0);
    system.createDirectory('/srv', 0o755, { uid: 0, gid: 0 });
    system.createDirectory('/srv/notes', 0o755, { uid: 0, gid: 0 });
    edit(system, '/srv/notes/SKILL.md', 'theirs');
    expect((await sync(system, more)).changes).toEqual([`tree-removal ${HOME}/notes`]);
  });
});

test('without a digest, a file of another size is noticed and none is read to know', async () => {
  const plain = { digest: `${IMAGE}/.nothing` };
  await sync(system, plain);
  system.reads.length = 0;
  expect(await look(plain)).toEqual({ work: 0, reads: [`${HOME}/.bundled_fingerprint`] });
  edit(system, `${IMAGE}/notes/SKILL.md`, 'longer');
  expect((await sync(system, plain)).changes).toEqual([`tree-copy ${HOME}/notes`]);
});

test('an older record is taken back before the first change, and no image believes it meanwhile', async () => {
  edit(system, `${IMAGE}/notes/SKILL.md`, 'newer');
  edit(system, `${IMAGE}/.digest`, '2');
  const { changes } = await findingsOf(skillsSync, options, system);
  expect(changes.map(({ kind, path }) => [kind, path.slice(HOME.length + 1)])).toEqual([
    ['file', '.bundled_fingerprint'],
    ['tree-copy', 'notes'],
    ['file', '.bundled_manifest'],
    ['file', '.bundled_fingerprint'],
  ]);
});

test('an image with the same skills changes the record alone', async () => {
  edit(system, `${IMAGE}/.digest`, '2');
  const { changes } = await findingsOf(skillsSync, options, system);
  expect(changes.map(({ path }) => path)).toEqual([`${HOME}/.bundled_fingerprint`]);
});

test.each(['ab'.repeat(32), '[1,["a digest",[["a\\nname"]]]]'])(
  'a record of %s is read as it was written, and nothing else is a record',
  (fingerprint) => {
    const record = { fingerprint, done: false };
    expect(parseRecord(showRecord(record))).toEqual(record);
    expect(parseRecord(showRecord({ ...record, done: true }))?.done).toBe(true);
    for (const text of ['', 'x', 'ab', `done ${fingerprint}`, fingerprint, `${fingerprint}\n\n`]) {
      expect(parseRecord(text)).toBeUndefined();
    }
  },
);
