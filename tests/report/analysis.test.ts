import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { analyse } from '../../src/report/analysis.ts';
import { plainPaint } from '../../src/report/paint.ts';
import type { ShortReceipt } from '../../src/report/receipt.ts';
import { renderAnalyses } from '../../src/report/show-analysis.ts';
import { timelineSvg } from '../../src/report/timeline-svg.ts';
import { setPageWidth, WIDTH } from '../../src/report/wrap.ts';
import { wellFormed } from './xml.ts';

const ENDED = '2026-05-21T06:18:06.000Z';

const NOW = Date.parse(ENDED) + 200_000;

/** A receipt with keys that only some releases have. */
function receipt(more: object = {}): ShortReceipt {
  return {
    version: 1,
    plan: 'stage2',
    file: '/plans/stage2.yaml',
    result: 'degraded',
    reasons: [],
    started: '2026-05-21T06:18:05.500Z',
    ended: ENDED,
    duration: 362,
    changes: 14,
    slowest: { step: 'ownership', duration: 308 },
    ...more,
  };
}

function timed(id: string, began: number, duration: number, status = 'converged', ended?: number) {
  return { id, status, began, ended: ended ?? began + duration, duration };
}

const FULL = {
  timing: { start: 38, prepare: 6, lock: { began: 20, duration: 30 }, receipt: 4 },
  steps: [
    timed('home', 0, 20),
    timed('seed', 19, 12, 'failed'),
    timed('ownership', 20, 308, 'changes', 358),
    { id: 'never', status: 'blocked', began: null, ended: null, duration: 0 },
  ],
  criticalPath: {
    duration: 328,
    steps: [
      { step: 'home', duration: 20 },
      { step: 'ownership', duration: 308 },
    ],
  },
};

const SHORT = { timing: null, slowestSteps: [{ step: 'ownership', duration: 290 }] };

const HISTORY = [
  receipt({ started: '2026-05-20T00:00:00.000Z', ...FULL }),
  receipt({ started: '2026-05-21T00:00:00.000Z', ...SHORT }),
  receipt({ plan: 'other', started: '2026-05-21T01:00:00.000Z', ...FULL }),
];

describe('the analysis of a boot', () => {
  test('has its parts one after the other, the start of the program and the receipt among them', () => {
    const { took, parts, steps, lock } = analyse(receipt(FULL), [], 10);
    expect(took).toBe(410);
    expect(parts).toEqual([
      { part: 'start', began: 0, ended: 38, duration: 38 },
      { part: 'prepare', began: 38, ended: 44, duration: 6 },
      { part: 'steps', began: 44, ended: 406, duration: 362 },
      { part: 'receipt', began: 406, ended: 410, duration: 4 },
    ]);
    expect(lock).toEqual({ began: 64, ended: 94, duration: 30 });
    expect(steps.map(({ step, began, ended, critical }) => [step, began, ended, critical])).toEqual(
      [
        ['home', 44, 64, true],
        ['seed', 63, 75, false],
        ['ownership', 64, 402, true],
      ],
    );
  });

  test('has the boots of the same plan before it beside the slowest steps, the latest first', () => {
    const { slowest, before } = analyse(receipt(FULL), HISTORY, 2);
    expect(before).toEqual(['2026-05-21T00:00:00.000Z', '2026-05-20T00:00:00.000Z']);
    expect(slowest).toEqual([
      { step: 'ownership', duration: 308, before: [290, 308] },
      { step: 'home', duration: 20, before: [null, 20] },
    ]);
  });

  test('compares with five boots at most', () => {
    const many = Array.from({ length: 9 }, (_, day) =>
      receipt({ started: `2026-05-0${day + 1}T00:00:00.000Z`, ...FULL }),
    );
    const { before } = analyse(receipt(FULL), many, 2);
    expect(before.map((started) => started.slice(0, 10))).toEqual([
      ...['2026-05-09', '2026-05-08', '2026-05-07', '2026-05-06', '2026-05-05'],
    ]);
  });

  test('of a receipt of an earlier release has what that tells, and nothing made up', () => {
    expect(analyse(receipt(), [], 10)).toMatchObject({
      took: 362,
      parts: [{ part: 'steps', duration: 362 }],
      lock: null,
      steps: [],
      slowest: [],
    });
  });
});

