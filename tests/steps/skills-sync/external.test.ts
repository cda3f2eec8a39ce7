import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MemoryNode } from '../../../src/system/memory-node.ts';
import type { SimulatedSystem } from '../../../src/system/simulated.ts';
import { skillsSync } from '../../../steps/skills-sync.ts';
import { delegationParser, glance } from '../../../steps/skills-sync/delegation.ts';
import { findingsOf } from '../../support/plan-step.ts';
import { edit, HOME, IMAGE, options, skill, sync } from '../../support/skills.ts';
import { directory, file, link, special, world } from '../../support/world.ts';

const parsed = await delegationParser();

const CONFIG = '/opt/data/config.yaml';
const more = { config: CONFIG };
const TEAM = skill('/srv/team/writing/notes', 'theirs');

/** A home whose image has the skills notes and train, with a configuration. */
function homeWith(config: string | MemoryNode, entries = {}): SimulatedSystem {
  return world({
    '/opt/data': directory(),
    [HOME]: directory({ owner: '10000:10000' }),
    ...skill(`${IMAGE}/notes`, 'one'),
    ...skill(`${IMAGE}/train`, 'two'),
    ...TEAM,
    [CONFIG]: typeof config === 'string' ? file(config) : config,
    ...entries,
  });
}

const naming = (...paths: string[]): string =>
  ['skills:', '  external_dirs:', ...paths.map((path) => `  - ${path}`), ''].join('\n');

describe('a directory that config.yaml names', () => {
  test('supplies its skills: the home gets no copy of them (#28126)', async () => {
    const system = homeWith(naming('/srv/team'));
    const { changes, notes } = await sync(system, more);
    expect(changes).toEqual([`tree-copy ${HOME}/train`]);
    expect(notes).toEqual(['skills: notes is supplied by an external directory']);
  });

  test('is noticed when it is named later, and the copy of the image goes', async () => {
    const system = homeWith('model: x\n');
    await sync(system, more);
    edit(system, CONFIG, naming('/srv/team'));
    expect((await sync(system, more)).changes).toEqual([`tree-removal ${HOME}/notes`]);
    edit(system, CONFIG, 'model: x\n');
    expect((await sync(system, more)).changes).toEqual([`tree-copy ${HOME}/notes`]);
  });

  test('counts besides those of the plan', async () => {
    const system = homeWith(naming('/srv/team'), skill('/srv/other/train', 'theirs'));
    const { changes } = await sync(system, { ...more, external: ['/srv/other'] });
    expect(changes).toEqual([]);
  });

  test.each(['~/shared', '~//shared/', 'shared', '/opt/data/./shared', '/opt/data/x/../shared'])(
    'is found as %s where the home is',
    async (name) => {
      const system = homeWith(naming(name), skill('/opt/data/shared/notes', 'theirs'));
      expect((await sync(system, more)).changes).toEqual([`tree-copy ${HOME}/train`]);
    },
  );

  test.each([
    '$HERMES_HOME/shared',
    '${HERMES_HOME}/shared',
    '$HOME/shared',
    '${TEAM_SKILLS}',
    '$TEAM_SKILLS/',
    '${TOP}/data/$REST',
    '~hermes/shared',
    '~${ACCOUNT}/shared',
  ])('is found as %s, which the agent expands', async (name) => {
    const envdir = {
      TEAM_SKILLS: '/opt/data/shared',
      TOP: '/opt',
      REST: 'shared',
      ACCOUNT: 'hermes',
    };
    const variables = Object.entries(envdir).map(
      ([variable, value]) => [`/run/s6/container_environment/${variable}`, file(value)] as const,
    );
    const entries = {
      ...skill('/opt/data/shared/notes', 'theirs'),
      ...Object.fromEntries(variables),
    };
    const { changes, notes } = await sync(homeWith(naming(`"${name}"`), entries), more);
    expect(changes).toEqual([`tree-copy ${HOME}/train`]);
    expect(notes).toEqual(['skills: notes is supplied by an external directory']);
  });

  test.each(['${TEAM_SKILLS}/x', '$NOBODY/skills', '~other/skills', '$$/x'])(
    'is told and passed over when only the agent knows where it is: %s',
    async (name) => {
      const { changes, notes } = await sync(homeWith(naming(name, '/srv/team')), more);
      expect(changes).toEqual([`tree-copy ${HOME}/train`]);
      expect(notes[0]).toBe(
        `entry 1 of skills.external_dirs in ${CONFIG} is not a plain path: ` +
          'only the agent knows what it means',
      );
    },
  );

  test.each(['/opt/data', '/', '~', '~/skills/ml'])(
    'is passed over where the copies of the home would take their own place: %s',
    async (name) => {
      const system = homeWith(naming(`'${name}'`), skill(`${HOME}/ml/notes`, 'one'));
      const { changes, notes } = await sync(system, more);
      expect(changes).toEqual([`tree-copy ${HOME}/notes`, `tree-copy ${HOME}/train`]);
      expect(notes).toEqual([
        `entry 1 of skills.external_dirs in ${CONFIG} is passed over: ` +
          'it overlaps with the skills of the home',
      ]);
    },
  );

  test('is passed over in silence where it is the skills of the home, as by the agent', async () => {
    expect((await sync(homeWith(naming('~/skills')), more)).notes).toEqual([]);
  });

  test('is empty as long as it is missing, and noticed when it comes', async () => {
    const system = homeWith(naming('/srv/later'));
    expect((await sync(system, more)).notes).toEqual([]);
    for (const path of ['/srv/later', '/srv/later/notes']) {
      system.createDirectory(path, 0o755, { uid: 0, gid: 0 });
    }
    edit(system, '/srv/later/notes/SKILL.md', 'theirs');
    expect((await sync(system, more)).changes).toEqual([`tree-removal ${HOME}/notes`]);
  });

  test('is not followed where it is a link, which is told', async () => {
    const system = homeWith(naming('/srv/link'), { '/srv/link': link('/srv/team') });
    const { changes, notes } = await sync(system, more);
    expect(changes).toHaveLength(2);
    expect(notes[0]).toContain('is passed over: /srv/link is a link to /srv/team');
  });
});

