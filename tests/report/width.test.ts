import { afterEach, describe, expect, test } from 'vitest';
import { inAscii, isUnicode, setOnlyAscii } from '../../src/report/charset.ts';
import { plainPaint } from '../../src/report/paint.ts';
import type { ShortReceipt } from '../../src/report/receipt.ts';
import { renderStepType, renderStepTypes } from '../../src/report/show-authoring.ts';
import { renderDoctor, type Finding } from '../../src/report/show-doctor.ts';
import { renderGateways } from '../../src/report/show-gateways.ts';
import { renderHistory } from '../../src/report/show-receipts.ts';
import { setPageWidth, WIDTH, widthFor, widthOf } from '../../src/report/wrap.ts';
import { stepTypes } from '../../steps/index.ts';
import { directoryWith, hermesBoot } from '../cli/cli.ts';
import { GATEWAYS } from './gateways.ts';
import { inputs, steps } from './remap.ts';
import { shownPlan } from './shown.ts';

afterEach(() => {
  setPageWidth(WIDTH);
});

const receipt: ShortReceipt = {
  version: 1,
  plan: 'stage2',
  file: 'plans/stage2.yaml',
  result: 'degraded',
  started: '2026-05-21T06:18:05.000Z',
  ended: '2026-05-21T06:18:06.000Z',
  changes: 3,
  duration: 412,
  slowest: { step: 'ownership', duration: 371 },
  reasons: [],
};

const FINDINGS: readonly Finding[] = [
  ...[
    'Node v24.21.0 with its code cache',
    'root with all that a boot needs',
    'no boot at work',
  ].map((text) => ({ check: 'node', severity: 'ok' as const, text, fix: [] })),
  {
    check: 'home',
    severity: 'error',
    text: '/opt/data lies on cifs, which may not keep owners and modes',
    fix: ['hermes-boot plan --explain says what it does not keep'],
  },
];

const REPORTS: readonly (readonly [string, () => string])[] = [
  ['plan --explain', () => shownPlan({ steps, inputs }, 'reasons')],
  ['plan --explain=STEP', () => shownPlan({ steps, inputs }, { step: 'ownership' })],
  ['plan --short', () => shownPlan({ steps, inputs }, 'short')],
  [
    'gateway status',
    () => renderGateways({ gateways: GATEWAYS, supervised: true, counts: true }, plainPaint),
  ],
  ['doctor', () => renderDoctor(FINDINGS, plainPaint)],
  ['plan', () => shownPlan({ steps, inputs }, 'changes')],
  ['history', () => renderHistory([receipt, receipt], plainPaint)],
  ['steps', () => renderStepTypes(stepTypes, plainPaint)],
  ...stepTypes.map(
    (type) => [`steps ${type.uses}`, () => renderStepType(type, plainPaint)] as const,
  ),
];

/** The lines that are wider than a page although they could be broken between two words. */
function tooWide(text: string, width: number): string[] {
  return text
    .split('\n')
    .filter((line) => widthOf(line) > width && line.trim().split(/\s+/).length > 1);
}

describe.each([40, 80, 120])('on %d columns', (width) => {
  test.each(REPORTS)('%s keeps the width', (_, render) => {
    setPageWidth(width);
    expect(tooWide(render(), width)).toEqual([]);
  });

  test.each([[['--help']], [['run', '--help']], [['plan', '--help']], [['gateway', '--help']]])(
    'the help of %j keeps the width',
    async (argv) => {
      const { stdout } = await hermesBoot(argv, { env: { COLUMNS: `${width}` } });
      expect(tooWide(stdout, width)).toEqual([]);
    },
  );
});

test.each([40, 80, 120])('mistakes in a plan keep a width of %d columns', async (width) => {
  const step = '{ id: a, uses: file.mod, with: { path: /opt/data/somewhere/else, mode: 0600 } }';
  const plan = `version: 1\nname: wrong\nsteps:\n  - ${step}\n  - { id: a, uses: directory, needs: [b] }\n`;
  const cwd = directoryWith({ 'wrong.yaml': plan });
  const env = { COLUMNS: `${width}` };
  const { code, stderr } = await hermesBoot(['validate', 'wrong.yaml'], { cwd, env });
  expect(code).toBe(78);
  expect(tooWide(stderr, width)).toEqual([]);
});

