import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listed, counted, showDuration } from '../../src/text/phrases.ts';
import { wantsColour } from '../../src/report/paint.ts';
import { printable, mapStrings } from '../../src/text/printable.ts';
import { widthOf, wrap } from '../../src/report/wrap.ts';

test('one of something is singular', () => {
  expect([0, 1, 2, 3112].map((value) => counted(value, 'step'))).toEqual([
    '0 steps',
    '1 step',
    '2 steps',
    '3,112 steps',
  ]);
});

test('durations are as precise as is useful', () => {
  expect([0.04, 0.94, 0.96, 31.4, 999.4, 999.6, 59_949, 59_950, 125_000].map(showDuration)).toEqual(
    ['0.0 ms', '0.9 ms', '1 ms', '31 ms', '999 ms', '1.0 s', '59.9 s', '1 min 0 s', '2 min 5 s'],
  );
});

test('names are listed with commas and a last and', () => {
  expect([[], ['A'], ['A', 'B'], ['A', 'B', 'C']].map(listed)).toEqual([
    '',
    'A',
    'A and B',
    'A, B and C',
  ]);
});

describe('printable text', () => {
  test('shows controls, reordering marks and broken surrogates as escapes', () => {
    expect(printable('a\nb\tc\u001b[31md\u0085e\u202ef\ud800g\u{e0001}h')).toBe(
      'a\\nb\\tc\\x1b[31md\\x85e\\u202ef\\ud800g\\u{e0001}h',
    );
  });

  test('is unchanged when every character is visible', () => {
    expect(printable('/opt/data/Ünïcode — 数据 🙂')).toBe('/opt/data/Ünïcode — 数据 🙂');
  });

  test('has no control character left, whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('wrapping', () => {
  test('keeps the width, except for words that are wider', () => {
    const path = `/${'x'.repeat(100)}`;
    expect(wrap('  ! ', `the path ${path} ${'word '.repeat(20)}`, 6)).toEqual([
      '  ! the path',
      `      ${path}`,
      `      ${'word '.repeat(15).trimEnd()}`,
      '      word word word word word',
    ]);
  });

  test('keeps a path as it is, spaces included', () => {
    expect(wrap('  ', '/opt/two  spaces is a link', 4)).toEqual(['  /opt/two  spaces is a link']);
  });

  test('neither loses nor adds a word', () => {
    const words = fc.array(fc.stringMatching(/^[a-z/]{1,30}$/), { minLength: 1 });
    fc.assert(
      fc.property(words, fc.nat(20), (text, hanging) => {
        const lines = wrap('', text.join(' '), hanging);
        expect(lines.join(' ').split(/ +/).filter(Boolean)).toEqual(text);
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(80);
      }),
    );
  });
});

test('mapping strings does not change the original data', () => {
  const data = { type: 'a', list: ['a', { text: 'a', none: null, number: 1 }] };
  const upper = mapStrings(data, (text) => text.toUpperCase(), new Set(['type']));
  expect(upper).toEqual({ type: 'a', list: ['A', { text: 'A', none: null, number: 1 }] });
  expect(data.list[0]).toBe('a');
});

test.each([
  [true, {}, true],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { TERM: 'dumb' }, false],
  [false, {}, false],
  [false, { FORCE_COLOR: '1' }, true],
  [true, { FORCE_COLOR: '0' }, false],
])('a terminal (%s) with %o gets colour: %s', (isTTY, env, expected) => {
  expect(wantsColour({ isTTY, write: () => undefined }, env)).toBe(expected);
});
