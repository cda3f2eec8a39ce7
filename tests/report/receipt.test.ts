import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StepResult } from '../../src/engine/result.ts';
import { Problem } from '../../src/errors/problem.ts';
import { criticalPath, receiptOf } from '../../src/report/make-receipt.ts';
import { jsonOf, readReceipt, shortOf, type Receipt } from '../../src/report/receipt.ts';
import { Redactor } from '../../src/report/redact.ts';
import { ROOT_FACTS } from '../support/plan-step.ts';
import { HEAD, input, planOf, record, reportOf, step } from './sample.ts';
import { receiptFor } from './shown.ts';

const ORIGIN = { boot: HEAD.boot, digest: '0'.repeat(64), program: '1.2.3', host: 'box' };

/** A step that made so many changes. */
function busy(id: string, many: number, made = many): StepResult {
  const changes = Array.from({ length: many }, (_, index) => ({
    kind: 'mode' as const,
    path: `/opt/data/${index}`,
    from: 0o644,
    to: 0o600,
    why: 'closed',
  }));
  return record(step(id, 'file.mode'), { status: 'changes', changes, made });
}

function failing(id: string, onFailure: 'stop' | 'degrade' | 'ignore'): StepResult {
  const problem = new Problem({ found: `${id} is broken`, wanted: 'better', mend: 'fix it' });
  return record(step(id, 'directory', { onFailure }), { status: 'failed', problem });
}

describe('the receipt of a boot', () => {
  test('says what was booted, by what, where, when, and how it went', () => {
    const receipt = receiptFor({ steps: [busy('one', 3), busy('two', 2, 1)] }, ORIGIN);
    expect(receipt).toMatchObject({
      version: 1,
      plan: 'stage2',
      file: '/plans/stage2.yaml',
      result: 'done',
      reasons: [],
      started: '2026-05-21T06:18:05.000Z',
      ended: '2026-05-21T06:18:06.000Z',
      duration: 31,
      changes: 4,
      slowest: { step: 'one', duration: 1 },
      ...ORIGIN,
      facts: { uid: 0, root: true },
      steps: [
        {
          id: 'one',
          uses: 'file.mode',
          status: 'changes',
          changes: 3,
          made: 3,
          began: 5,
          duration: 1,
        },
        { id: 'two', changes: 2, made: 1 },
      ],
      unlisted: 0,
    });
    expect(receipt.made.map(({ step, path }) => `${step} ${path}`)).toEqual([
      'one /opt/data/0',
      'one /opt/data/1',
      'one /opt/data/2',
      'two /opt/data/0',
    ]);
  });

  test('has a reason for each failure that is not ignored and each refused input', () => {
    const steps = [failing('a', 'ignore'), failing('b', 'degrade'), failing('c', 'stop')];
    const refused = { variable: 'PUID', found: '"x"', wanted: 'a number' };
    const inputs = [input('uid', { env: ['PUID'] }, { refused })];
    const report = { status: 'stopped', stoppedBy: failing('c', 'stop') } as const;
    expect(receiptFor({ steps, inputs, report }, ORIGIN)).toMatchObject({
      result: 'stopped',
      reasons: [
        { about: 'uid', text: 'PUID="x" refused, wanted a number; not applied' },
        { about: 'b', text: 'b is broken; wanted better', mend: ['fix it'] },
        { about: 'c', text: 'c is broken; wanted better', mend: ['fix it'] },
      ],
    });
  });

  test('distinguishes an interruption from a failure', () => {
    const report = { status: 'interrupted', stoppedBy: failing('c', 'ignore') } as const;
    const boot = {
      plan: planOf([report.stoppedBy]),
      file: '/plan.yaml',
      report: reportOf([report.stoppedBy], report),
      facts: ROOT_FACTS,
      around: { start: 38, prepare: 6 },
      started: '2026-05-21T06:18:05.000Z',
      ended: '2026-05-21T06:18:06.000Z',
      origin: ORIGIN,
    };
    const receipt = receiptOf(boot, new Redactor());
    expect(receipt.result).toBe('interrupted');
    expect(receipt.reasons).toHaveLength(1);
  });

  test('of a first boot over 38,000 files is no longer than a screen of them', () => {
    const receipt = receiptFor({ steps: [busy('a', 19_000), busy('b', 19_000)] }, ORIGIN);
    expect(receipt).toMatchObject({ changes: 38_000, unlisted: 37_900 });
    expect(jsonOf(receipt).length).toBeLessThan(20_000);
  });

  test('is short even if every text is long', () => {
    const long = 'x'.repeat(1_000_000);
    const steps = Array.from({ length: 100 }, (_, index) =>
      record(step(`s${index}`, 'directory', { onFailure: 'degrade' }), {
        status: 'failed',
        notes: [{ severity: 'warning', text: long }],
        problem: new Problem({ found: long, mend: long }),
      }),
    );
    const line = jsonOf(receiptFor({ steps }, ORIGIN));
    expect(line.length).toBeLessThan(200_000);
    expect(readReceipt(line)).toBeDefined();
  });

  test('of a boot with nothing to do is a line of at most 500 characters', () => {
    const receipt = receiptFor({ steps: [record(step('guard', 'user-guard'))] }, ORIGIN);
    const line = jsonOf(shortOf(receipt));
    expect(line.length).toBeLessThan(500);
    expect(readReceipt(line)).toMatchObject({
      plan: 'stage2',
      result: 'done',
      changes: 0,
      ...ORIGIN,
    });
  });

  test('can be read again, and nothing else can', () => {
    const receipt = receiptFor({ steps: [busy('one', 1), failing('b', 'degrade')] }, ORIGIN);
    expect(readReceipt(jsonOf(receipt))).toEqual(receipt);
    fc.assert(
      fc.property(
        fc.constantFrom(...NEEDED),
        fc.jsonValue().filter((value) => value !== null),
        (key, value) => {
          const others = [
            { ...receipt, [key]: undefined },
            { ...receipt, [key]: { not: value } },
          ];
          for (const other of [...others, value]) {
            expect(readReceipt(JSON.stringify(other))).toBeUndefined();
          }
        },
      ),
    );
  });
});

