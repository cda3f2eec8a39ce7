import { describe, expect, test } from 'vitest';
import { showChange } from '../../../src/changes/describe.ts';
import { skillsSync } from '../../../steps/skills-sync.ts';
import { findingsOf, planStep } from '../../support/plan-step.ts';
import {
  edit,
  hashOf,
  HOME,
  IMAGE,
  manifest,
  manifestOf,
  options,
  skill,
  sync,
} from '../../support/skills.ts';
import { directory, file, link, special, world } from '../../support/world.ts';

const NOTES = skill(`${IMAGE}/notes`, 'one');
const HASH = hashOf(world(NOTES), `${IMAGE}/notes`);
const OLD = skill(`${HOME}/notes`, 'old');
const OLD_HASH = hashOf(world(OLD), `${HOME}/notes`);
const base = { '/opt/data': directory(), [HOME]: directory({ owner: '10000:10000' }) };

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

  test('is taken for what it is where no hash tells its origin, and updated from then on', async () => {
    const system = world({ ...base, ...NOTES, ...OLD, ...manifest(['notes\n']) });
    expect((await sync(system)).changes).toEqual([]);
    expect(manifestOf(system)).toEqual([`notes:${OLD_HASH}`]);
    edit(system, `${IMAGE}/notes/SKILL.md`, 'another');
    edit(system, `${IMAGE}/.digest`, 'another');
    expect((await sync(system)).changes).toEqual([`tree-copy ${HOME}/notes`]);
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

describe('a copy that is not in its place', () => {
  const known = manifest([`notes:${OLD_HASH}\n`]);

  test.each(['notes.bak', '.notes.hermes-boot.bak'])(
    'is brought back from %s, where an interrupted update left it, and updated',
    async (backup) => {
      const aside = skill(`${HOME}/${backup}`, 'old');
      const system = world({ ...base, ...NOTES, ...aside, ...known });
      expect((await sync(system)).changes).toEqual([
        `move ${HOME}/notes`,
        `tree-copy ${HOME}/notes`,
      ]);
      expect(system.readText(`${HOME}/notes/SKILL.md`)).toBe('one');
      expect(system.look(`${HOME}/${backup}`).type).toBe('missing');
    },
  );

  test('is left in a .bak that was edited: that is a copy which the user keeps', async () => {
    const aside = skill(`${HOME}/notes.bak`, 'mine');
    expect((await sync(world({ ...base, ...NOTES, ...aside, ...known }))).changes).toEqual([]);
  });

  test('moves to where the image keeps the skill now, if it was not edited', async () => {
    const system = world({
      ...base,
      ...skill(`${IMAGE}/work/notes`, 'old'),
      ...OLD,
      [`${HOME}/notes/__pycache__/x.pyc`]: file('x'),
      ...known,
    });
    expect((await sync(system)).changes).toEqual([
      `directory ${HOME}/work`,
      `move ${HOME}/work/notes`,
    ]);
    expect(system.look(`${HOME}/notes`).type).toBe('missing');
  });

  test('is found by the name in its front matter', async () => {
    const text = '---\nname: "notes"\n---\nold';
    const was = skill(`${HOME}/old-name`, text);
    const hash = hashOf(world(was), `${HOME}/old-name`);
    const is = skill(`${IMAGE}/new-name`, '---\nname: notes\n---\nnew');
    const system = world({ ...base, ...is, ...was, ...manifest([`notes:${hash}\n`]) });
    expect((await sync(system)).changes).toEqual([
      `move ${HOME}/new-name`,
      `tree-copy ${HOME}/new-name`,
    ]);
  });

  test('stays where it is if it was edited, or if the hub has installed it', async () => {
    const moved = skill(`${IMAGE}/work/notes`, 'old');
    const edited = { ...OLD, [`${HOME}/notes/SKILL.md`]: file('mine') };
    const found = await sync(world({ ...base, ...moved, ...edited, ...known }));
    expect(found.changes).toEqual([]);
    expect(found.notes).toEqual(['skills: notes is edited by the user and kept']);
    const lock = '{"installed":{"n":{"install_path":"/notes/"}}}';
    const hub = { [`${HOME}/.hub/lock.json`]: file(lock) };
    expect((await sync(world({ ...base, ...moved, ...OLD, ...hub, ...known }))).changes).toEqual(
      [],
    );
  });
});

describe('what a killed sync has left', () => {
  test('is removed: half a copy, and an old one beside the new one', async () => {
    const system = world({
      ...base,
      ...NOTES,
      ...skill(`${HOME}/notes`, 'one'),
      ...skill(`${HOME}/.notes.hermes-boot.bak`, 'old'),
      [`${HOME}/.ml.hermes-boot`]: directory({ mode: 0o700 }),
    });
    expect((await sync(system)).changes).toEqual([
      `tree-removal ${HOME}/.ml.hermes-boot`,
      `tree-removal ${HOME}/.notes.hermes-boot.bak`,
    ]);
  });

  test('is given back its name where no sync wants the skill any more', async () => {
    const system = world({
      ...base,
      ...NOTES,
      ...skill(`${HOME}/.notes.hermes-boot.bak`, 'old'),
      '/opt/data/.no-bundled-skills': file(''),
    });
    expect((await sync(system)).changes).toEqual([`move ${HOME}/notes`]);
  });
});

describe('a link', () => {
  test('in place of a skill, or of its category, is left alone with what it leads to', async () => {
    const system = world({
      ...base,
      ...NOTES,
      ...skill(`${IMAGE}/ml/train`, 'a'),
      [`${HOME}/notes`]: link('/srv/shared/notes'),
      [`${HOME}/ml`]: link('/srv/shared'),
      '/srv/shared': directory(),
    });
    const { changes, notes } = await sync(system);
    expect(changes).toEqual([]);
    expect(notes).toEqual([
      'skills: train and notes are behind a link, which is left alone (#52781)',
    ]);
    expect(system.list('/srv/shared')).toEqual([]);
  });

  test.each(['', '/.bundled_manifest', '/.bundled_fingerprint'])(
    'at skills%s stops the sync: nothing could be written down (#68055)',
    async (path) => {
      const system = world({
        ...NOTES,
        [HOME + path]: link('/srv/shared'),
        '/srv/shared': directory(),
      });
      const { changes, notes } = await findingsOf(skillsSync, options, system);
      expect(changes).toEqual([]);
      expect(notes).toMatchObject([{ severity: 'warning' }]);
    },
  );
});

describe('a skill that others decide about', () => {
  test('is not brought back where the agent has pruned it, unless it is essential', async () => {
    const system = world({
      ...base,
      ...NOTES,
      ...skill(`${IMAGE}/hermes-agent`, 'me'),
      [`${HOME}/.curator_suppressed`]: file('# pruned\n notes\nhermes-agent\n'),
    });
    const { changes, notes } = await sync(system);
    expect(changes).toEqual([`tree-copy ${HOME}/hermes-agent`]);
    expect(notes).toEqual(['skills: notes is pruned by the agent, and left out']);
  });

  test('is left to an external directory, and the copy of the image that hides it goes', async () => {
    const external = skill('/srv/team/writing/notes', 'theirs');
    const known = manifest([`notes:${HASH}\n`]);
    const same = skill(`${HOME}/notes`, 'one');
    const system = world({ ...base, ...NOTES, ...external, ...same, ...known });
    const { changes } = await sync(system, { external: ['/srv/team', '/srv/nobody'] });
    expect(changes).toEqual([`tree-removal ${HOME}/notes`]);
    expect(manifestOf(system)).toEqual([]);
    const edited = world({ ...base, ...NOTES, ...external, ...OLD, ...known });
    expect((await sync(edited, { external: ['/srv/team'] })).changes).toEqual([]);
    expect(manifestOf(edited)).toEqual([`notes:${HASH}`]);
  });

  test('comes only if it is essential where the home wants none, and nothing is forgotten', async () => {
    const system = world({
      ...base,
      ...NOTES,
      ...skill(`${IMAGE}/own/hermes-agent`, 'me'),
      ...manifest(['gone:1\n', 'notes:2\n']),
      '/opt/data/.no-bundled-skills': file(''),
    });
    expect((await sync(system)).changes).toEqual([`tree-copy ${HOME}/own`]);
    expect(manifestOf(system).map((line) => line.split(':')[0])).toEqual([
      'gone',
      'hermes-agent',
      'notes',
    ]);
  });

  test('is left alone where it is a mount of its own, or something else has its name', async () => {
    const system = world(
      {
        ...base,
        ...NOTES,
        ...skill(`${IMAGE}/ml/train`, 'a'),
        ...OLD,
        [`${HOME}/ml`]: file('a note'),
        ...manifest([`notes:${OLD_HASH}\n`]),
      },
      { mounts: [`${HOME}/notes`] },
    );
    const { changes, notes } = await sync(system);
    expect(changes).toEqual([]);
    expect(notes).toEqual([
      'skills: train is left out: something else has the name',
      'skills: notes is a mount of its own, and left alone',
    ]);
  });
});

describe('a skill that the image has dropped', () => {
  const lines = manifest(['active:1\n', 'archived:2\n', 'gone:3\n', `notes:${HASH}\n`]);

  test('is forgotten only when no active and no archived copy is left', async () => {
    const system = world({
      ...base,
      ...NOTES,
      ...skill(`${HOME}/notes`, 'one'),
      [`${HOME}/elsewhere/x/SKILL.md`]: file('---\nname: active\n---\n'),
      [`${HOME}/.archive/archived/SKILL.md`]: file(''),
      ...lines,
    });
    expect((await sync(system)).changes).toEqual([]);
    expect(manifestOf(system)).toEqual(['active:1', 'archived:2', `notes:${HASH}`]);
  });

  test('is forgotten by no image without any skill: that one is broken', async () => {
    const system = world({ ...base, [IMAGE]: directory(), ...lines });
    const found = await findingsOf(skillsSync, options, system);
    expect(found.changes).toEqual([]);
    expect(found.notes).toMatchObject([{ severity: 'warning' }]);
  });
});

test('an image without a directory of skills is no step', async () => {
  expect(await planStep(skillsSync, options, world(base))).toEqual({
    skipped: '/opt/hermes/skills is missing',
  });
});

test('a skill of the image that has a link in it, or a name twice, is left out with a warning', async () => {
  const system = world({
    ...base,
    ...NOTES,
    ...skill(`${IMAGE}/again`, '---\nname: notes\n---\n'),
    ...skill(`${IMAGE}/linked`, 'l'),
    [`${IMAGE}/linked/x`]: link('/etc/passwd'),
  });
  const { changes, notes } = await sync(system);
  expect(changes).toEqual([`tree-copy ${HOME}/again`]);
  expect(notes[0]).toContain('of /opt/hermes/skills, linked and notes cannot be given to a home');
});

test('a home without a directory of skills gets one, with all in it', async () => {
  const system = world({ '/opt/data': directory(), ...NOTES, ...skill(`${IMAGE}/ml/train`, 'a') });
  const { changes } = await findingsOf(skillsSync, options, system);
  expect(changes.map(showChange)[0]).toBe(
    '/opt/data/skills new: copy of /opt/hermes/skills, 2 skills, 4 files, 10000:10000',
  );
  await sync(system);
});
