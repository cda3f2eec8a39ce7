/** The status of a container and the history of a home, for people. */
import { type BootState, SEVERITIES, worstState } from '../engine/result.ts';
import { unreachable } from '../errors/problem.ts';
import {
  counted,
  listed,
  showAgo,
  showCount,
  showDuration,
  showTimestamp,
} from '../text/phrases.ts';
import { mapStrings, printable } from '../text/printable.ts';
import type { Brush, Paint } from './paint.ts';
import type { LastBoot, ShortReceipt } from './receipt.ts';
import { adviceLines, block, pad, pageWidth, widthOf, wrap } from './wrap.ts';

/** What there is to say about the boots of a container. */
export type StatusView =
  | { readonly result: BootState; readonly boots: readonly BootOfStatus[] }
  /** No boot is recorded since the container started; `why` says what is there instead. */
  | {
      readonly result: 'unknown';
      readonly why: string;
      /** The last boot of each plan that the home remembers. */
      readonly before: readonly ShortReceipt[];
    };

/** A boot of a status; `killed` is one that has begun, and whose process is gone. */
export type BootOfStatus =
  | LastBoot
  | (Omit<Extract<LastBoot, { result: 'running' }>, 'result'> & { readonly result: 'killed' });

/** The result of some boots. */
export function resultOf(boots: readonly BootOfStatus[]): BootState {
  return worstState(boots.map(({ result }) => result));
}

/**
 * The answer, then the reasons; one line when all is well.
 * @param now in milliseconds since the epoch
 */
export function renderStatus(view: StatusView, now: number, paint: Paint): string {
  const shown = mapStrings(view, printable);
  const answer = shown.result === 'unknown' ? shown.why : answerOf(shown.boots, now);
  const reasons =
    shown.result === 'unknown'
      ? shown.before.flatMap((one) => beforeLine(one, now))
      : reasonLines(shown.boots);
  const brush = brushOf(shown.result, paint);
  const lines = [...wrap('', `${shown.result}: ${answer}`, 2).map(brush), ...reasons];
  return `${lines.join('\n')}\n`;
}

function brushOf(result: StatusView['result'], paint: Paint): Brush {
  const severity = result === 'unknown' ? 'warning' : SEVERITIES[result];
  return severity === 'ok' ? paint.good : paint[severity];
}

function beforeLine(receipt: ShortReceipt, now: number): string[] {
  const { plan, result } = receipt;
  const text = `before: ${plan} ended ${result} ${ago([receipt], now)}${work([receipt])}`;
  return wrap('  ', text, 4);
}

function answerOf(boots: readonly BootOfStatus[], now: number): string {
  const worst = resultOf(boots);
  const boot = boots.findLast(({ result }) => result === worst);
  switch (boot?.result) {
    case undefined:
    case 'done':
    case 'degraded': {
      const ended = boots.flatMap((one) =>
        one.result === 'running' || one.result === 'killed' ? [] : [one],
      );
      return `${listed(boots.map(({ plan }) => plan))} booted ${ago(ended, now)}${work(ended)}`;
    }
    case 'running':
      return `a boot of ${boot.plan} began at ${showTimestamp(boot.started)} UTC and has not ended`;
    case 'killed': {
      const when = showTimestamp(boot.started);
      return `the boot of ${boot.plan} that began at ${when} UTC was killed; the next boot goes on`;
    }
    case 'interrupted':
      return `${boot.plan} ended ${ago([boot], now)}${work([boot])}; the next boot goes on`;
    case 'stopped':
      return `${boot.plan} ended ${ago([boot], now)}${work([boot])}`;
    default:
      return unreachable(boot);
  }
}

function ago(boots: readonly ShortReceipt[], now: number): string {
  return showAgo(boots.at(-1)?.ended ?? '', now);
}

/** What some boots did together; nothing where one of them could not count. */
function work(boots: readonly ShortReceipt[]): string {
  let changes = 0;
  let duration = 0;
  for (const boot of boots) {
    if (boot.changes === null) return '';
    changes += boot.changes;
    duration += took(boot);
  }
  return `, ${changes === 0 ? 'no change' : counted(changes, 'change')} in ${showDuration(duration)}`;
}

/** From its start to its end, in milliseconds. A clock may have been set meanwhile. */
function took({ started, ended, duration }: ShortReceipt): number {
  return Math.max(duration, Date.parse(ended) - Date.parse(started));
}

/** The reasons, each with its advice; advice that several share stands below the last of them. */
function reasonLines(boots: readonly BootOfStatus[]): string[] {
  const reasons = boots.flatMap((boot) => {
    if (boot.result === 'running' || boot.result === 'killed') return [];
    return boot.reasons.map(({ about, text, mend }) => {
      const subject = [
        ...(boots.length > 1 ? [boot.plan] : []),
        ...(about === null ? [] : [about]),
      ];
      return { line: [...subject, text].join(': '), advice: adviceLines(mend, 4) };
    });
  });
  return reasons.flatMap(({ line, advice }, index) => {
    const next = reasons[index + 1]?.advice.join('\n');
    return [...wrap('  ', line, 4), ...(next === advice.join('\n') ? [] : advice)];
  });
}

const HEADINGS = ['began (UTC)', 'plan', 'result', 'changes', 'took', 'slowest step'] as const;

/** The columns of numbers, which are aligned to the right. */
const RIGHT: readonly number[] = [3, 4];

/** Boots as a table, in their order. */
export function renderHistory(receipts: readonly ShortReceipt[], paint: Paint): string {
  const rows = receipts.map((receipt) => cells(mapStrings(receipt, printable)));
  const widths = HEADINGS.map((heading, at) =>
    Math.max(heading.length, ...rows.map((row) => widthOf(row[at] ?? ''))),
  );
  const width = widths.reduce((sum, each) => sum + each, 2 * (widths.length - 1));
  if (width > pageWidth()) return renderRecords(receipts, paint);
  const line = (row: readonly string[]): string[] =>
    row.map((cell, at) => {
      const room = widths[at] ?? 0;
      return RIGHT.includes(at) ? cell.padStart(room) : pad(cell, room);
    });
  const lines = rows.map((row, at) => {
    const columns = line(row);
    const result = receipts[at]?.result ?? 'stopped';
    return columns.with(2, brushOf(result, paint)(columns[2] ?? '')).join('  ');
  });
  const table = [paint.faint(line(HEADINGS).join('  ').trimEnd()), ...lines];
  return `${table.map((text) => text.trimEnd()).join('\n')}\n`;
}

/** Boots one below the other, where a table would not fit. */
function renderRecords(receipts: readonly ShortReceipt[], paint: Paint): string {
  const lines = receipts.flatMap((receipt) => {
    const [began, plan, result = '', changes, took, slowest = ''] = cells(
      mapStrings(receipt, printable),
    );
    const brush = brushOf(receipt.result, paint);
    const work = `${changes} ${changes === '1' ? 'change' : 'changes'} in ${took}`;
    return [
      `${began}  ${plan}  ${brush(result)}`,
      ...block(2, slowest === '' ? work : `${work}, slowest step ${slowest}`),
    ];
  });
  return `${lines.join('\n')}\n`;
}

function cells(receipt: ShortReceipt): string[] {
  const { started, plan, result, changes, slowest } = receipt;
  return [
    showTimestamp(started).slice(0, -':00'.length),
    plan,
    result,
    changes === null ? '?' : showCount(changes),
    showDuration(took(receipt)),
    slowest === null ? '' : `${slowest.step} ${showDuration(slowest.duration)}`,
  ];
}