test('a column of text is never so narrow that it is one word a line', () => {
  setPageWidth(40);
  const lines = renderStepTypes(stepTypes, plainPaint).split('\n');
  expect(lines.slice(0, 2).every((line) => line !== '')).toBe(true);
  expect(lines.length).toBeLessThan(stepTypes.length * 5);
});

test('boots that do not fit a table are listed one below the other', () => {
  setPageWidth(40);
  expect(renderHistory([receipt], plainPaint)).toBe(
    '2026-05-21 06:18  stage2  degraded\n  3 changes in 1.0 s, slowest step\n  ownership 371 ms\n',
  );
});

describe('the width', () => {
  const terminal = (columns: number) => ({ isTTY: true, columns, write: () => undefined });
  const pipe = { isTTY: false, write: () => undefined };

  test('is that of the terminal, between 40 and 120', () => {
    expect([20, 40, 100, 300].map((columns) => widthFor(terminal(columns), {}))).toEqual([
      40, 40, 100, 120,
    ]);
    expect(widthFor(terminal(100), { COLUMNS: '60' })).toBe(100);
  });

  test('is COLUMNS on a pipe, and on a terminal that does not say', () => {
    expect(widthFor(pipe, { COLUMNS: '60' })).toBe(60);
    expect(widthFor(terminal(0), { COLUMNS: '60' })).toBe(60);
  });

  test('is 80 where nobody says', () => {
    for (const COLUMNS of ['', '0', 'wide', '-5']) expect(widthFor(pipe, { COLUMNS })).toBe(80);
    expect(widthFor(terminal(0), {})).toBe(80);
  });
});

describe('the characters', () => {
  test.each([
    [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, false],
    [{ LC_CTYPE: 'POSIX' }, false],
    [{ LANG: 'de_DE.ISO-8859-1' }, false],
    [{ LANG: 'C.UTF-8' }, true],
    [{ LC_ALL: '', LANG: 'en_US.utf8' }, true],
    [{}, true],
  ])('of the locale %j: all of Unicode is %s', (env, unicode) => {
    expect(isUnicode(env)).toBe(unicode);
  });

  test('of a text in ASCII are escapes, and of a document, too, which stays the same', () => {
    expect(inAscii('docker run … /data/Ünï')).toBe('docker run ... /data/\\u00dcn\\u00ef');
    const document = { path: '/data/Ünï …', face: '\u{1f600}' };
    const text = inAscii(JSON.stringify(document));
    expect(text).toMatch(/^[ -~]*$/);
    expect(JSON.parse(text)).toEqual(document);
  });

  test('that are written as escapes are counted as such', () => {
    setOnlyAscii(true);
    try {
      expect(widthOf('Ü…')).toBe('\\u00dc...'.length);
    } finally {
      setOnlyAscii(false);
    }
    expect(widthOf('Ü…')).toBe(2);
  });

  test('of a plan with mistakes leave the marks below what they mark', async () => {
    const text = `version: 1
name: north
steps:
  - { id: one, uses: directory, why: ${'größer und '.repeat(12)}, with: { pfad: /x } }
`;
    const cwd = directoryWith({ 'north.yaml': text });
    const { stderr } = await hermesBoot(['validate', 'north.yaml'], { cwd, env: { LC_ALL: 'C' } });
    const lines = stderr.split('\n');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    const at = lines.findIndex((line) => line.includes('^^^^ known here'));
    expect(lines[at]?.indexOf('^^^^')).toBe(lines[at - 1]?.indexOf('pfad'));
  });

  test.each([
    [['install-method', '--help']],
    [['--help']],
    [['steps', 'user.guard']],
    [['run', 'nöwhere']],
  ])('that %j writes under LC_ALL=C are ASCII', async (argv) => {
    const { stdout, stderr } = await hermesBoot(argv, { env: { LC_ALL: 'C' } });
    expect(stdout + stderr).toMatch(/^[\n -~]+$/);
  });
});