describe('a config.yaml', () => {
  test.each<[string, MemoryNode]>([
    ['that is no valid YAML', file(`${naming('/srv/team')}broken: [\n`.replace('- ', '- &a *b '))],
    ['whose aliases unfold without end', file(bomb())],
    ['that is too large', file(`${naming('/srv/team')}# ${'x'.repeat(1024 * 1024)}\n`)],
  ])(
    '%s leaves the home as it is: skills that it left to others may not come back',
    async (_, config) => {
      const system = homeWith(naming('/srv/team'));
      await sync(system, more);
      const broken = homeWith(config);
      const { changes, converged, notes } = await findingsOf(
        skillsSync,
        { ...options, ...more },
        broken,
      );
      expect(changes).toEqual([]);
      expect(converged).toBe('the skills stay as they are');
      expect(notes).toEqual([
        {
          severity: 'warning',
          text: `${CONFIG} cannot be read: no skills are synced, since some may be left to others`,
        },
      ]);
    },
  );

  test('that is broken and does not speak of external directories is no hindrance', async () => {
    const { changes, notes } = await sync(homeWith('model: [\n  # external_dirs\n'), more);
    expect(changes).toHaveLength(2);
    expect(notes).toEqual([]);
  });

  test.each<[string, MemoryNode]>([
    ['a link', link('/srv/config.yaml')],
    ['a FIFO', special('fifo')],
  ])('that is %s is left alone with a warning, and names nothing', async (_, config) => {
    const { changes, notes } = await sync(homeWith(config), more);
    expect(changes).toHaveLength(2);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/left alone.*not known$/);
  });

  test('that is missing names nothing', async () => {
    const system = homeWith('');
    system.remove(CONFIG);
    expect((await sync(system, more)).notes).toEqual([]);
  });
});