const NEEDED = [
  'version',
  'plan',
  'file',
  'result',
  'reasons',
  'started',
  'ended',
  'duration',
  'changes',
  'slowest',
] satisfies (keyof Receipt)[];

describe('the critical path', () => {
  test('is the chain of needs that took longest', () => {
    const timed = (id: string, duration: number, ...needs: string[]) => ({ id, duration, needs });
    const steps = [
      timed('a', 5),
      timed('b', 20),
      timed('c', 30, 'a'),
      timed('d', 1, 'a', 'b', 'c'),
      timed('e', 2, 'b'),
    ];
    expect(criticalPath(steps)).toEqual({
      duration: 36,
      steps: [
        { step: 'a', duration: 5 },
        { step: 'c', duration: 30 },
        { step: 'd', duration: 1 },
      ],
    });
  });

  test('is as long as the longest of all chains, and a chain', () => {
    const graphs = fc.array(
      fc.record({ duration: fc.nat({ max: 50 }), needs: fc.uniqueArray(fc.nat({ max: 7 })) }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(graphs, (nodes) => {
        const steps = nodes.map(({ duration, needs }, index) => ({
          id: `${index}`,
          needs: needs.filter((at) => at < index).map(String),
          duration,
        }));
        const longestTo = (index: number): number => {
          const { needs, duration } = steps[index] ?? { needs: [], duration: 0 };
          return duration + Math.max(0, ...needs.map((id) => longestTo(Number(id))));
        };
        const path = criticalPath(steps);
        expect(path.duration).toBe(Math.max(0, ...steps.map((_, index) => longestTo(index))));
        expect(path.steps.reduce((sum, { duration }) => sum + duration, 0)).toBe(path.duration);
        path.steps.slice(1).forEach(({ step: id }, at) => {
          expect(steps[Number(id)]?.needs).toContain(path.steps[at]?.step);
        });
      }),
    );
  });
});
