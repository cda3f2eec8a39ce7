import { describe, expect, test } from 'vitest';
import { metricsText } from '../../src/report/metrics.ts';
import type { LastBoot, ShortReceipt } from '../../src/report/receipt.ts';

function boot(more: Partial<ShortReceipt> & { readonly steps?: readonly object[] } = {}): LastBoot {
  return {
    version: 1,
    plan: 'stage2',
    file: '/plans/stage2.yaml',
    result: 'done',
    reasons: [],
    started: '2026-05-21T06:18:05.500Z',
    ended: '2026-05-21T06:18:06.250Z',
    duration: 412,
    changes: 14,
    slowest: null,
    ...more,
  };
}

const STEPS = [
  { id: 'home', began: 0, duration: 12.3 },
  { id: 'ownership', began: 12.5, duration: 1234.5 },
  { id: 'never', began: null, duration: 0 },
];

describe('the metrics of a boot', () => {
  test('are its result, its changes, the seconds of each step that was reached, and its end', () => {
    expect(metricsText([boot({ steps: STEPS })])).toBe(
      `# HELP hermes_boot_result How the last boot of a plan ended: 1 for its result, 0 for all others.
# TYPE hermes_boot_result gauge
hermes_boot_result{plan="stage2",result="done"} 1
hermes_boot_result{plan="stage2",result="degraded"} 0
hermes_boot_result{plan="stage2",result="interrupted"} 0
hermes_boot_result{plan="stage2",result="stopped"} 0
# HELP hermes_boot_changes How many changes the last boot of a plan made.
# TYPE hermes_boot_changes gauge
hermes_boot_changes{plan="stage2"} 14
# HELP hermes_boot_step_seconds How long a step took in the last boot of a plan.
# TYPE hermes_boot_step_seconds gauge
# UNIT hermes_boot_step_seconds seconds
hermes_boot_step_seconds{plan="stage2",step="home"} 0.0123
hermes_boot_step_seconds{plan="stage2",step="ownership"} 1.2345
# HELP hermes_boot_end_timestamp_seconds When the last boot of a plan ended, in seconds since 1970.
# TYPE hermes_boot_end_timestamp_seconds gauge
# UNIT hermes_boot_end_timestamp_seconds seconds
hermes_boot_end_timestamp_seconds{plan="stage2"} 1779344286.25
# EOF
`,
    );
  });

  test('of several plans stand in one family each, and one that goes on is left out', () => {
    const running: LastBoot = {
      version: 1,
      plan: 'late',
      file: '/late.yaml',
      result: 'running',
      started: '2026-05-21T06:18:05.500Z',
    };
    const text = metricsText([
      boot(),
      boot({ plan: 'b', result: 'stopped', changes: null }),
      running,
    ]);
    expect(text.match(/^# TYPE \S+/gm)).toHaveLength(4);
    expect(text).toContain('hermes_boot_result{plan="b",result="stopped"} 1\n');
    expect(text).not.toContain('hermes_boot_changes{plan="b"}');
    expect(text).not.toContain('late');
  });

  test('escape what would end a label or a line', () => {
    const plan = 'a"} 1\nb\\n';
    const text = metricsText([boot({ plan })]);
    expect(text).toContain('hermes_boot_changes{plan="a\\"} 1\\nb\\\\n"} 14\n');
    const odd = text.split('\n').filter((line) => !/^(#|hermes_boot_|$)/.test(line));
    expect(odd).toEqual([]);
  });
});
