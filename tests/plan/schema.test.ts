import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { AJV_OPTIONS, planSchema } from '../../src/plan/schema.ts';
import { types } from './types.ts';

const schema = planSchema(types);
const validate = new Ajv(AJV_OPTIONS).compile(schema);

const plan = (step: object) => ({ version: 1, name: 'x', steps: [step] });

/** Every schema within a schema, by its place. */
function* schemasIn(value: unknown, place: string): Generator<[string, object]> {
  if (typeof value !== 'object' || value === null) return;
  if ('type' in value && !Array.isArray(value)) yield [place, value];
  for (const [key, item] of Object.entries(value)) yield* schemasIn(item, `${place}/${key}`);
}

describe('the schema of plans', () => {
  it('is draft-07, which is the newest that editors know for YAML', () => {
    expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#');
  });

  it('closes every mapping whose keys are known', () => {
    const mappings = [...schemasIn(schema, '')].filter(
      ([, each]) => 'properties' in each && 'type' in each && each.type === 'object',
    );
    expect(mappings.length).toBeGreaterThan(5);
    for (const [place, each] of mappings) {
      expect([place, 'additionalProperties' in each]).toEqual([place, true]);
    }
  });

  it('describes every property', () => {
    for (const [place, each] of schemasIn(schema, '')) {
      const isProperty = /\/properties\/[^/]+$/.test(place);
      if (isProperty) expect([place, 'description' in each]).toEqual([place, true]);
    }
  });

  it.each([
    ['a literal', { id: 'a', uses: 'directory', with: { path: '/a' } }],
    [
      'a template for a patterned text',
      { id: 'a', uses: 'directory', with: { path: '${{ inputs.x }}' } },
    ],
    [
      'a template for a number',
      { id: 'a', uses: 'account.remap', with: { user: 'x', uid: '${{ inputs.x }}' } },
    ],
    [
      'a template for true or false',
      { id: 'a', uses: 'command', with: { argv: ['a'], shell: '${{ inputs.x }}' } },
    ],
    [
      'a template for one of a list',
      { id: 'a', uses: 'command', with: { argv: ['a'], output: '${{ inputs.x }}' } },
    ],
  ])('accepts %s', (_, step) => {
    expect(validate(plan(step))).toBe(true);
  });

  it('checks a step by its own type only', () => {
    expect(validate(plan({ id: 'a', uses: 'file.mode', with: { path: 'x' } }))).toBe(false);
    const places = (validate.errors ?? []).map(({ instancePath, keyword }) => [
      instancePath,
      keyword,
    ]);
    expect(places).toEqual([
      ['/steps/0/with', 'required'],
      ['/steps/0/with/path', 'pattern'],
      ['/steps/0/with/path', 'pattern'],
      ['/steps/0/with/path', 'anyOf'],
      ['/steps/0', 'if'],
    ]);
  });

  it('allows anything under x- at the top, and nothing else', () => {
    const step = { id: 'a', uses: 'directory', with: { path: '/a' } };
    expect(validate({ ...plan(step), 'x-mine': { any: ['thing'] } })).toBe(true);
    expect(validate({ ...plan(step), mine: 1 })).toBe(false);
  });
});