describe('without a parser', () => {
  test.each<[string, string, (string | null)[]]>([
    ['a file that does not speak of it', 'model: x\n', []],
    ['one that speaks of it in comments', '# skills:\n#   external_dirs:\n#   - /x\n', []],
    ['a list below', naming('/a', '/b/c'), ['/a', '/b/c']],
    ['a list further in', 'skills:\n    external_dirs:\n      - /a\n      - /b\n', ['/a', '/b']],
    [
      'a list on the line',
      'skills:\n  external_dirs: [/a, \'/b c\', "/d"]\n',
      ['/a', '/b c', '/d'],
    ],
    ['one path', 'skills:\n  external_dirs: /srv/team # ours\n', ['/srv/team']],
    ['an empty list', 'skills:\n  x: 1\n  external_dirs: []\nother: 1\n', []],
    ['nothing', 'skills:\n  external_dirs:\n  x: 1\n', []],
    [
      'comments and gaps',
      'skills: # s\n\n  # x\n  external_dirs: # d\n\n  - /a # a\n# b\n  - /b',
      ['/a', '/b'],
    ],
    ['carriage returns', naming('/a').replaceAll('\n', '\r\n'), ['/a']],
    ['a variable', naming('${A}/b', '$A/b'), ['${A}/b', '$A/b']],
    ['spaces in a path', naming('/srv/My Skills'), ['/srv/My Skills']],
    [
      'more beside and after it',
      `a: 1\nskills:\n  y: [1]\n  external_dirs:\n  - /a\n  z: 1\nb: 1\n`,
      ['/a'],
    ],
    ['a document that says where it starts', `---\n${naming('/a')}`, ['/a']],
  ])('%s is read, and as the parser reads it', (_, text, directories) => {
    expect(glance.read(text, true)).toEqual({ state: 'known', directories });
    expect(parsed.read(text, true)).toEqual({ state: 'known', directories });
  });

  test.each<[string, string, (string | null)[]]>([
    ['a mapping on the line', 'skills: {external_dirs: [/a]}\n', ['/a']],
    ['a quoted key', '"skills":\n  "external_dirs": [/a]\n', ['/a']],
    ['an alias', 'x: &x [/a]\nskills:\n  external_dirs: *x\n', ['/a']],
    ['a merged mapping', 'x: &x\n  external_dirs: [/a]\nskills:\n  <<: *x\n', ['/a']],
    ['a list over lines', 'skills:\n  external_dirs: [/a,\n    /b]\n', ['/a', '/b']],
    ['a path over lines', 'skills:\n  external_dirs:\n  - /a\n    b\n', ['/a b']],
    ['an account alone', naming('~someone'), ['~someone']],
    ['escapes', 'skills:\n  external_dirs: ["/\\x61"]\n', ['/a']],
    [
      'what is no text',
      'skills:\n  external_dirs: [1, null, {a: b}, ~]\n',
      [null, null, null, null],
    ],
    ['the key in another mapping', 'a:\n  external_dirs: [/a]\n', []],
    ['the key in a text', 'skills:\n  note: |\n    external_dirs: [/a]\n', []],
    ['the key deeper down', 'skills:\n  sub:\n    external_dirs: [/a]\n', []],
    ['the last of equal keys', `${naming('/a')}skills:\n  external_dirs: [/b]\n`, ['/b']],
    ['a list of something else', 'skills: [external_dirs]\n', []],
  ])('%s is in doubt, and read by the parser', (_, text, directories) => {
    expect(glance.read(text, true).state).toBe('doubtful');
    expect(parsed.read(text, true)).toEqual({ state: 'known', directories });
  });

  test('nothing is read that the parser would read in another way', () => {
    const parts = [
      'skills:',
      'external_dirs:',
      ' ',
      '  ',
      '- ',
      '/a',
      '~/b',
      "'/c'",
      '"/d"',
      '[',
      ']',
    ];
    const more = [
      ', ',
      '\n',
      '\n  ',
      '\n  - ',
      ' # c',
      '#',
      '|',
      ': ',
      'x',
      'x: 1',
      '{',
      '}',
      '*a',
      '&a ',
    ];
    const piece = fc.constantFrom(...parts, ...more);
    const texts = fc
      .tuple(
        ...['', '\nskills:\n', '  external_dirs:', ''].map((fixed) =>
          fc.array(piece, { maxLength: 5 }).map((pieces) => fixed + pieces.join('')),
        ),
      )
      .map((all) => all.join(''));
    let known = 0;
    fc.assert(
      fc.property(texts, (text) => {
        const [seen, read] = [glance.read(text, true), parsed.read(text, true)];
        if (seen.state !== 'known' || read.state === 'broken') return;
        known += 1;
        expect(seen).toEqual(read);
      }),
      { numRuns: 3000 },
    );
    expect(known).toBeGreaterThan(50);
  });

  test('more entries than anybody has are cut off', () => {
    const many = naming(...Array.from({ length: 1000 }, (_, index) => `/srv/${index}`));
    expect(glance.read(many, true).directories).toHaveLength(65);
  });
});

function bomb(): string {
  const levels = Array.from({ length: 20 }, (_, index) => {
    const before = Array.from({ length: 9 }, () => (index === 0 ? 'x' : `*a${index - 1}`));
    return `a${index}: &a${index} [${before.join(', ')}]`;
  });
  return [...levels, 'skills: { external_dirs: *a19 }', ''].join('\n');
}
