import { describe, expect, test } from 'vitest';
import { Problem } from '../../src/errors/problem.ts';
import { stopMessage } from '../../src/report/stop-message.ts';
import type { Reason, Receipt } from '../../src/report/receipt.ts';
import { record, step } from './sample.ts';
import { receiptFor } from './shown.ts';

const ORIGIN = { boot: 'b', digest: '0'.repeat(64), program: '1.2.3', host: 'box' };

function failed(onFailure: 'stop' | 'degrade', id: string) {
  const problem = new Problem({
    found: `${id} is broken`,
    wanted: 'better',
    mend: ['fix it', 'then go on'],
  });
  return record(step(id, 'directory', { onFailure }), { status: 'failed', problem });
}

function withReasons(reasons: readonly Reason[]): Receipt {
  return { ...receiptFor({ steps: [] }, ORIGIN), result: 'stopped', reasons };
}

describe('the message of a boot that stopped', () => {
  test('begins with what stopped it, what was wanted and how to fix it', () => {
    const stoppedBy = failed('stop', 'two');
    const receipt = receiptFor(
      { steps: [failed('degrade', 'one'), stoppedBy], report: { status: 'stopped', stoppedBy } },
      ORIGIN,
    );
    expect(stopMessage([receipt])).toBe(`hermes-boot: stage2 stopped
two: two is broken; wanted better
Fix: fix it
     then go on
one: one is broken; wanted better
Fix: fix it
     then go on
`);
  });

  test('has at most 4096 bytes, and ends with a whole character', () => {
    for (const letter of ['a', 'ä', '€', '😀']) {
      for (const shift of ['', 'x', 'xx', 'xxx']) {
        const message = stopMessage([
          withReasons([{ about: null, text: shift + letter.repeat(5000), mend: [] }]),
        ]);
        expect(Buffer.byteLength(message)).toBeLessThanOrEqual(4096);
        expect(Buffer.byteLength(message)).toBeGreaterThan(4080);
        expect(message).toMatch(new RegExp(`${letter}\\.\\.\\.\n$`, 'u'));
      }
    }
  });

  test('has nothing that controls a terminal', () => {
    const message = stopMessage([withReasons([{ about: null, text: 'a\u001b[2Jb\nc', mend: [] }])]);
    expect(message).toContain('\na\\x1b[2Jb\\nc\n');
  });
});
