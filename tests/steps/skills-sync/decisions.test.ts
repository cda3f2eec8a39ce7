import { describe, expect, test } from 'vitest';
import { showChange } from '../../../src/changes/kinds.ts';
import { skillsSync } from '../../../steps/skills-sync.ts';
import { findingsOf } from '../../support/plan-step.ts';
import {
  base,
  edit,
  HASH,
  HOME,
  IMAGE,
  manifest,
  manifestOf,
  NOTES,
  OLD,
  OLD_HASH,
  options,
  skill,
  sync,
} from '../../support/skills.ts';
import { file, link, special, world } from '../../support/world.ts';

describe('a skill that is not in the manifest', () => {
  test('is copied with the owner of the account and no more rights than it takes', async () => {
    const system = world({ ...base, ...NOTES });
    const { changes } = await findingsOf(skillsSync, options, system);
    expect(changes.map(showChange)).toEqual([
      '/opt/data/skills/notes new: copy of /opt/hermes/skills/notes, 2 files, 10000:10000',
      '/opt/data/skills/.bundled_manifest new: 1 skill, 0644 10000:10000',
      '/opt/data/skills/.bundled_fingerprint new: fingerprint of the skills, 0644 10000:10000',
    ]);
    await sync(system);
    expect(system.readText(`${HOME}/notes/scripts/run.py`)).toBe('# one');
    expect(system.look(`${HOME}/notes/scripts/run.py`)).toMatchObject({ stat: { mode: 0o755 } });
    expect(system.look(`${HOME}/notes/SKILL.md`)).toMatchObject({ stat: { uid: 10000 } });
    expect(manifestOf(system)).toEqual([`notes:${HASH}`]);
  });

  test('comes with its whole category where that is new, and with the description of it', async () => {
    const system = world({
      ...base,
      ...skill(`${IMAGE}/ml/train`, 'a'),
      ...skill(`${IMAGE}/ml/deep/serve`, 'b'),
      [`${IMAGE}/ml/DESCRIPTION.md`]: file('about'),
      [`${IMAGE}/ml/README.md`]: file('for developers'),
    });
    const { changes } = await findingsOf(skillsSync, options, system);
    expect(showChange(changes[0] ?? expect.fail('no change'))).toBe(
      '/opt/data/skills/ml new: copy of /opt/hermes/skills/ml, 2 skills, 5 files, 10000:10000',
    );
    await sync(system);
    expect(system.list(`${HOME}/ml`)).toEqual(['DESCRIPTION.md', 'deep', 'train']);
  });

  test('is added to a category that is there, and a missing description, too', async () => {
    const system = world({
      ...base,
      ...skill(`${IMAGE}/ml/train`, 'a'),
      [`${IMAGE}/ml/DESCRIPTION.md`]: file('about'),
      [`${HOME}/ml/mine/SKILL.md`]: file('mine'),
    });
    const { changes } = await sync(system);
    expect(changes).toEqual([`tree-copy ${HOME}/ml/train`, `file ${HOME}/ml/DESCRIPTION.md`]);
  });

  test('does not replace a directory of the user that has its name', async () => {
    const system = world({ ...base, ...NOTES, ...OLD });
    const { changes, notes } = await sync(system);
    expect(changes).toEqual([]);
    expect(notes).toEqual(["skills: notes is of the user's own, and kept"]);
    expect(manifestOf(system)).toEqual([]);
  });

  test('is adopted where the same bytes are there already, as after a killed sync', async () => {
    const system = world({ ...base, ...NOTES, ...skill(`${HOME}/notes`, 'one') });
    expect((await sync(system)).changes).toEqual([]);
    expect(manifestOf(system)).toEqual([`notes:${HASH}`]);
  });
});

