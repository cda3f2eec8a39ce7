import { describe, expect, test } from 'vitest';
import { hashOf, HOME, IMAGE, manifest, skill, sync } from '../../support/skills.ts';
import { directory, file, world } from '../../support/world.ts';

const NOTES = skill(`${IMAGE}/notes`, 'one');
const OLD = skill(`${HOME}/notes`, 'old');
const OLD_HASH = hashOf(world(OLD), `${HOME}/notes`);
const base = { '/opt/data': directory(), [HOME]: directory({ owner: '10000:10000' }) };

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
