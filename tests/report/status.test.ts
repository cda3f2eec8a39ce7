import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { worstState } from '../../src/engine/result.ts';
import { plainPaint } from '../../src/report/paint.ts';
import {
  readReceipt,
  readStatus,
  withBoot,
  type LastBoot,
  type ShortReceipt,
} from '../../src/report/receipt.ts';
import { renderHistory, renderStatus } from '../../src/report/show-receipts.ts';
import { timestampOf } from '../../src/text/phrases.ts';

const ENDED = '2026-05-21T06:18:06.000Z';

const NOW = Date.parse(ENDED) + 200_000;

function receipt(more: Partial<ShortReceipt> = {}): ShortReceipt {
  return {
    version: 1,
    plan: 'stage2',
    file: `/plans/${more.plan ?? 'stage2'}.yaml`,
    result: 'done',
    reasons: [],
    // Its work took 412 ms of this.
    started: '2026-05-21T06:18:05.500Z',
    ended: ENDED,
    duration: 412,
    changes: 14,
    slowest: { step: 'ownership', duration: 371 },
    ...more,
  };
}

function running(plan: string): LastBoot {
  return { version: 1, plan, file: `/${plan}`, result: 'running', started: ENDED };
}

function shown(...boots: readonly LastBoot[]): string {
  return renderStatus(
    { result: worstState(boots.map(({ result }) => result)), boots },
    NOW,
    plainPaint,
  );
}

const OWNERSHIP = {
  about: 'ownership',
  text: 'cannot change the owner of /opt/data: CAP_CHOWN is missing (this is uid 0)',
  mend: ['start the container with --cap-add CHOWN'],
};

describe('the status says', () => {
  test('in one line that all is well', () => {
    expect(shown(receipt())).toBe('done: stage2 booted 3 min ago, 14 changes in 500 ms\n');
    expect(shown(receipt({ plan: 'a' }), receipt({ plan: 'b', changes: 0 }))).toBe(
      'done: a and b booted 3 min ago, 14 changes in 1.0 s\n',
    );
  });

  test('why a boot is degraded, and how to fix it', () => {
    const boot = receipt({ result: 'degraded', reasons: [OWNERSHIP] });
    expect(shown(boot)).toBe(
      `degraded: stage2 booted 3 min ago, 14 changes in 500 ms
  ownership: cannot change the owner of /opt/data: CAP_CHOWN is missing (this is
    uid 0)
    start the container with --cap-add CHOWN
`,
    );
  });

  test('advice once that several reasons share', () => {
    const reasons = ['auth', 'api-key', 'routing'].map((about, at) => {
      return { ...OWNERSHIP, about, ...(at === 2 ? { mend: ['look at the share'] } : {}) };
    });
    const lines = shown(receipt({ result: 'degraded', reasons })).split('\n');
    expect(lines.filter((line) => line.startsWith('    start the'))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('  api-key: '))).toHaveLength(1);
    expect(lines.at(-2)).toBe('    look at the share');
  });

  test('which of several plans was stopped, and why', () => {
    const reasons = [{ about: null, text: 'the plan has mistakes', mend: ['  do this'] }];
    const stopped = receipt({ plan: 'b', result: 'stopped', reasons, changes: null });
    expect(shown(receipt(), stopped)).toBe(
      'stopped: b ended 3 min ago\n  b: the plan has mistakes\n      do this\n',
    );
  });

  test('that the next boot goes on where a signal has stopped one', () => {
    const reasons = [{ about: 'a', text: 'interrupted by SIGTERM', mend: [] }];
    expect(shown(receipt({ result: 'interrupted', reasons, changes: 1 }))).toBe(
      `interrupted: stage2 ended 3 min ago, 1 change in 500 ms; the next boot goes on
  a: interrupted by SIGTERM
`,
    );
  });

  test('that a boot has not ended, whatever others did before', () => {
    expect(shown(receipt({ plan: 'a' }), running('b'))).toBe(
      'running: a boot of b began at 2026-05-21 06:18:06 UTC and has not ended\n',
    );
  });

  test('nothing that controls a terminal', () => {
    const evil = receipt({ plan: 'a\u001b[2J', result: 'stopped', reasons: [OWNERSHIP] });
    expect(shown(evil)).toContain('stopped: a\\x1b[2J ended');
  });

  test.each([
    [5, 'just now'],
    [59_999, '59 s ago'],
    [7_200_000, '2 h ago'],
    [90_000_000, '1 day ago'],
    [-5000, 'just now'],
  ])('that something was %d ms ago as "%s"', (age, text) => {
    const view = { result: 'done', boots: [receipt()] } as const;
    expect(renderStatus(view, Date.parse(ENDED) + age, plainPaint)).toContain(`booted ${text},`);
  });
});

