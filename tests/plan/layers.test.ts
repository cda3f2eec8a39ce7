import { describe, expect, it } from 'vitest';
import { loadPlan } from '../../src/plan/load.ts';
import { orderSteps } from '../../src/plan/bind.ts';
import type { Loaded } from '../../src/plan/diagnostic.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { renderDiagnostics } from '../../src/report/diagnostics.ts';
import { HEAD, registry } from './types.ts';

const BASE = `${HEAD.replace('test', 'base')}inputs:
  home: { env: H, type: path, default: /h }
steps:
  - { id: one, uses: directory, with: { path: /one, mode: '0700' } }
  - { id: two, uses: directory, needs: [one], with: { path: /two } }
  - { id: three, uses: directory, needs: [two], with: { path: /three } }
`;

const EXTENDS = 'version: 1\nextends: base\n';

/** Loads a plan that can extend `base`, with fragments by their names. */
function load(text: string, fragments: Readonly<Record<string, string>> = {}): Loaded<Plan> {
  return loadPlan({ file: 'top.yaml', text }, registry, {
    names: ['base'],
    read: (name) => (name === 'base' ? { file: 'base.yaml', text: BASE } : undefined),
    fragments: Object.entries(fragments).map(([file, own]) => ({ file, text: own })),
  });
}

function planOf(loaded: Loaded<Plan>): Plan {
  if (loaded.ok) return loaded.value;
  throw new Error(renderDiagnostics(loaded.sources, loaded.diagnostics));
}

function mistakesOf(loaded: Loaded<Plan>): string {
  return loaded.ok ? '' : renderDiagnostics(loaded.sources, loaded.diagnostics);
}

const order = (plan: Plan): string[] => orderSteps(plan.steps).map(({ id }) => id);

const stepOf = (plan: Plan, id: string) => plan.steps.find((step) => step.id === id);

describe('a plan that extends another', () => {
  it('has its steps and inputs, and a name of its own', () => {
    const plan = planOf(load(`${EXTENDS}name: mine\n`));
    expect(plan.name).toBe('mine');
    expect(plan.files).toEqual(['base.yaml', 'top.yaml']);
    expect(order(plan)).toEqual(['one', 'two', 'three']);
    expect(plan.inputs.map(({ name }) => name)).toEqual(['home']);
  });

  it('replaces a step of the same id by one with uses, wholly', () => {
    const plan = planOf(
      load(
        `${EXTENDS}steps:\n  - { id: one, uses: file.mode, with: { path: /x, mode: '0600' } }\n`,
      ),
    );
    expect(stepOf(plan, 'one')).toMatchObject({
      uses: 'file.mode',
      with: { path: '/x', mode: '0600' },
      at: { file: 'top.yaml', line: 4 },
      entries: [
        { at: { file: 'base.yaml' }, as: 'added' },
        { at: { file: 'top.yaml' }, as: 'replaced' },
      ],
    });
    expect(order(plan)).toEqual(['one', 'two', 'three']);
  });

  it('changes the keys and options that a step without uses has, and no other', () => {
    const plan = planOf(
      load(`${EXTENDS}steps:\n  - { id: one, on-failure: degrade, with: { mode: '0755' } }\n`),
    );
    expect(stepOf(plan, 'one')).toMatchObject({
      uses: 'directory',
      onFailure: 'degrade',
      with: { path: '/one', mode: '0755' },
      at: { file: 'base.yaml', line: 6 },
    });
  });

  it('puts a step between two others with needs and before', () => {
    const text = `${EXTENDS}steps:
  - { id: between, uses: directory, needs: [one], before: [two], with: { path: /b } }
`;
    expect(order(planOf(load(text)))).toEqual(['one', 'between', 'two', 'three']);
  });

  it('replaces an input of the same name', () => {
    const text = `${EXTENDS}inputs:\n  home: { env: MINE, type: path, default: /mine }\n`;
    expect(planOf(load(text)).inputs).toMatchObject([{ name: 'home', env: ['MINE'] }]);
  });
});

describe('a step that is switched off', () => {
  it('keeps its place, so that what needs it still has its order', () => {
    const plan = planOf(load(`${EXTENDS}steps:\n  - { id: two, off: true }\n`));
    expect(order(plan)).toEqual(['one', 'two', 'three']);
    expect(stepOf(plan, 'two')?.off).toEqual({ file: 'top.yaml', line: 4, column: 16 });
  });

  it('can be switched on again by a later file', () => {
    const plan = planOf(
      load(`${EXTENDS}steps:\n  - { id: two, off: true }\n`, {
        '90.yaml': `${EXTENDS}steps:\n  - { id: two, off: false }\n`,
      }),
    );
    expect(stepOf(plan, 'two')).not.toHaveProperty('off');
  });
});

