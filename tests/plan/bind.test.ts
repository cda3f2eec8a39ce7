import { describe, expect, it } from 'vitest';
import { Problem } from '../../src/errors/problem.ts';
import { bindPlan } from '../../src/plan/bind.ts';
import { resolveInputs } from '../../src/plan/inputs.ts';
import type { BootPlan, BootStep } from '../../src/plan/plan.ts';
import { ROOT_FACTS } from '../support/plan-step.ts';
import { HEAD, planOf, types } from './types.ts';

const facts = { ...ROOT_FACTS, s6: false };

function boot(text: string, env: Readonly<Record<string, string>> = {}): BootPlan {
  const plan = planOf(HEAD + text);
  const { inputs } = resolveInputs(plan.inputs, { process: env, envdir: {} });
  return bindPlan(plan, inputs, facts, types);
}

function firstOf({ steps }: BootPlan): BootStep {
  const [step] = steps;
  if (step === undefined) throw new Error('a plan has steps');
  return step;
}

const INPUTS = `inputs:
  home: { env: HERMES_HOME, type: path, default: /opt/data }
  uid: { env: [HERMES_UID, PUID], type: id }
  gid: { env: PGID, type: id }
  name: { env: NAME, type: string, default: x }
  token: { env: TOKEN, type: string, default: y, secret: true }
steps:
`;

const remap = `${INPUTS}  - id: identity
    uses: account.remap
    with: { user: hermes, uid: "\${{ inputs.uid }}", gid: "\${{ inputs.gid }}" }
`;

describe('the options of a bound step', () => {
  it('keep the type of an input that is the whole option, and know its variable', () => {
    const { with: options, origins } = firstOf(boot(remap, { PUID: '99', PGID: '100' }));
    expect(options).toEqual({ user: 'hermes', uid: 99, gid: 100 });
    expect(origins).toEqual({ uid: 'PUID', gid: 'PGID' });
  });

  it('are left out where the input is unset', () => {
    expect(firstOf(boot(remap)).with).toEqual({ user: 'hermes' });
  });

  it('turn numbers into strings where a string is wanted', () => {
    const text = `${INPUTS}  - id: a
    uses: directory
    with: { path: /a, owner: "\${{ inputs.uid }}" }
`;
    expect(firstOf(boot(text, { PUID: '99' })).with).toEqual({ path: '/a', owner: '99' });
  });

  it('have names inside longer strings filled in and paths normalised', () => {
    const text = `${INPUTS}  - id: a
    uses: directory
    with: { path: "\${{ inputs.home }}//\${{ inputs.name }}/", owner: "\${{ facts.uid }}:\${{ facts.gid }}" }
`;
    const { with: options, origins } = firstOf(boot(text));
    expect(options).toEqual({ path: '/opt/data/x', owner: '0:0' });
    expect(origins).toEqual({});
  });

  it('leave out list entries and keys of unset inputs', () => {
    const text = `${INPUTS}  - id: a
    uses: command
    with: { argv: [ls, "\${{ inputs.uid }}"], env: { A: "\${{ inputs.gid }}", B: b } }
`;
    expect(firstOf(boot(text)).with).toEqual({ argv: ['ls'], env: { B: 'b' } });
  });
});

describe('a value from the environment that does not fit its option', () => {
  const named = `${INPUTS}  - id: profile
    uses: directory
    with: { path: "\${{ inputs.home }}/\${{ inputs.name }}" }
`;

  it('stops the boot instead of leading out of a directory', () => {
    expect(() => boot(named, { NAME: '../../etc' })).toThrow(Problem);
    expect(() => boot(named, { NAME: '../../etc' })).toThrow(
      'profile: path is "/opt/data/../../etc"; wanted an absolute path without ..',
    );
  });

  it('is not shown when it is secret', () => {
    expect(() => boot(named.replace('inputs.name', 'inputs.token'), { TOKEN: '../x' })).toThrow(
      'profile: path is ***; wanted an absolute path',
    );
  });

  it('does not matter to a step that is skipped', () => {
    const text = `${named}    when: inputs.name == "x"\n`;
    expect(firstOf(boot(text, { NAME: '..' })).skipped).toBe('NAME is "..", not "x"');
  });
});

describe('a bound plan', () => {
  it('has its steps in the order in which they run', () => {
    const text = `steps:
  - { id: b, uses: directory, with: { path: /b }, needs: [c] }
  - { id: a, uses: directory, with: { path: /a } }
  - { id: c, uses: directory, with: { path: /c } }
`;
    expect(boot(text).steps.map(({ id }) => id)).toEqual(['a', 'c', 'b']);
  });

  it('gives a step ten minutes and stops at its failure unless it says otherwise', () => {
    const text = `steps:
  - { id: a, uses: directory, with: { path: /a } }
  - { id: b, uses: directory, with: { path: /b }, timeout: 500ms, on-failure: degrade, as: hermes, why: so }
`;
    const [a, b] = boot(text).steps;
    expect(a).toMatchObject({ timeout: 600_000, onFailure: 'stop', at: { line: 4, column: 5 } });
    expect(b).toMatchObject({ timeout: 500, onFailure: 'degrade', as: 'hermes', why: 'so' });
  });
});

describe('the home of a plan', () => {
  const steps = '  - { id: a, uses: directory, with: { path: /a } }\n';
  const input = (more: string) =>
    `home: \${{ inputs.home }}\ninputs: { home: { env: H, type: path${more} } }\nsteps:\n${steps}`;

  it('is what its input says', () => {
    expect(boot(input(', default: /opt/data')).home).toBe('/opt/data');
    expect(boot(input(''), { H: '/srv//home/' }).home).toBe('/srv/home');
  });

  it('is missing where its input is unset', () => {
    expect(boot(input(''))).not.toHaveProperty('home');
  });
});