describe('shown', () => {
  const analyses = [analyse(receipt(FULL), HISTORY, 10)];

  test('it says where the time went, what cannot be quicker, and what took longer than before', () => {
    expect(renderAnalyses(analyses, NOW, plainPaint)).toBe(
      `stage2: 410 ms, 14 changes, degraded, 3 min ago

  start of the program    38 ms   9%  ####
  plan and inputs          6 ms   1%  #
  steps                  362 ms  88%  ###################################
    waiting for a lock    30 ms   7%  ###
  receipt                  4 ms   1%

critical path, 328 ms: each needs the one before it
  home         20 ms
  ownership   308 ms

slowest steps     last    the 2 before
  ownership     308 ms     290 ms   308 ms
  home           20 ms          -    20 ms
  seed           12 ms          -    12 ms
`,
    );
  });

  test.each([40, 80, 120])('it fits %d columns', (width) => {
    setPageWidth(width);
    onTestFinished(() => {
      setPageWidth(WIDTH);
    });
    const slow = Array.from({ length: 5 }, (_, at) =>
      receipt({ started: `2026-05-1${at}T`, ...FULL }),
    );
    const text = renderAnalyses([analyse(receipt(FULL), slow, 10)], NOW, plainPaint);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
    expect(text).toContain('ownership');
  });
});

describe('drawn', () => {
  /** All bars of a drawing, and the frame that they belong into. */
  function barsOf(svg: string) {
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
    const bars = [
      ...svg.matchAll(/class="bar (\w+)" x="(.*?)" y="(.*?)" width="(.*?)" height="(.*?)"/g),
    ];
    return {
      frame: { width: Number(width), height: Number(height) },
      bars: bars.map(([, kind, ...numbers]) => {
        const [x = NaN, y = NaN, wide = NaN, high = NaN] = numbers.map(Number);
        return { kind, x, y, right: x + wide, bottom: y + high, wide };
      }),
    };
  }

  test('it is well-formed, says in words what it shows, and has a bar for all that took time', () => {
    const svg = timelineSvg([analyse(receipt(FULL), HISTORY, 10)]);
    expect(wellFormed(svg)).toBe('');
    expect(svg).toContain('<title id="title">Where the time of the boot went: 410 ms</title>');
    expect(svg).toMatch(/<desc id="desc">stage2: 410 ms, degraded: start of the program 38 ms, /);
    expect(svg).toContain(
      '<title>ownership: 308 ms, from 64 ms to 402 ms; changes, on the critical path</title>',
    );
    const { bars } = barsOf(svg);
    expect(bars.map(({ kind }) => kind)).toEqual([
      ...['program', 'program', 'step', 'failed', 'changed', 'lock', 'program'],
    ]);
    // Longer is wider.
    expect(Math.max(...bars.map(({ wide }) => wide))).toBe(bars[4]?.wide);
  });

  test('it needs nothing from elsewhere', () => {
    const svg = timelineSvg([analyse(receipt(FULL), [], 10)]);
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(
      /https?:|url\(|href|<script|<image/,
    );
  });

  test('it takes every name for text, whatever is in it', () => {
    const evil = '</title><script>alert(1)</script>&"\'\u0000\uFFFE\u001b[2J';
    const named = { ...FULL, steps: [timed(evil, 0, 20)], criticalPath: null };
    const svg = timelineSvg([analyse(receipt({ ...named, plan: evil }), [], 10)]);
    expect(wellFormed(svg)).toBe('');
    expect(svg).not.toContain('<script');
    expect(svg).toContain('&lt;script&gt;');
    const emoji = '😀'.repeat(70);
    const cut = timelineSvg([analyse(receipt({ ...named, plan: `x${emoji}` }), [], 10)]);
    expect(cut).toContain(`x${'😀'.repeat(58)}…:`);
  });

  test('every bar is in the frame and begins where the time does, whatever receipts say', () => {
    const time = fc.oneof(
      fc.double({ min: 0, max: 5000, noNaN: true }),
      fc.constantFrom(0, -5, 1e308, Infinity, 0.04),
    );
    const step = fc.record({
      id: fc.string({ maxLength: 60 }),
      status: fc.constantFrom('converged', 'changes', 'failed'),
      began: time,
      ended: time,
      duration: time,
    });
    const boot = fc.record({
      plan: fc.string(),
      duration: time,
      timing: fc.record({
        start: time,
        prepare: time,
        lock: fc.option(fc.record({ began: time, duration: time })),
        receipt: time,
      }),
      steps: fc.array(step, { maxLength: 12 }),
    });
    fc.assert(
      fc.property(fc.array(boot, { minLength: 1, maxLength: 3 }), (boots) => {
        const svg = timelineSvg(boots.map((one) => analyse(receipt(one), [], 10)));
        const { frame, bars } = barsOf(svg);
        expect(svg).not.toMatch(/NaN|Infinity|undefined/);
        for (const { x, y, right, bottom, wide } of bars) {
          expect(x).toBeGreaterThanOrEqual(206);
          expect(right).toBeLessThanOrEqual(frame.width);
          expect(wide).toBeGreaterThan(0);
          expect(y).toBeGreaterThan(0);
          expect(bottom).toBeLessThan(frame.height);
        }
        for (const [, at] of svg.matchAll(/<text [^>]*x="(.*?)"/g)) {
          expect(Number(at)).toBeGreaterThanOrEqual(0);
          expect(Number(at)).toBeLessThanOrEqual(frame.width);
        }
      }),
      { numRuns: 200 },
    );
  });
});
