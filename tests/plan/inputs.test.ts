import { describe, expect, it } from 'vitest';
import { resolveInputs, type Environment } from '../../src/plan/inputs.ts';
import type { Input, InputDeclaration } from '../../src/plan/plan.ts';

function declare(parts: Partial<InputDeclaration>): InputDeclaration {
  return {
    name: 'x',
    env: ['X'],
    type: 'string',
    secret: false,
    at: { file: 'p.yaml', line: 1, column: 1 },
    ...parts,
  };
}

function resolve(parts: Partial<InputDeclaration>, environment: Partial<Environment>) {
  const { inputs, problems } = resolveInputs([declare(parts)], {
    process: {},
    envdir: {},
    ...environment,
  });
  const [input] = inputs;
  if (input === undefined) throw new Error('an input is never left out');
  return { input, problems };
}

const uid: Partial<InputDeclaration> = { name: 'uid', type: 'id', env: ['HERMES_UID', 'PUID'] };

describe('the variable that decides', () => {
  const sourceOf = (environment: Partial<Environment>): Input['source'] =>
    resolve(uid, environment).input.source;

  it('is the first of the list that is set', () => {
    expect(sourceOf({ process: { PUID: '1', HERMES_UID: '2' } })).toEqual({
      kind: 'environment',
      variable: 'HERMES_UID',
    });
  });

  it('is not one that is empty', () => {
    expect(sourceOf({ process: { PUID: '1', HERMES_UID: '' } })).toMatchObject({
      variable: 'PUID',
    });
  });

  it('comes before the source: HERMES_UID in the envdir beats PUID in the process', () => {
    expect(sourceOf({ process: { PUID: '1' }, envdir: { HERMES_UID: '2\n' } })).toEqual({
      kind: 'envdir',
      variable: 'HERMES_UID',
    });
  });

  it('is taken from the process if both have it', () => {
    expect(sourceOf({ process: { PUID: '1' }, envdir: { PUID: '2' } }).kind).toBe('environment');
  });

  it('is not a property that every object has', () => {
    expect(resolve({ env: ['constructor'] }, {}).input.source).toEqual({ kind: 'unset' });
  });

  it('is none where the default is used, which is normalised', () => {
    const { input } = resolve({ type: 'path', default: '/opt//data/' }, {});
    expect(input).toMatchObject({ value: '/opt/data', source: { kind: 'default' } });
  });

  it('loses one trailing line feed in the envdir', () => {
    expect(resolve({}, { envdir: { X: 'a\n\n' } }).input.value).toBe('a\n');
  });
});

describe('values', () => {
  it.each([
    ['id', '1', 1],
    ['id', '65534', 65534],
    ['id', '0001000', 1000],
    ['boolean', 'YES', true],
    ['boolean', 'off', false],
    ['path', '/opt//data/./x/', '/opt/data/x'],
    ['string', ' as it is ', ' as it is '],
  ] as const)('of type %s accept %j as %j', (type, text, value) => {
    expect(resolve({ type }, { process: { X: text } }).input.value).toBe(value);
  });

  it.each([
    ['id', '0'],
    ['id', '65535'],
    ['id', ' 1000'],
    ['id', '1000 '],
    ['id', '-1'],
    ['id', '1e3'],
    ['id', '0x10'],
    ['id', '00000001000'],
    ['id', 'root'],
    ['boolean', 'maybe'],
    ['boolean', ' yes'],
    ['path', 'opt/data'],
    ['path', '/'],
    ['path', '//./'],
    ['path', '/opt/../etc'],
    ['path', '/a\0b'],
  ] as const)('of type %s are refused when they are %j', (type, text) => {
    const { input, problems } = resolve({ type }, { process: { X: text } });
    expect(problems).toEqual([]);
    expect(input.value).toBeUndefined();
    expect(input.refused?.variable).toBe('X');
  });
});

describe('an invalid value', () => {
  it('leaves an input without a default unset and says what was wanted', () => {
    const { input, problems } = resolve(uid, { process: { HERMES_UID: '0', PUID: '1000' } });
    expect(problems).toEqual([]);
    expect(input.source).toEqual({ kind: 'unset' });
    expect(input.refused).toEqual({
      variable: 'HERMES_UID',
      found: '"0"',
      wanted: 'a number from 1 to 65534',
    });
  });

  it('is a problem if there is a default, since the boot would silently use that', () => {
    const { problems } = resolve(
      { type: 'path', default: '/opt/data' },
      { process: { X: 'data' } },
    );
    expect(problems.map(({ found, wanted, mend }) => [found, wanted, mend])).toEqual([
      [
        'X is "data"',
        'an absolute path other than / and without ..',
        ['correct X, or unset it for the default /opt/data'],
      ],
    ]);
  });

  it('is one that is not on the list of allowed values', () => {
    const { input } = resolve({ values: ['up', 'down'] }, { process: { X: 'left' } });
    expect(input.refused).toMatchObject({ found: '"left"', wanted: '"up" or "down"' });
  });

  it('is never shown when it is secret', () => {
    const secret = resolve({ type: 'id', secret: true }, { process: { X: 'hunter2' } });
    expect(secret.input.refused?.found).toBe('***');
    const fatal = resolve({ type: 'id', secret: true, default: 5 }, { process: { X: 'hunter2' } });
    expect(JSON.stringify(fatal.problems) + (fatal.problems[0]?.message ?? '')).not.toContain(
      'hunter2',
    );
  });

  it('is shown without control characters', () => {
    const { input } = resolve({ type: 'id' }, { process: { X: '\u001b[2J\n' } });
    expect(input.refused?.found).toBe('"\\x1b[2J\\n"');
  });
});
