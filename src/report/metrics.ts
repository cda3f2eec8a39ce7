/**
 * The last boots of a container as OpenMetrics text, which the textfile collector of node_exporter
 * reads, too: it takes no type but those of Prometheus, so that all are gauges.
 */
import { stepTimesOf } from './boot-times.ts';
import type { LastBoot, ShortReceipt } from './receipt.ts';

/** A line of a metric: its labels and its value. */
type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** One metric of a boot that has ended. */
interface Metric {
  readonly name: string;
  readonly help: string;
  /** The name ends with it. */
  readonly unit?: 'seconds';
  readonly samples: (boot: ShortReceipt) => readonly Sample[];
}

/** Every result that a boot ends with; the compiler asks for one that is added. */
const RESULTS: Readonly<Record<ShortReceipt['result'], true>> = {
  done: true,
  degraded: true,
  interrupted: true,
  stopped: true,
};

/** All metrics, in their order. A new one is a row. */
const METRICS: readonly Metric[] = [
  {
    name: 'hermes_boot_result',
    help: 'How the last boot of a plan ended: 1 for its result, 0 for all others.',
    samples: ({ plan, result }) =>
      Object.keys(RESULTS).map((one): Sample => [{ plan, result: one }, one === result ? 1 : 0]),
  },
  {
    name: 'hermes_boot_changes',
    help: 'How many changes the last boot of a plan made.',
    samples: ({ plan, changes }) => (changes === null ? [] : [[{ plan }, changes]]),
  },
  {
    name: 'hermes_boot_step_seconds',
    help: 'How long a step took in the last boot of a plan.',
    unit: 'seconds',
    samples: (boot) =>
      stepTimesOf(boot).map(({ id, duration }): Sample => {
        return [{ plan: boot.plan, step: id }, seconds(duration)];
      }),
  },
  {
    name: 'hermes_boot_end_timestamp_seconds',
    help: 'When the last boot of a plan ended, in seconds since 1970.',
    unit: 'seconds',
    samples: ({ plan, ended }) => [[{ plan }, Date.parse(ended) / 1000]],
  },
];

/** The metrics of boots, each the last one of its plan. A boot that goes on is left out. */
export function metricsText(boots: readonly LastBoot[]): string {
  const ended = boots.flatMap((boot) => (boot.result === 'running' ? [] : [boot]));
  const lines = METRICS.flatMap(({ name, help, unit, samples }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    ...ended.flatMap(samples).map(([labels, value]) => `${name}${labelText(labels)} ${value}`),
  ]);
  return `${[...lines, '# EOF'].join('\n')}\n`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return `{${pairs.join(',')}}`;
}

/** A value of a label: these three are all that the format escapes. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** Milliseconds as seconds, to the tenth of a millisecond that a receipt has. */
function seconds(duration: number): number {
  return Number((duration / 1000).toFixed(4));
}
