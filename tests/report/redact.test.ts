import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Problem } from '../../src/errors/problem.ts';
import type { StepResult } from '../../src/engine/result.ts';
import { jsonLines } from '../../src/report/event-view.ts';
import { plainLog } from '../../src/report/boot-log.ts';
import { planDocument } from '../../src/report/plan-document.ts';
import { jsonOf } from '../../src/report/receipt.ts';
import { Redactor } from '../../src/report/redact.ts';
import { input, record, step } from './sample.ts';
import { receiptFor, shownPlan, shownRun, viewOf } from './shown.ts';

/** No text of ours has `§` in it, so a secret that holds it can only show by being leaked. */
const secrets = fc.string({ unit: 'binary', maxLength: 30 }).map((text) => `§${text}§`);

const status = fc.constantFrom('converged', 'changes', 'skipped', 'blocked', 'failed');

function leaky(secret: string, outcome: StepResult['status']): StepResult {
  const said = `the key is ${secret}, they say`;
  return record(step('export', 'env.export', { why: said }), {
    status: outcome,
    why: said,
    made: 2,
    changes: [
      {
        kind: 'envdir',
        path: `/run/s6/container_environment/${secret}`,
        why: said,
        name: 'KEY',
        owner: { uid: 0, gid: 0 },
        from: secret,
        to: secret,
      },
      {
        kind: 'command',
        path: '/usr/bin/tool',
        why: said,
        command: { argv: ['/usr/bin/tool', secret, `--key=${secret}`], env: {}, cwd: '/' },
        restore: [],
      },
    ],
    notes: [{ severity: 'warning', text: said }],
    problem: new Problem({ found: said, wanted: secret, mend: [secret, `  ${secret}`] }),
  });
}

describe('a secret', () => {
  test('appears in no output of any renderer', () => {
    fc.assert(
      fc.property(secrets, status, fc.boolean(), (secret, outcome, refused) => {
        const key = input(
          'key',
          { env: ['KEY'], secret: true },
          refused
            ? { refused: { variable: 'KEY', found: secret, wanted: 'something else' } }
            : { value: secret, source: { kind: 'environment', variable: 'KEY' } },
        );
        const sample = { steps: [leaky(secret, outcome)], inputs: [key] };
        const outputs = [
          shownPlan(sample, 'reasons'),
          shownPlan(sample, 'changes'),
          JSON.stringify(planDocument(viewOf(sample))),
          shownRun(sample, plainLog),
          shownRun(sample, jsonLines),
          jsonOf(receiptFor(sample, { boot: '', digest: null, program: '', host: secret })),
        ];
        for (const output of outputs) expect(output).not.toContain('§');
      }),
    );
  });

  test('does not change the words of the documents', () => {
    const key = input('key', { env: ['KEY'], secret: true }, { value: 'converged' });
    const view = viewOf({ steps: [record(step('a', 'directory'))], inputs: [key] });
    expect(planDocument(view).steps[0]?.status).toBe('converged');
  });

  test('does not show in part when two secrets overlap', () => {
    const redactor = new Redactor();
    redactor.learn(
      ['abcdef', 'defghi'].map((value, at) => input(`key-${at}`, { secret: true }, { value })),
    );
    expect(redactor.text('>abcdefghi<')).toBe('>***<');
  });

  test('is secret only when the plan says so', () => {
    const redactor = new Redactor();
    redactor.learn([input('home', {}, { value: '/opt/data' })]);
    expect(redactor.text('/opt/data')).toBe('/opt/data');
  });
});
