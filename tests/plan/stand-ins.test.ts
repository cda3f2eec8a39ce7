import { expect, test } from 'vitest';
import { withStandIns } from '../../src/plan/stand-ins.ts';
import type { InputType, InputValue } from '../../src/plan/plan.ts';
import { input } from '../report/sample.ts';

const SET = { source: { kind: 'environment', variable: 'KEY' } } as const;

function standInOf(value: InputValue, type: InputType = 'string'): InputValue {
  const [covered] = withStandIns([input('key', { secret: true, type }, { ...SET, value })]);
  return covered?.value;
}

test('a stand-in shows of a secret string only whether it is shorter than 16 characters', () => {
  expect(standInOf('short')).toBe('stand-in-1');
  expect(standInOf('sixteen-letters!')).toBe('stand-in-1-for-a-long-secret');
});

test('a stand-in is of the type of its input', () => {
  expect(standInOf('/mnt/secret', 'path')).toBe('/stand-in-1');
  expect(standInOf(4711, 'id')).toBe(65_533);
  expect(standInOf(true, 'boolean')).toBe(true);
});

test('a JSON mapping keeps its shape, what is empty, when something happened, and which program it is of', () => {
  const secret = {
    providers: {
      nous: { access_token: 'canary', refresh_token: ' ', obtained_at: '2026-07-01T00:00:00Z' },
      other: { client_id: 'hermes-cli-vps' },
      mine: { client_id: 'canary' },
      'me@example.org': { last_auth_error: { relogin_required: true }, chat: 4711, seen_at: 12 },
    },
    list: ['canary', null],
    note_at: 'canary',
  };
  expect(JSON.parse(String(standInOf(JSON.stringify(secret))))).toEqual({
    providers: {
      nous: { access_token: 'stand-in-1', refresh_token: ' ', obtained_at: '2026-07-01T00:00:00Z' },
      other: { client_id: 'hermes-cli-vps' },
      mine: { client_id: 'stand-in-1' },
      'name-4': { last_auth_error: { relogin_required: true }, chat: 0, seen_at: 12 },
    },
    list: ['stand-in-1', null],
    note_at: 'stand-in-1',
  });
  expect(standInOf('["a list of sixteen"]')).toBe('stand-in-1-for-a-long-secret');
});

test('what is not secret, not set or the default of the plan stays', () => {
  const inputs = [
    input('open', {}, { ...SET, value: 'x' }),
    input('unset', { secret: true }),
    input('fallback', { secret: true }, { source: { kind: 'default' }, value: 'of the plan' }),
  ];
  expect(withStandIns(inputs)).toEqual(inputs);
});
