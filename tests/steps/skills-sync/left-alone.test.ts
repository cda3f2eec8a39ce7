import { describe, expect, test } from 'vitest';
import { showChange } from '../../../src/changes/kinds.ts';
import { skillsSync } from '../../../steps/skills-sync.ts';
import { findingsOf, planStep } from '../../support/plan-step.ts';
import {
  base,
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
import { directory, file, link, world } from '../../support/world.ts';

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
