import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { envText, ownLine, parseEnvFile } from '../../steps/env-file/dotenv.ts';
import type { Cover } from '../../src/system/content.ts';

const cover: Cover = {
  known: ['https://portal.example', 'a "quoted" \\ one'],
  value: (value) => (value === '' ? '' : '***'),
  digest: () => '***',
};

const leaving = (text: string): string => envText.leaves?.(text, cover) ?? '';

describe('what leaves of a .env file', () => {
  test.each([
    ['a value', 'A=secret\n', 'A=***\n'],
    ['an empty one', 'A=\nB=""\n', 'A=\nB=""\n'],
    ['quotes, an export and space', 'export  A = "secret"\n', 'export  A = "***"\n'],
    ['a value of several lines', "A='one\ntwo'\nB=x\n", "A='***'\nB=***\n"],
    ['a quote that nobody closes', 'A="secret\nB=x\n', 'A=***\nB=***\n'],
    ['a comment', '# A=secret\n', '# ***\n'],
    ['a comment behind a value', 'A=x # secret\n', 'A=*** # ***\n'],
    ['what nobody understands', 'secret\n\n', '***\n\n'],
    ['line ends of Windows, and none', 'A=x\r\nB=y', 'A=***\r\nB=***'],
    ['a byte order mark', '\uFEFFA=x\n', '\uFEFFA=***\n'],
  ])('%s', (_, text, wanted) => {
    expect(leaving(text)).toBe(wanted);
  });

  test('is the line that the plan would write, and no other one with that mark', () => {
    for (const value of cover.known) {
      expect(leaving(`${ownLine('A', value)}\n`)).toBe(`${ownLine('A', value)}\n`);
    }
    expect(leaving(`${ownLine('A', 'of yesterday')}\n`)).toBe(`${ownLine('A', '***')}\n`);
    expect(leaving('A=https://portal.example\n')).toBe('A=***\n');
  });

  test('has the same names, set or empty, in the same order, whatever the text', () => {
    const parts = fc.constantFrom(
      'A',
      'B=',
      '=',
      '"',
      "'",
      '\\',
      '#',
      ' ',
      '\n',
      '\r\n',
      'export ',
    );
    const summary = (text: string): unknown[] =>
      parseEnvFile(text).flatMap((piece) =>
        piece.kind === 'other' ? [] : [[piece.name, piece.value === '']],
      );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 14 }), (some) => {
        const text = some.join('');
        expect(summary(leaving(text))).toEqual(summary(text));
      }),
      { numRuns: 2000 },
    );
  });
});
