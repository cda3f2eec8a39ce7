import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/plan/diagnostic.ts';
import { renderDiagnostics } from '../../src/report/diagnostics.ts';
import { plainPaint } from '../../src/report/paint.ts';

function show(text: string, diagnostic: Partial<Diagnostic>): string {
  const base = {
    severity: 'error',
    message: 'no good',
    at: { file: 'p.yaml', line: 1, column: 1, length: 1 },
  } as const;
  return renderDiagnostics([{ file: 'p.yaml', text }], [{ ...base, ...diagnostic }]);
}

describe('a diagnostic', () => {
  it('fits 80 columns however long its line, message and hint are', () => {
    const text = `${'a'.repeat(150)} HERE ${'b'.repeat(150)}`;
    const shown = show(text, {
      message: 'word '.repeat(40).trim(),
      hint: 'mend '.repeat(30).trim(),
      at: { file: 'p.yaml', line: 1, column: 152, length: 4 },
    });
    for (const line of shown.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const [source = '', underline = ''] = shown.split('\n').filter((line) => line.includes(' |'));
    expect(source).toContain('HERE');
    expect(underline.indexOf('^^^^')).toBe(source.indexOf('HERE'));
  });

  it('names the file of each place that is in another one than the place above', () => {
    const at = (file: string, line: number) => ({ file, line, column: 1, length: 1 });
    const related = [at('f.yaml', 1), at('f.yaml', 2), at('p.yaml', 2), at('p.yaml', 3)];
    const shown = show('one\ntwo\nthree\n', {
      related: related.map((place) => ({ at: place, message: 'needs' })),
    });
    expect(shown.split('\n').filter((line) => /^\w+\.yaml:\d+$/.test(line))).toEqual([
      'f.yaml:1',
      'p.yaml:2',
    ]);
  });

  it.each([
    ['tabs', 'a:\tHERE', 4],
    ['control characters', 'a\u0007: \u001b[31mHERE', 10],
    ['wide letters', '日本: HERE', 5],
    ['nothing unusual', 'a: HERE', 4],
  ])('underlines the right place on a line with %s', (_, text, column) => {
    const shown = show(text, { at: { file: 'p.yaml', line: 1, column, length: 4 } });
    const [source = '', underline = ''] = shown.split('\n').filter((line) => line.includes(' |'));
    const columns = (line: string) => line.replace(/[日本]/g, 'xx');
    expect(underline.indexOf('^^^^')).toBe(columns(source).indexOf('HERE'));
    // eslint-disable-next-line no-control-regex -- they must not get through
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it('shows a message without control characters', () => {
    expect(show('a', { message: 'found \u001b[2J' })).toContain('found \\x1b[2J');
  });

  it('lines up the gutters of everything that takes part', () => {
    const text = Array.from({ length: 12 }, (_, index) => `line ${index + 1}`).join('\n');
    const related = [{ at: { file: 'p.yaml', line: 3, column: 1, length: 4 }, message: 'here' }];
    expect(
      show(text, {
        at: { file: 'p.yaml', line: 11, column: 6, length: 2 },
        hint: 'there',
        step: 'a',
        related,
      }),
    ).toBe(`p.yaml:11:6  step a: no good

  11 | line 11
     |      ^^ there

   3 | line 3
     | ^^^^ here

1 mistake in p.yaml. Nothing was run.
`);
  });

  it('that is a warning says so, and nothing about what was run', () => {
    expect(show('a: b', { severity: 'warning' })).toBe(`p.yaml:1:1  warning: no good

  1 | a: b
    | ^

1 warning in p.yaml.
`);
  });

  it('allows a place that the text does not have', () => {
    expect(show('', { at: { file: 'p.yaml', line: 7, column: 9, length: 3 } })).toContain(
      'p.yaml:7:9',
    );
  });

  it('has the same text in colour', () => {
    const mark = (text: string) => `<${text}>`;
    const paint = { ...plainPaint, strong: mark, error: mark, faint: mark };
    const plain = {
      severity: 'error',
      message: 'm',
      hint: 'h',
      at: { file: 'p.yaml', line: 1, column: 1, length: 1 },
    } as const;
    const coloured = renderDiagnostics([{ file: 'p.yaml', text: 'a' }], [plain], paint);
    expect(coloured).toContain('<p.yaml:1:1>');
    expect(coloured.replace(/[<>]/g, '')).toBe(
      renderDiagnostics([{ file: 'p.yaml', text: 'a' }], [plain]),
    );
  });
});
