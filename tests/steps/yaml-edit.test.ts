import { expect, test } from 'vitest';
import { showChange } from '../../src/changes/kinds.ts';
import { yamlEdit } from '../../steps/yaml-edit.ts';
import type { YamlEdit } from '../../steps/yaml-edit/schema.ts';
import { converge, findingsOf, planStep } from '../support/plan-step.ts';
import { directory, file, link, world } from '../support/world.ts';

const CONFIG = '/opt/data/config.yaml';
const HERMES = '10000:10000';
const edits: readonly YamlEdit[] = [
  { default: { path: 'agent.turns', value: 90 } },
  { remove: 'legacy' },
  { rename: { from: 'model', to: 'agent.model' } },
];
const options = { path: CONFIG, edits };
const config = (text: string) => file(text, { owner: HERMES, mode: 0o640 });

async function edited(text: string, wanted = edits): Promise<string> {
  const system = world({ [CONFIG]: config(text) });
  const after = await converge(yamlEdit, { path: CONFIG, edits: wanted }, system);
  expect(after.changes).toEqual([]);
  return system.readText(CONFIG);
}

test('a file that has all the values is converged', async () => {
  const system = world({ [CONFIG]: config('agent: { turns: 1,   model: x }\n') });
  expect(await findingsOf(yamlEdit, options, system)).toEqual({
    changes: [],
    converged: `${CONFIG} has all that the plan gives it`,
  });
});

test('a file is edited once, with its owner and mode, and no value is shown', async () => {
  const system = world({ [CONFIG]: config('model: secret\n') });
  const { changes } = await findingsOf(yamlEdit, options, system);
  expect(changes.map(showChange)).toEqual([
    '/opt/data/config.yaml replaced: edited, 0640 10000:10000',
  ]);
  expect(JSON.stringify(changes)).not.toContain('secret');
  expect((await converge(yamlEdit, options, system)).changes).toEqual([]);
  expect(system.readText(CONFIG)).toBe('agent:\n  turns: 90\n  model: secret\n');
});

test('comments, order and layout of everything else stay', async () => {
  const text = [
    '# my agent',
    '',
    'model: "big one"       # do not change',
    'name:    Hermes',
    'terminal:   # local',
    '  backend: local     # or docker',
    '  paths:',
    '  - /a   # first',
    '  - {x: 1, y: [1,2]}',
    '',
    '# for the boss',
    'agent:',
    '  verbose: yes',
    "  greeting: 'it''s me'",
    'version: 1 # set by hermes',
    '',
  ].join('\n');
  expect(await edited(text)).toBe(
    [
      '# my agent',
      '',
      'name:    Hermes',
      'terminal:   # local',
      '  backend: local     # or docker',
      '  paths:',
      '  - /a   # first',
      '  - {x: 1, y: [1,2]}',
      '',
      '# for the boss',
      'agent:',
      '  verbose: yes',
      "  greeting: 'it''s me'",
      '  turns: 90',
      '  model: "big one" # do not change',
      'version: 1 # set by hermes',
      '',
    ].join('\n'),
  );
});

test.each([
  [
    'set replaces a value and keeps the comment beside it',
    'a: 1 # one\n',
    { set: { path: 'a', value: 'x' } },
    'a: x # one\n',
  ],
  [
    'set makes the mappings on the way',
    'a: 1\n',
    { set: { path: 'b.c', value: true } },
    'a: 1\nb:\n  c: true\n',
  ],
  [
    'set fills an empty value',
    'b: # later\n',
    { set: { path: 'b.c', value: null } },
    'b:\n  # later\n  c: null\n',
  ],
  [
    'default leaves a value, even an empty one',
    'a:\n',
    { default: { path: 'a', value: 1 } },
    'a:\n',
  ],
  [
    'rename within a mapping stays in place',
    'a: 1 # x\nb: 2\n',
    { rename: { from: 'a', to: 'c' } },
    'c: 1 # x\nb: 2\n',
  ],
  [
    'rename to a value that is there drops the old one',
    'a: 1\nb: 2\n',
    { rename: { from: 'a', to: 'b' } },
    'b: 2\n',
  ],
  ['rename of nothing is nothing', 'a: 1\n', { rename: { from: 'x.y', to: 'b' } }, 'a: 1\n'],
  [
    'remove takes a value and its comment',
    'a: 1\n# old\nb:\n  c: 2\nd: 3\n',
    { remove: 'b' },
    'a: 1\nd: 3\n',
  ],
])('%s', async (_, before, change: YamlEdit, after) => {
  expect(await edited(before, [change])).toBe(after);
});

test('Windows line ends stay', async () => {
  expect(await edited('a: 1\r\nb: 2\r\n', [{ remove: 'a' }])).toBe('b: 2\r\n');
});

test.each([
  ['broken YAML', 'a: [1\nmodel: 1\n'],
  ['a list', '- a\n'],
  ['an empty file', ''],
  ['several documents', 'model: 1\n---\na: 1\n'],
])('%s is left alone with a warning', async (_, text) => {
  const system = world({ [CONFIG]: config(text) });
  const { changes, notes } = await findingsOf(yamlEdit, options, system);
  expect(changes).toEqual([]);
  expect(notes).toMatchObject([{ severity: 'warning' }]);
  expect(notes?.[0]?.text).toContain('left alone, and not edited');
});

test('an edit that meets a value where it needs a mapping is impossible', async () => {
  const system = world({ [CONFIG]: config('agent: 5\nmodel: x\n') });
  await expect(planStep(yamlEdit, options, system)).rejects.toMatchObject({
    found: 'agent holds a value where the edit of agent.turns needs a mapping',
  });
});

test('an edit that takes an anchor from an alias is impossible', async () => {
  const system = world({ [CONFIG]: config('legacy: &x 1\nb: *x\n') });
  await expect(planStep(yamlEdit, options, system)).rejects.toThrow(
    'an edit takes away the anchor x, which an alias in the file names',
  );
});

test('a missing file is converged, a link is left alone, and a directory is impossible', async () => {
  expect((await findingsOf(yamlEdit, options, world({}))).changes).toEqual([]);
  const linked = world({ [CONFIG]: link('/etc/app.yaml') });
  const { changes, notes } = await findingsOf(yamlEdit, options, linked);
  expect(changes).toEqual([]);
  expect(notes).toMatchObject([{ severity: 'warning' }]);
  const odd = world({ [CONFIG]: directory() });
  await expect(planStep(yamlEdit, options, odd)).rejects.toThrow(
    `cannot use ${CONFIG}: it is a directory`,
  );
});