describe('a skill that is in the manifest', () => {
  const known = manifest([`notes:${OLD_HASH}\n`]);

  test('is replaced where the image has another one and the copy was not edited', async () => {
    const system = world({ ...base, ...NOTES, ...OLD, ...known });
    const { changes } = await findingsOf(skillsSync, options, system);
    expect(changes.map(showChange)[0]).toBe(
      '/opt/data/skills/notes replaced: copy of /opt/hermes/skills/notes, 2 files, 10000:10000',
    );
    await sync(system);
    expect(system.readText(`${HOME}/notes/SKILL.md`)).toBe('one');
    expect(manifestOf(system)).toEqual([`notes:${HASH}`]);
  });

  test('is kept where the user has edited the copy', async () => {
    const edited = { ...OLD, [`${HOME}/notes/more.md`]: file('mine') };
    const system = world({ ...base, ...NOTES, ...edited, ...known });
    const { changes, notes } = await sync(system);
    expect(changes).toEqual([]);
    expect(notes).toEqual(['skills: notes is edited by the user and kept']);
    expect(manifestOf(system)).toEqual([`notes:${OLD_HASH}`]);
  });

  test('is not read where the image still has what it came from', async () => {
    const same = manifest([`notes:${HASH}\n`]);
    const huge = { [`${HOME}/notes/SKILL.md`]: special('fifo') };
    const { changes, notes } = await sync(world({ ...base, ...NOTES, ...huge, ...same }));
    expect([changes, notes]).toEqual([[], []]);
  });

  test('is kept where the copy has a link in it: what that leads to is nothing to compare', async () => {
    const linked = { ...OLD, [`${HOME}/notes/more.md`]: link('/etc/passwd') };
    const { changes, notes } = await sync(world({ ...base, ...NOTES, ...linked, ...known }));
    expect(changes).toEqual([]);
    expect(notes).toEqual(['skills: notes is edited by the user and kept']);
  });

  test('counts as not edited where it has the bytes of the image, whatever the manifest says', async () => {
    const other = manifest(['notes:0123456789abcdef0123456789abcdef\n']);
    const system = world({ ...base, ...NOTES, ...skill(`${HOME}/notes`, 'one'), ...other });
    expect((await sync(system)).changes).toEqual([]);
    expect(manifestOf(system)).toEqual([`notes:${HASH}`]);
  });

  test('is not edited by the caches that using it leaves, nor by the Finder', async () => {
    const used = {
      ...OLD,
      [`${HOME}/notes/scripts/__pycache__/run.cpython-313.pyc`]: file('x'),
      [`${HOME}/notes/scripts/run.pyc`]: file('x'),
      [`${HOME}/notes/.DS_Store`]: file('x'),
    };
    const { changes } = await sync(world({ ...base, ...NOTES, ...used, ...known }));
    expect(changes).toEqual([`tree-copy ${HOME}/notes`]);
  });

  test('is edited by bytecode without a source, and by installed packages', async () => {
    for (const path of ['scripts/other.pyc', 'node_modules/x/index.js']) {
      const used = { ...OLD, [`${HOME}/notes/${path}`]: file('x') };
      expect((await sync(world({ ...base, ...NOTES, ...used, ...known }))).changes).toEqual([]);
    }
  });

  test('counts as edited where no hash tells its origin, now and with the next image', async () => {
    const system = world({ ...base, ...NOTES, ...OLD, ...manifest(['notes\n']) });
    expect((await sync(system)).changes).toEqual([]);
    expect(manifestOf(system)).toEqual(['notes:']);
    edit(system, `${IMAGE}/notes/SKILL.md`, 'another');
    edit(system, `${IMAGE}/.digest`, 'another');
    expect((await sync(system)).changes).toEqual([]);
  });

  test('stays deleted where the user has deleted it', async () => {
    const system = world({ ...base, ...NOTES, ...known });
    expect((await sync(system)).changes).toEqual([]);
    expect(manifestOf(system)).toEqual([`notes:${OLD_HASH}`]);
  });

  test('stays deleted with its category, which is not made for a description alone', async () => {
    const system = world({
      ...base,
      ...skill(`${IMAGE}/ml/train`, 'a'),
      [`${IMAGE}/ml/DESCRIPTION.md`]: file('about'),
      ...manifest(['train:x\n']),
    });
    expect((await sync(system)).changes).toEqual([]);
  });
});
