import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HEAD, diagnosticsOf, load, mistakesIn, planOf } from './types.ts';
import { rounds } from '../support/rounds.ts';

const PLAN = `# yaml-language-server: $schema=./plan.schema.json
version: 1
name: stage2
description: Prepare the home.
x-defaults: &defaults { owner: hermes }
inputs:
  home: { env: HERMES_HOME, type: path, default: /opt/data }
  uid:  { env: [HERMES_UID, PUID], type: id }
  state: { env: STATE, type: string, values: [running, stopped] }
steps:
  - id: identity
    uses: account.remap
    with: { user: hermes, uid: \${{ inputs.uid }} }
  - id: home
    uses: directory
    needs: [identity]
    why: "It holds everything: \\u00e9"
    with: { path: \${{ inputs.home }}, owner: hermes, mode: "0755" }
    on-failure: stop
  - id: env
    uses: file.mode
    needs: [home]
    when: \${{ inputs.state == "running" && !facts.s6 }}
    with:
      path: \${{ inputs.home }}/.env
      mode: '0600'
    timeout: 30s
`;

describe('a plan without errors', () => {
  it('loads with what it says', () => {
    const plan = planOf(PLAN);
    expect(plan.inputs.map(({ name, env, type }) => [name, env, type])).toEqual([
      ['home', ['HERMES_HOME'], 'path'],
      ['uid', ['HERMES_UID', 'PUID'], 'id'],
      ['state', ['STATE'], 'string'],
    ]);
    expect(plan.steps.map(({ id, uses, timeout }) => [id, uses, timeout])).toEqual([
      ['identity', 'account.remap', 600_000],
      ['home', 'directory', 600_000],
      ['env', 'file.mode', 30_000],
    ]);
    expect(plan.steps[1]?.with).toEqual({
      path: '${{ inputs.home }}',
      owner: 'hermes',
      mode: '0755',
    });
  });

  it('is plain data', () => {
    const plan = planOf(PLAN);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it('says the same with a byte order mark and the line ends of Windows', () => {
    expect(planOf(`\ufeff${PLAN.replaceAll('\n', '\r\n')}`)).toEqual(planOf(PLAN));
  });

  it('may use aliases', () => {
    const text = `${HEAD}x-path: &path /opt/data
steps:
  - { id: a, uses: directory, with: &with { path: *path } }
  - { id: b, uses: directory, needs: [a], with: *with }
`;
    expect(planOf(text).steps.map(({ with: options }) => options)).toEqual([
      { path: '/opt/data' },
      { path: '/opt/data' },
    ]);
  });

  it('may have templates unquoted in flow mappings, next to commas and comments', () => {
    const text = `${HEAD}inputs: { a: { env: A, type: string, default: x } }
steps:
  - { id: a, uses: command, with: { argv: [\${{inputs.a}}, -\${{ inputs.a }}-\${{ inputs.a }}] } } # \${{ x
`;
    expect(planOf(text).steps[0]?.with).toEqual({
      argv: ['${{inputs.a}}', '-${{ inputs.a }}-${{ inputs.a }}'],
    });
  });

  it('may use an unset input where its condition says that it is set', () => {
    const text = (when: string) => `${HEAD}inputs:
  a: { env: A, type: string }
  b: { env: B, type: id }
steps:
  - { id: a, uses: command, when: '${when}', with: { argv: [ls, "-\${{ inputs.a }}"] } }
`;
    for (const when of ['inputs.a', 'inputs.a == "x"', 'inputs.b && inputs.a == "x"']) {
      expect(mistakesIn(text(when))).toBe('');
    }
    for (const when of ['inputs.b', '!inputs.a', 'inputs.a || inputs.b', 'inputs.a != "x"']) {
      expect(mistakesIn(text(when))).toContain('inputs.a may be unset');
    }
  });
});

describe('two steps without an order between them', () => {
  const warnings = (steps: string) =>
    diagnosticsOf(
      `${HEAD}inputs: { home: { env: H, type: path, default: /h } }\nsteps:\n${steps}`,
    ).map(({ severity, message }) => `${severity}: ${message}`);

  const mode = (id: string, path: string, more = '') =>
    `  - { id: ${id}, uses: file.mode, with: { path: '${path}', mode: "0600" }${more} }\n`;

  it('are reported when both change a path, named as the plan names it', () => {
    const home = '${{ inputs.home }}/.env';
    expect(warnings(mode('a', home) + mode('b', home))).toEqual([
      'warning: missing needs between a and b: both change ${{ inputs.home }}/.env',
    ]);
  });

  it('are not reported once one needs the other, however far away', () => {
    const steps =
      mode('a', '/x') + mode('b', '/y', ', needs: [a]') + mode('c', '/x', ', needs: [b]');
    expect(warnings(steps)).toEqual([]);
  });

  it('are not reported for different aspects of a path, or for different paths', () => {
    const owner = '  - { id: o, uses: owner.paths, with: { base: /x, owner: hermes } }\n';
    expect(warnings(mode('a', '/x') + mode('b', '/y') + owner)).toEqual([]);
  });

  it('are reported when one makes what the other changes', () => {
    const make = '  - { id: make, uses: directory, with: { path: /x } }\n';
    expect(warnings(mode('a', '/x') + make)).toEqual([
      'warning: missing needs between a and make: both change /x',
    ]);
  });

  it('are reported when one covers the tree that the other lies in', () => {
    const tree = (id: string, base: string) =>
      `  - { id: ${id}, uses: owner.paths, with: { base: '${base}', owner: '1' } }\n`;
    expect(warnings(tree('a', '/x') + tree('b', '/x/y') + tree('c', '/xy'))).toEqual([
      'warning: missing needs between a and b: both change /x/y',
    ]);
  });

  it('are reported when one changes the account that the other relies on', () => {
    const owner = '  - { id: own, uses: owner.paths, with: { base: /x, owner: hermes } }\n';
    const remap = '  - { id: map, uses: account.remap, with: { user: hermes, uid: 5 } }\n';
    expect(warnings(owner + remap)).toEqual([
      'warning: missing needs between own and map: map changes account hermes, own relies on it',
    ]);
  });

  it('are reported when one changes the path that the other relies on, but not when both rely on it', () => {
    const run = (id: string) => `  - { id: ${id}, uses: command, with: { argv: [/tool] } }\n`;
    const make = '  - { id: make, uses: directory, with: { path: /tool } }\n';
    expect(warnings(run('a') + run('b'))).toEqual([]);
    expect(warnings(run('a') + make)).toEqual([
      'warning: missing needs between a and make: make changes /tool, a relies on it',
    ]);
  });
});

describe('no text', () => {
  it('makes loading throw, or shows more than its errors', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(mistakesIn(text)).toBeTypeOf('string');
      }),
      { numRuns: rounds(300) },
    );
  });

  it('that a typo makes of a right plan makes loading throw', () => {
    const slips = fc.tuple(
      fc.nat(PLAN.length),
      fc.nat(20),
      fc.oneof(
        fc.string({ maxLength: 5 }),
        fc.constantFrom('{', '}', '[', ']', '"', "'", '\n', ': ', '&a ', '*a', '<<: ', '${{', '}}'),
        fc.constantFrom('\t', '\0', '- ', '!x ', '| ', '? ', '__proto__', '0600', '---\n', '#'),
      ),
    );
    fc.assert(
      fc.property(fc.array(slips, { minLength: 1, maxLength: 4 }), (changes) => {
        const text = changes.reduce(
          (result, [at, length, inserted]) =>
            result.slice(0, at) + inserted + result.slice(at + length),
          PLAN,
        );
        expect(mistakesIn(text)).toBeTypeOf('string');
      }),
      { numRuns: rounds(500) },
    );
  });

  it.each([
    ['deep flow lists', '['.repeat(100_000)],
    ['deep block lists', '- '.repeat(50_000)],
    ['deep mappings', '{a: '.repeat(50_000)],
    ['many documents', '---\n'.repeat(20_000)],
    ['too many steps', `${HEAD}steps:\n${'  - { id: a, uses: directory }\n'.repeat(1100)}`],
    ['more than a mebibyte', '#'.repeat(1024 * 1024 + 1)],
  ])('with %s does so either', (_, text) => {
    expect(load(text).ok).toBe(false);
  });
});