describe('fragments', () => {
  const mode = (value: string) => `${EXTENDS}steps:\n  - { id: one, with: { mode: '${value}' } }\n`;

  it('apply in their order, the last word last', () => {
    const plan = planOf(load(BASE, { '10.yaml': mode('0710'), '20.yaml': mode('0720') }));
    expect(stepOf(plan, 'one')?.with).toMatchObject({ mode: '0720' });
    expect(plan.files).toEqual(['top.yaml', '10.yaml', '20.yaml']);
    expect(stepOf(plan, 'one')?.entries).toHaveLength(3);
  });

  it('of a plan apply to the plans that extend it, too', () => {
    const plan = planOf(load(`${EXTENDS}name: mine\n`, { '10.yaml': mode('0710') }));
    expect(stepOf(plan, 'one')?.with).toMatchObject({ mode: '0710' });
  });

  it('of another plan are left alone', () => {
    const other = 'version: 1\nextends: elsewhere\nsteps:\n  - { id: nothing, off: true }\n';
    const plan = planOf(load(BASE, { '10.yaml': other }));
    expect(plan.files).toEqual(['top.yaml']);
  });

  it('can rely on the steps of those before them', () => {
    const plan = planOf(
      load(BASE, {
        '10.yaml': `${EXTENDS}steps:\n  - { id: new, uses: directory, with: { path: /n } }\n`,
        '20.yaml': `${EXTENDS}steps:\n  - { id: new, needs: [three] }\n`,
      }),
    );
    expect(order(plan)).toEqual(['one', 'two', 'three', 'new']);
  });
});

describe('errors in several files', () => {
  it('are reported at once, each with its own file and line', () => {
    const said = mistakesOf(
      load(BASE, {
        '10.yaml': `${EXTENDS}steps:\n  - { id: tow, off: true }\n`,
        '20.yaml': `${EXTENDS}name: x\nstep: []\nsteps:\n  - { id: one, with: { mode: '9' } }\n`,
        '30.yaml': 'version: 1\nsteps: []\n',
        '40.yaml': 'version: 1\nextends: bse\n',
      }),
    );
    expect(said).toBe(`10.yaml:4:11  step tow: no step "tow" to change

  4 |   - { id: tow, off: true }
    |           ^^^ did you mean two?

20.yaml:3:1  a fragment cannot have a name

  3 | name: x
    | ^^^^ remove it

20.yaml:4:1  unknown key "step"

  4 | step: []
    | ^^^^ did you mean steps?

20.yaml:6:30  step one: found the string "9", wanted a mode such as "0640"

  6 |   - { id: one, with: { mode: '9' } }
    |                              ^^^

30.yaml:1:1  missing key "extends"

  1 | version: 1
    | ^^^^^^^^^^ the plan that it changes, such as base

40.yaml:2:10  no plan "bse" to extend

  2 | extends: bse
    |          ^^^ did you mean base?

6 mistakes in 4 files. Nothing was run.
`);
  });

  it('show the other file where two are involved', () => {
    const said = mistakesOf(
      load(BASE, { '10.yaml': `${EXTENDS}steps:\n  - { id: one, needs: [three] }\n` }),
    );
    expect(said).toContain('cycle of needs: one -> three -> two -> one');
    expect(said).toContain('\ntop.yaml:8\n');
  });

  it('show of a cycle through another file what closes it, and once', () => {
    const steps = 'abcdef'.split('').map((id, at, all) => {
      const needs = at === 0 ? '' : `, needs: [${all[at - 1]}${at > 1 ? `, ${all[at - 2]}` : ''}]`;
      return `  - { id: ${id}, uses: directory${needs}, with: { path: /${id} } }\n`;
    });
    const base = `version: 1\nname: base\nsteps:\n${steps.join('')}`;
    const fragment = `${EXTENDS}steps:\n  - { id: x, uses: directory, needs: [f], before: [a], with: { path: /x } }\n`;
    const said = mistakesOf(load(base, { '10.yaml': fragment }));
    expect(said.match(/cycle of needs/g)).toHaveLength(1);
    expect(said).toContain('a needs x');
    expect(said).toContain('x needs f');
    expect(said).not.toContain('b needs a');
    expect(said).toContain('1 mistake in 10.yaml.');
  });

  it('include a plan that extends a missing one, and one that extends itself', () => {
    expect(mistakesOf(load('version: 1\nname: top\nextends: bas\n'))).toContain(
      'top.yaml:3:10  no plan "bas" to extend',
    );
    expect(mistakesOf(load('version: 1\nname: base\nextends: base\n'))).toContain(
      'plans extend each other in a cycle: base -> base',
    );
  });

  it('include an unknown step in before', () => {
    const text = `${EXTENDS}steps:\n  - { id: a, uses: directory, before: [tow], with: { path: /a } }\n`;
    expect(mistakesOf(load(text))).toContain('unknown step "tow" in before');
  });

  it('in the text of a fragment name the step that they are in', () => {
    const twice = `${EXTENDS}steps:\n  - id: two\n    off: true\n    off: false\n`;
    expect(mistakesOf(load(BASE, { '10.yaml': twice }))).toContain(
      '10.yaml:6:5  step two: duplicate key "off"',
    );
  });

  it('are in the entry that removes a required key', () => {
    const out = `${EXTENDS}steps:\n  - id: one\n    with: null\n`;
    expect(mistakesOf(load(BASE, { '10.yaml': out }))).toContain(
      '10.yaml:5:5  step one: missing key "with"',
    );
  });

  it('are none where null removes what is not there', () => {
    const out = `${EXTENDS}steps:\n  - { id: one, with: { mode: null } }\n`;
    expect(stepOf(planOf(load(BASE, { '10.yaml': out })), 'one')?.with).toEqual({ path: '/one' });
  });
});
