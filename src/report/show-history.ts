import { printable } from '../text/printable.ts';
import { showCount } from '../text/count.ts';
import { showDuration } from './format.ts';
import { showMoment } from './moment.ts';
import type { Paint } from './paint.ts';
import type { Outcome, ShortReceipt } from './receipt.ts';
import { mapStrings } from './strings.ts';
import { pad, widthOf } from './wrap.ts';

const HEADINGS = ['began (UTC)', 'plan', 'result', 'changes', 'took', 'slowest step'] as const;

/** The columns of numbers, which end where their headings end. */
const RIGHT: readonly number[] = [3, 4];

/** Boots as a table, in their order. */
export function renderHistory(receipts: readonly ShortReceipt[], paint: Paint): string {
  const rows = receipts.map((receipt) => cells(mapStrings(receipt, printable)));
  const widths = HEADINGS.map((heading, at) =>
    Math.max(heading.length, ...rows.map((row) => widthOf(row[at] ?? ''))),
  );
  const line = (row: readonly string[]): string[] =>
    row.map((cell, at) => {
      const width = widths[at] ?? 0;
      return RIGHT.includes(at) ? cell.padStart(width) : pad(cell, width);
    });
  const lines = rows.map((row, at) => {
    const columns = line(row);
    const brush = brushOf(receipts[at]?.result, paint);
    return [...columns.slice(0, 2), brush(columns[2] ?? ''), ...columns.slice(3)].join('  ');
  });
  const table = [paint.faint(line(HEADINGS).join('  ').trimEnd()), ...lines];
  return `${table.map((text) => text.trimEnd()).join('\n')}\n`;
}

function cells({ started, plan, result, changes, duration, slowest }: ShortReceipt): string[] {
  return [
    showMoment(started).slice(0, -':00'.length),
    plan,
    result,
    changes === null ? '?' : showCount(changes),
    showDuration(duration),
    slowest === null ? '' : `${slowest.step} ${showDuration(slowest.duration)}`,
  ];
}

function brushOf(result: Outcome | undefined, paint: Paint): (text: string) => string {
  if (result === 'ok') return paint.good;
  return result === 'degraded' ? paint.warning : paint.error;
}
