import { describe, expect, it } from 'vitest';
import type { Loaded } from '../../src/plan/diagnostic.ts';
import { loadPlan } from '../../src/plan/load.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { renderDiagnostics } from '../../src/report/diagnostics.ts';
import { plainPaint } from '../../src/report/paint.ts';
import { renderOrigin } from '../../src/report/show-authoring.ts';
import { HEAD, registry } from './types.ts';

const BASE = `${HEAD.replace('test', 'base')}steps:
  - { id: one, uses: directory, with: { path: /one } }
  - { id: two, uses: directory, with: { path: /two } }
  - id: trees
    uses: owner.paths
    needs: [one]
    with: { base: /data, owner: hermes, trees: [a, b, c] }
`;

/** Loads `base` with fragments that change its step `trees`. */
function load(...steps: readonly string[]): Loaded<Plan> {
  return loadPlan({ file: 'base.yaml', text: BASE }, registry, {
    names: ['base'],
    read: () => undefined,
    fragments: steps.map((step, index) => ({
      file: `${index + 1}.yaml`,
      text: `version: 1\nextends: base\nsteps:\n  - { id: trees, ${step} }\n`,
    })),
  });
}

function planOf(loaded: Loaded<Plan>): Plan {
  if (loaded.ok) return loaded.value;
  throw new Error(renderDiagnostics(loaded.sources, loaded.diagnostics));
}

const treesOf = (loaded: Loaded<Plan>) =>
  planOf(loaded).steps.find(({ id }) => id === 'trees')?.with.trees;

const mistakes = (loaded: Loaded<Plan>): string =>
  loaded.ok ? '' : renderDiagnostics(loaded.sources, loaded.diagnostics).replace(/\s+/g, ' ');

describe('a fragment', () => {
  it('adds to a list with x+, in the order of the files, and nothing twice', () => {
    const loaded = load('with: { trees+: [d, a] }', 'with: { trees+: [e] }');
    expect(treesOf(loaded)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(loaded.ok && loaded.warnings).toEqual([]);
  });

  it('takes away from a list with x-, also what a file before it has added', () => {
    const loaded = load('with: { trees+: [d] }', 'with: { trees-: [d, b] }');
    expect(treesOf(loaded)).toEqual(['a', 'c']);
  });

  it('adds and takes away in one entry, in the order of its keys', () => {
    expect(treesOf(load('with: { trees-: [a], trees+: [z] }'))).toEqual(['b', 'c', 'z']);
  });

  it('changes needs in the same way', () => {
    const plan = planOf(load('needs+: [two]'));
    expect(plan.steps.find(({ id }) => id === 'trees')?.needs).toEqual(['one', 'two']);
  });

  it('that replaces a list gets a warning with what it loses, and none if it loses nothing', () => {
    const loaded = load('with: { trees: [extra] }');
    expect(treesOf(loaded)).toEqual(['extra']);
    expect(loaded.ok && loaded.warnings).toMatchObject([
      {
        severity: 'warning',
        step: 'trees',
        at: { file: '1.yaml', line: 4 },
        message: 'trees is replaced: 3 entries of it are not in the new list',
        hint: 'trees+ adds to them, trees- takes some away',
      },
    ]);
    const more = load('with: { trees: [c, b, a, d] }');
    expect(more.ok && more.warnings).toEqual([]);
  });
});

describe('a change of a list is a mistake', () => {
  it.each([
    [
      'where no list is',
      'with: { base+: [x] }',
      'base+ changes a list, and base is the string "/data"',
    ],
    ['where it is not a list itself', 'with: { trees+: x }', 'found the string "x", wanted a list'],
    [
      'where it takes away what is not there',
      'with: { trees-: [a, bb] }',
      '"bb" is not in trees, to take it away',
    ],
    [
      'where the same entry replaces the list',
      'with: { trees: [x], trees+: [y] }',
      'trees+ changes the list that trees replaces here',
    ],
    ['where the option is unknown', 'with: { tree+: [x] }', 'unknown key "tree"'],
    [
      'in a step with uses',
      'uses: owner.paths, with: { base: /data, owner: hermes, trees+: [x] }',
      'unknown key "trees+"',
    ],
    [
      'in a step with uses, of its needs',
      'uses: owner.paths, needs+: [one], with: { base: /data, owner: hermes, trees: [x] }',
      'unknown key "needs+"',
    ],
  ])('%s', (_, step, message) => {
    const text = mistakes(load(step));
    expect(text).toMatch(/^1\.yaml:4:\d+ /);
    expect(text).toContain(message);
    expect(text).toContain('1 mistake in 1.yaml');
  });

  it('and an entry that is wrong has its own place, behind others too', () => {
    const text = mistakes(load('with: { trees-: [a], trees+: [d, 7] }'));
    expect(text).toMatch(/^1\.yaml:4:51 step trees: found the number 7, wanted/);
  });
});

describe('plan --origin', () => {
  it('names the keys that each file changes, and what a list loses', () => {
    const plan = planOf(load('timeout: 1m, with: { trees+: [d] }', 'with: { trees: [a] }'));
    const lines = renderOrigin(plan, plainPaint).replace(/\s+/g, ' ');
    expect(lines).toContain(
      '2.yaml:4 changes trees (3 entries dropped) of 1.yaml:4 changes timeout, trees+ of base.yaml:6',
    );
    expect(plan.steps.find(({ id }) => id === 'trees')?.entries).toMatchObject([
      { as: 'added' },
      { as: 'changed', changes: [{ key: 'timeout' }, { key: 'trees+' }] },
      { as: 'changed', changes: [{ key: 'trees', dropped: 3 }] },
    ]);
  });
});