describe('the status of a container', () => {
  test('is the worst of the last boots of its plans', () => {
    const degraded = withBoot(undefined, 'x', receipt({ result: 'degraded' }));
    const two = withBoot(degraded, 'x', receipt({ plan: 'b' }));
    expect(two.result).toBe('degraded');
    expect(withBoot(two, 'x', receipt()).result).toBe('done');
    expect(withBoot(two, 'x', running('b')).result).toBe('running');
    const stopped = withBoot(two, 'x', receipt({ plan: 'c', result: 'stopped' }));
    expect(withBoot(stopped, 'x', running('b')).result).toBe('stopped');
  });

  test('knows nothing of what was before the container started', () => {
    const before = withBoot(undefined, 'first start', receipt({ plan: 'b', result: 'stopped' }));
    expect(withBoot(before, 'second start', receipt())).toMatchObject({
      result: 'done',
      boots: [{ plan: 'stage2' }],
    });
  });

  test('forgets a file by another name of its plan, and the oldest of too many plans', () => {
    const unread = receipt({ plan: 'mine', file: '/mine.yaml', result: 'stopped' });
    const read = receipt({ plan: 'example', file: '/mine.yaml' });
    expect(withBoot(withBoot(undefined, '', unread), '', read).boots).toEqual([read]);
    let status = withBoot(undefined, '', receipt());
    for (let at = 0; at < 40; at += 1) {
      status = withBoot(status, '', receipt({ plan: `p${at}`, file: `/p${at}` }));
    }
    expect(status.boots).toHaveLength(16);
    expect(status.boots.at(-1)?.plan).toBe('p39');
  });

  test('can be read again, and no other text can', () => {
    const status = withBoot(withBoot(undefined, 'x', receipt()), 'x', running('b'));
    expect(readStatus(JSON.stringify(status))).toEqual(status);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(readStatus(text)).toBeUndefined();
      }),
    );
    const torn = JSON.stringify(status).slice(0, -20);
    expect(readStatus(torn)).toBeUndefined();
  });
});

test.each([
  ['ok', 'done'],
  ['failed', 'stopped'],
  ['degraded', 'degraded'],
])('what an earlier release called %s is read as %s', (then, now) => {
  const earlier = { ...receipt(), result: then };
  expect(readReceipt(JSON.stringify(earlier))?.result).toBe(now);
  const status = { version: 1, result: then, start: 'x', boots: [earlier] };
  expect(readStatus(JSON.stringify(status))?.boots[0]?.result).toBe(now);
});

test('the history is a table, which fits 80 columns unless something is odd', () => {
  const boots = [
    receipt({ changes: 1234 }),
    receipt({ plan: 'reconcile-profiles', result: 'stopped', changes: null, slowest: null }),
  ];
  const table = renderHistory(boots, plainPaint);
  expect(table).toBe(
    `began (UTC)       plan                result   changes    took  slowest step
2026-05-21 06:18  stage2              done       1,234  500 ms  ownership 371 ms
2026-05-21 06:18  reconcile-profiles  stopped        ?  500 ms
`,
  );
  for (const line of table.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('a timestamp is what toISOString writes, and what a receipt may hold', () => {
  const years = { min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true };
  fc.assert(
    fc.property(fc.date(years), (date) => {
      expect(timestampOf(date)).toBe(date.toISOString());
      const json = JSON.stringify(receipt({ started: timestampOf(date) }));
      expect(readReceipt(json)).toBeDefined();
    }),
  );
});
